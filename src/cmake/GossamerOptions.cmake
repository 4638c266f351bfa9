option(GOSSAMER_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(GOSSAMER_BUILD_EXAMPLES "Build the examples, the node and its CLI" ${PROJECT_IS_TOP_LEVEL})
option(GOSSAMER_BUILD_BENCH "Build gossamer-bench" ${PROJECT_IS_TOP_LEVEL})
option(GOSSAMER_INSTALL "Generate install rules" ${PROJECT_IS_TOP_LEVEL})
option(GOSSAMER_WERROR "Treat warnings as errors" OFF)
set(GOSSAMER_FUZZ "" CACHE STRING
  "No tests but the fuzz targets: `libfuzzer` (clang), or `replay`, which only replays their corpora")
set(GOSSAMER_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")

find_program(GOSSAMER_CCACHE ccache)
if(GOSSAMER_CCACHE AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${GOSSAMER_CCACHE})
endif()

# Private to our own targets: never exported to users.
add_library(gossamer_build_flags INTERFACE)
target_compile_features(gossamer_build_flags INTERFACE cxx_std_20)
target_compile_options(gossamer_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  # g++ 12 reports false positives of these inside its own <string> and <variant> at -O2.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-maybe-uninitialized;-Wno-stringop-overflow;-Wno-array-bounds>
  $<$<BOOL:${GOSSAMER_WERROR}>:-Werror>)
if(GOSSAMER_SANITIZE)
  target_compile_options(gossamer_build_flags INTERFACE
    -fsanitize=${GOSSAMER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # clang's looks at memory through a pipe, so it fails a program that has no descriptor left.
    $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=vptr>)
  target_link_options(gossamer_build_flags INTERFACE -fsanitize=${GOSSAMER_SANITIZE})
endif()
# Counts which branches were taken; only the targets of test/fuzz link what looks at the counts.
if(GOSSAMER_FUZZ STREQUAL libfuzzer)
  target_compile_options(gossamer_build_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

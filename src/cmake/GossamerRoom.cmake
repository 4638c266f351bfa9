# gossamer_room(NAME membership SOURCES a.cpp ... MAY_USE base gossip ... DEPS fmt::fmt ...)
#   One room = one object library = one folder under src/. MAY_USE is the whole list of rooms, or
#   single headers of rooms, that it may include; test/tidy/layering_test.cpp holds it to that list.
function(gossamer_room)
  cmake_parse_arguments(ROOM "" "NAME" "SOURCES;MAY_USE;DEPS" ${ARGN})
  add_library(gossamer_${ROOM_NAME} OBJECT ${ROOM_SOURCES})
  target_include_directories(gossamer_${ROOM_NAME}
    PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(gossamer_${ROOM_NAME} PUBLIC tl::expected
    PRIVATE gossamer_build_flags ${ROOM_DEPS})
  set_target_properties(gossamer_${ROOM_NAME} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  list(JOIN ROOM_MAY_USE " " may_use)
  set_property(GLOBAL APPEND_STRING PROPERTY GOSSAMER_LAYERS "${ROOM_NAME} ${may_use}\n")
  set_property(GLOBAL PROPERTY GOSSAMER_ROOM_${ROOM_NAME}_DEPS "${ROOM_DEPS}")
endfunction()

# gossamer_link_rooms(target room...): the object files of the rooms, and what they need to link.
function(gossamer_link_rooms target)
  foreach(room IN LISTS ARGN)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:gossamer_${room}>)
    get_property(deps GLOBAL PROPERTY GOSSAMER_ROOM_${room}_DEPS)
    target_link_libraries(${target} PRIVATE ${deps})
  endforeach()
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PRIVATE gossamer_build_flags tl::expected)
endfunction()

# gossamer_library(NAME core ROOMS base gossip ... LINKS gossamer::x DEPS ...): one installed library.
function(gossamer_library)
  cmake_parse_arguments(LIB "" "NAME" "ROOMS;LINKS;DEPS" ${ARGN})
  set(target gossamer_lib_${LIB_NAME})
  add_library(${target} STATIC)
  set(deps ${LIB_DEPS})
  foreach(room IN LISTS LIB_ROOMS)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:gossamer_${room}>)
    get_property(room_deps GLOBAL PROPERTY GOSSAMER_ROOM_${room}_DEPS)
    list(APPEND deps ${room_deps})
  endforeach()
  list(REMOVE_DUPLICATES deps)
  add_library(gossamer::${LIB_NAME} ALIAS ${target})
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC tl::expected ${LIB_LINKS} PRIVATE ${deps})
  if(GOSSAMER_SANITIZE)
    target_link_options(${target} INTERFACE "-fsanitize=${GOSSAMER_SANITIZE}")
  endif()
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${LIB_NAME} OUTPUT_NAME gossamer-${LIB_NAME}
    LINKER_LANGUAGE CXX)
  set_property(GLOBAL APPEND PROPERTY GOSSAMER_LIBRARIES ${target})
endfunction()

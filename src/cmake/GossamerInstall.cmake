# Installs the libraries, the headers, and the package that find_package(gossamer) finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY GOSSAMER_LIBRARIES)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gossamer)
install(TARGETS ${libraries} EXPORT gossamerTargets)
install(DIRECTORY include/gossamer DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT gossamerTargets NAMESPACE gossamer:: DESTINATION ${package_dir})
foreach(program gossamer gossamer-fakecloud)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()

configure_package_config_file(src/cmake/gossamerConfig.cmake.in gossamerConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(gossamerConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/gossamerConfig.cmake
  ${PROJECT_BINARY_DIR}/gossamerConfigVersion.cmake
  src/cmake/FindLibuv.cmake
  src/cmake/FindSodium.cmake
  src/cmake/FindXxHash.cmake
  DESTINATION ${package_dir})

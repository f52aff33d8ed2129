# What find_package(nightshift) of a plugin's author finds: nightshift::sdk, nightshift::testkit, the
# program as nightshift::nightshift, and nightshift_add_plugin(). All of it may be moved together.
include(CMakePackageConfigHelpers)
set(nightshift_package_dir lib/cmake/nightshift)

install(TARGETS nightshift_sdk nightshift_testkit EXPORT nightshiftTargets)
install(DIRECTORY core/sdk/nightshift core/testkit/nightshift
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.hpp")
if(TARGET nightshift)
  install(TARGETS nightshift EXPORT nightshiftTargets RUNTIME DESTINATION bin)
endif()

# Until 1.0 a minor version may change the plugin interface.
configure_package_config_file(core/cmake/nightshiftConfig.cmake.in nightshiftConfig.cmake
                              INSTALL_DESTINATION "${nightshift_package_dir}")
write_basic_package_version_file(nightshiftConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT nightshiftTargets NAMESPACE nightshift:: DESTINATION "${nightshift_package_dir}")
install(FILES "${PROJECT_BINARY_DIR}/nightshiftConfig.cmake"
              "${PROJECT_BINARY_DIR}/nightshiftConfigVersion.cmake"
              core/cmake/nightshift_add_plugin.cmake
        DESTINATION "${nightshift_package_dir}")

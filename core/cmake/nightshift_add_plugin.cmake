# nightshift_add_plugin(<name> VERSION <version> SOURCES <file>... [LINK <library>...] [NO_INSTALL])
#
# Builds <name>.so, a Nightshift plugin, where the program of this build looks for plugins, and
# installs it where the installed program does. The same file serves inside this tree and, after
# find_package(nightshift), outside it.
function(nightshift_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_INSTALL" "VERSION" "SOURCES;LINK")
  if(NOT arg_VERSION OR NOT arg_SOURCES)
    message(FATAL_ERROR "nightshift_add_plugin(${name}): VERSION and SOURCES are needed")
  endif()
  if(NOT name MATCHES "^[a-z][a-z0-9_]*$")
    message(FATAL_ERROR "nightshift_add_plugin(${name}): use lower-case letters, digits and _")
  endif()

  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE nightshift::sdk ${arg_LINK})
  target_compile_definitions(${name} PRIVATE "NIGHTSHIFT_PLUGIN_NAME=\"${name}\""
                                             "NIGHTSHIFT_PLUGIN_VERSION=\"${arg_VERSION}\"")
  set_target_properties(
    ${name}
    PROPERTIES PREFIX ""
               CXX_EXTENSIONS OFF
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON
               INSTALL_RPATH "$ORIGIN" # for libraries that a plugin brings along
               LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib/nightshift/plugins")
  # nodelete: exceptions and thread-local objects may outlive any bookkeeping, so it stays mapped.
  # now and defs: a missing function shows at load and at link, not in the middle of a night.
  target_link_options(${name} PRIVATE LINKER:-z,nodelete LINKER:-z,now LINKER:-z,relro)
  # Clang leaves the symbols of its sanitizers to the program.
  if(NOT (CMAKE_CXX_COMPILER_ID MATCHES "Clang"
          AND "${NIGHTSHIFT_SANITIZER}${CMAKE_CXX_FLAGS}" MATCHES "address|thread"))
    target_link_options(${name} PRIVATE LINKER:-z,defs)
  endif()
  # Where the umask lets a group write, the program would refuse what was just built.
  add_custom_command(TARGET ${name} POST_BUILD
                     COMMAND chmod go-w "$<TARGET_FILE:${name}>" "$<TARGET_FILE_DIR:${name}>")
  if(NOT arg_NO_INSTALL)
    install(TARGETS ${name} LIBRARY DESTINATION lib/nightshift/plugins)
  endif()
endfunction()

# The test out_of_tree_plugin: installs this build, moves the installation, builds a foreign project
# against it, and has the installed program list and run the foreign plugin.
#
# cmake -D SOURCE_DIR=… -D BINARY_DIR=… -D WORK_DIR=… -D GENERATOR=… -D CXX=… -D CXX_FLAGS=… -P run.cmake

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(prefix "${WORK_DIR}/moved")
set(project "${WORK_DIR}/project")
set(build "${WORK_DIR}/build")

file(REMOVE_RECURSE "${WORK_DIR}")
run("${CMAKE_COMMAND}" --install "${BINARY_DIR}" --prefix "${WORK_DIR}/first")
file(RENAME "${WORK_DIR}/first" "${prefix}")

file(COPY "${SOURCE_DIR}/tests/plugins/out_of_tree/CMakeLists.txt" DESTINATION "${project}")
file(COPY "${SOURCE_DIR}/plugins/hello" DESTINATION "${project}/plugins")
file(COPY "${SOURCE_DIR}/tests/plugins/hello/hello_test.cpp" DESTINATION "${project}/tests")
run("${CMAKE_COMMAND}" -S "${project}" -B "${build}" -G "${GENERATOR}" -D CMAKE_BUILD_TYPE=Debug
    -D "CMAKE_PREFIX_PATH=${prefix}" -D "CMAKE_CXX_COMPILER=${CXX}"
    -D "CMAKE_CXX_FLAGS=${CXX_FLAGS} -Wall -Wextra -Werror")
run("${CMAKE_COMMAND}" --build "${build}")
run("${CMAKE_CTEST_COMMAND}" --test-dir "${build}" --output-on-failure --no-tests=error)

if(EXISTS "${prefix}/bin/nightshift")
  file(REMOVE "${prefix}/lib/nightshift/plugins/hello.so")
  run("${CMAKE_COMMAND}" --install "${build}" --prefix "${prefix}")
  execute_process(COMMAND "${prefix}/bin/nightshift" plugins OUTPUT_VARIABLE plugins
                  COMMAND_ERROR_IS_FATAL ANY)
  if(NOT plugins MATCHES "hello 1\\.0\\.0  [^\n]*/moved/lib/nightshift/plugins/hello\\.so")
    message(FATAL_ERROR "the installed program does not list the foreign plugin:\n${plugins}")
  endif()
  file(WRITE "${WORK_DIR}/greet.yaml"
       "version: 1\njobs:\n  - {name: Greet, type: hello, params: {name: stranger}}\n")
  execute_process(COMMAND "${prefix}/bin/nightshift" run --state-dir "${WORK_DIR}/state"
                          "${WORK_DIR}/greet.yaml"
                  ERROR_VARIABLE log COMMAND_ERROR_IS_FATAL ANY)
  if(NOT log MATCHES "Hello, stranger!")
    message(FATAL_ERROR "the installed program did not run the foreign plugin's job:\n${log}")
  endif()
endif()

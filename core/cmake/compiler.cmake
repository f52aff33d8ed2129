# How this project's own code is compiled and linked. Nothing here reaches a plugin author: what an
# author needs is in nightshift_add_plugin.cmake.

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(NIGHTSHIFT_CCACHE ccache)
  if(NIGHTSHIFT_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${NIGHTSHIFT_CCACHE}")
  endif()
endif()
find_program(NIGHTSHIFT_MOLD mold)
if(NIGHTSHIFT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(nightshift_options INTERFACE)
target_compile_options(
  nightshift_options
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
            -Wredundant-decls -Wsuggest-override
            $<$<CXX_COMPILER_ID:Clang>:-Wreserved-identifier;-Wzero-as-null-pointer-constant>
            $<$<BOOL:${NIGHTSHIFT_WARNINGS_AS_ERRORS}>:-Werror>)
target_include_directories(nightshift_options INTERFACE "${PROJECT_SOURCE_DIR}")

if(NIGHTSHIFT_SANITIZER STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer
                      -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
elseif(NIGHTSHIFT_SANITIZER STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(NIGHTSHIFT_SANITIZER)
  message(FATAL_ERROR "NIGHTSHIFT_SANITIZER is \"${NIGHTSHIFT_SANITIZER}\": use address, thread or nothing")
else()
  # _GLIBCXX_ASSERTIONS changes no layout, so host and plugins may differ in it.
  target_compile_options(
    nightshift_options
    INTERFACE -fstack-protector-strong -fstack-clash-protection -fcf-protection
              $<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>)
  target_compile_definitions(nightshift_options INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(nightshift_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

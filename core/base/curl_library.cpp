// SPDX-License-Identifier: Apache-2.0

#include "core/base/curl_library.hpp"

#include "core/base/secret_memory.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <dlfcn.h>

#include <cstddef>
#include <cstring>
#include <limits>
#include <new>

namespace nightshift {
namespace {

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) {
    throw permanent_error(error_code::k_unsupported,
                          fmt::format("this machine's libcurl has no {}", name));
  }
}

// libcurl asks for memory as C does.

void* allocate(std::size_t bytes) noexcept {
  try {
    return allocate_secret(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void* allocate_zeroed(std::size_t count, std::size_t size) noexcept {
  if (size != 0 && count > std::numeric_limits<std::size_t>::max() / size) {
    return nullptr;
  }
  void* const memory = allocate(count * size);
  return memory != nullptr ? std::memset(memory, 0, count * size) : nullptr;
}

void* reallocate(void* memory, std::size_t bytes) noexcept {
  if (memory != nullptr && secret_capacity(memory) >= bytes) {
    return memory;
  }
  void* const larger = allocate(bytes);
  if (larger != nullptr && memory != nullptr) {
    std::memcpy(larger, memory, secret_capacity(memory));
    free_secret(memory);
  }
  return larger;
}

char* duplicate(const char* text) noexcept {
  const std::size_t size = std::strlen(text) + 1;
  void* const memory = allocate(size);
  return static_cast<char*>(memory != nullptr ? std::memcpy(memory, text, size) : nullptr);
}

CurlLibrary load() {
  void* const library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL); // never closed
  if (library == nullptr) {
    throw permanent_error(error_code::k_unsupported,
                          "libcurl.so.4 cannot be loaded: install Debian's package libcurl4");
  }
  CurlLibrary curl{};
  decltype(&curl_global_init_mem) global_init = nullptr;
  find(library, "curl_global_init_mem", global_init);
  find(library, "curl_easy_init", curl.easy_init);
  find(library, "curl_easy_setopt", curl.easy_setopt);
  find(library, "curl_easy_perform", curl.easy_perform);
  find(library, "curl_easy_getinfo", curl.easy_getinfo);
  find(library, "curl_easy_strerror", curl.easy_strerror);
  find(library, "curl_easy_cleanup", curl.easy_cleanup);
  find(library, "curl_multi_init", curl.multi_init);
  find(library, "curl_multi_add_handle", curl.multi_add_handle);
  find(library, "curl_multi_remove_handle", curl.multi_remove_handle);
  find(library, "curl_multi_perform", curl.multi_perform);
  find(library, "curl_multi_poll", curl.multi_poll);
  find(library, "curl_multi_wakeup", curl.multi_wakeup);
  find(library, "curl_multi_info_read", curl.multi_info_read);
  find(library, "curl_multi_cleanup", curl.multi_cleanup);
  find(library, "curl_slist_append", curl.slist_append);
  find(library, "curl_slist_free_all", curl.slist_free_all);
  global_init(CURL_GLOBAL_DEFAULT, &allocate, &free_secret, &reallocate, &duplicate,
              &allocate_zeroed);
  return curl;
}

} // namespace

const CurlLibrary& curl() {
  static const CurlLibrary loaded = load(); // by one thread, whoever else waits
  return loaded;
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/base/curl_library.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <dlfcn.h>

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

CurlLibrary load() {
  void* const library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL); // never closed
  if (library == nullptr) {
    throw permanent_error(error_code::k_unsupported,
                          "libcurl.so.4 cannot be loaded: install Debian's package libcurl4");
  }
  CurlLibrary curl{};
  decltype(&curl_global_init) global_init = nullptr;
  find(library, "curl_global_init", global_init);
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
  global_init(CURL_GLOBAL_DEFAULT);
  return curl;
}

} // namespace

const CurlLibrary& curl() {
  static const CurlLibrary loaded = load(); // by one thread, whoever else waits
  return loaded;
}

} // namespace nightshift

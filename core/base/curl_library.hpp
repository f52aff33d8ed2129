// SPDX-License-Identifier: Apache-2.0
//
// libcurl is loaded when it is first needed and not before: it brings thirty libraries along, and
// most commands of the program never speak to anybody. Its memory is that for secrets: it keeps
// copies of the headers that it sends. For the files of this folder only.

#pragma once

#define CURL_STRICTER // types of their own for its handles
#include <curl/curl.h>

namespace nightshift {

// What is used of libcurl.
struct CurlLibrary {
  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_setopt) easy_setopt;
  decltype(&curl_easy_perform) easy_perform;
  decltype(&curl_easy_getinfo) easy_getinfo;
  decltype(&curl_easy_strerror) easy_strerror;
  decltype(&curl_easy_cleanup) easy_cleanup;
  decltype(&curl_multi_init) multi_init;
  decltype(&curl_multi_add_handle) multi_add_handle;
  decltype(&curl_multi_remove_handle) multi_remove_handle;
  decltype(&curl_multi_perform) multi_perform;
  decltype(&curl_multi_poll) multi_poll;
  decltype(&curl_multi_wakeup) multi_wakeup;
  decltype(&curl_multi_info_read) multi_info_read;
  decltype(&curl_multi_cleanup) multi_cleanup;
  decltype(&curl_slist_append) slist_append;
  decltype(&curl_slist_free_all) slist_free_all;
};

// Any thread. Throws `unsupported` if there is none on this machine, or too old a one.
[[nodiscard]] const CurlLibrary& curl();

// Deleter of libcurl's handles.
struct CurlFree {
  void operator()(CURL* request) const noexcept { curl().easy_cleanup(request); }

  void operator()(CURLM* requests) const noexcept { curl().multi_cleanup(requests); }

  void operator()(curl_slist* list) const noexcept { curl().slist_free_all(list); }
};

} // namespace nightshift

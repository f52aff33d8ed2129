// SPDX-License-Identifier: Apache-2.0
//
// libcurl is loaded when it is first needed and not before: it brings thirty libraries along, and
// most commands of the program never speak to anybody.

#include "core/base/http.hpp"

#include <nightshift/error.hpp>

#include <curl/curl.h>
#include <fmt/format.h>

#include <dlfcn.h>

#include <cstddef>
#include <memory>

namespace nightshift {
namespace {

// What is used of libcurl.
struct Curl {
  decltype(&curl_global_init) global_init;
  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_setopt) easy_setopt;
  decltype(&curl_easy_perform) easy_perform;
  decltype(&curl_easy_getinfo) easy_getinfo;
  decltype(&curl_easy_strerror) easy_strerror;
  decltype(&curl_easy_cleanup) easy_cleanup;
  decltype(&curl_slist_append) slist_append;
  decltype(&curl_slist_free_all) slist_free_all;
};

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) {
    throw permanent_error(error_code::k_unsupported,
                          fmt::format("this machine's libcurl has no {}", name));
  }
}

Curl load_curl() {
  void* const library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL); // never closed
  if (library == nullptr) {
    throw permanent_error(error_code::k_unsupported,
                          "libcurl.so.4 cannot be loaded: install Debian's package libcurl4");
  }
  Curl curl{};
  find(library, "curl_global_init", curl.global_init);
  find(library, "curl_easy_init", curl.easy_init);
  find(library, "curl_easy_setopt", curl.easy_setopt);
  find(library, "curl_easy_perform", curl.easy_perform);
  find(library, "curl_easy_getinfo", curl.easy_getinfo);
  find(library, "curl_easy_strerror", curl.easy_strerror);
  find(library, "curl_easy_cleanup", curl.easy_cleanup);
  find(library, "curl_slist_append", curl.slist_append);
  find(library, "curl_slist_free_all", curl.slist_free_all);
  curl.global_init(CURL_GLOBAL_DEFAULT);
  return curl;
}

const Curl& curl() {
  static const Curl loaded = load_curl(); // by one thread, whoever else waits
  return loaded;
}

struct Free {
  void operator()(CURL* request) const noexcept { curl().easy_cleanup(request); }

  void operator()(curl_slist* list) const noexcept { curl().slist_free_all(list); }
};

std::size_t discard(const char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

JobError no_answer(const std::string& origin, const char* why) {
  return {ErrorClass::transient, std::string(error_code::k_unavailable),
          fmt::format("{} does not answer: {}", origin, why)};
}

// "host", "[::1]" at the front of what follows a scheme and a user's name; "" if there is none.
std::string_view host_at_front(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    const std::string_view address = text.substr(0, end == text.npos ? 0 : end + 1);
    return address.find_first_not_of("0123456789abcdefABCDEF:.[]") == address.npos ? address : "";
  }
  const std::string_view host = text.substr(0, text.find(':'));
  return host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-._") == host.npos
             ? host
             : "";
}

} // namespace

std::optional<std::string> http_origin(const std::string& url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (url.starts_with(scheme)) {
      std::string_view rest = std::string_view(url).substr(scheme.size());
      rest = rest.substr(0, rest.find_first_of("/?#"));
      rest = rest.substr(rest.rfind('@') + 1); // npos + 1 is 0
      const std::string_view host = host_at_front(rest);
      return host.empty() ? std::nullopt : std::optional(fmt::format("{}{}", scheme, host));
    }
  }
  return std::nullopt;
}

int http_post(const std::string& url, std::string_view body, const HttpTimeouts& timeouts) {
  const auto origin = http_origin(url);
  if (!origin) {
    throw permanent_error(error_code::k_config,
                          "a URL is needed that begins with https:// or http:// and a host");
  }
  const std::unique_ptr<CURL, Free> request(curl().easy_init());
  const std::unique_ptr<curl_slist, Free> headers(
      curl().slist_append(curl().slist_append(nullptr, "Content-Type: text/plain; charset=utf-8"),
                          "Expect:")); // no asking beforehand whether a body is welcome
  if (!request || !headers) {
    throw no_answer(*origin, "libcurl does not start");
  }
  const auto set = [&](CURLoption option, auto value) {
    curl().easy_setopt(request.get(), option, value);
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDS, body.data());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_USERAGENT, "nightshift");
  set(CURLOPT_WRITEFUNCTION, &discard);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeouts.connect.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeouts.total.count()));
  set(CURLOPT_NOSIGNAL, 1L); // other threads are running
  // curl's own words, not the longer ones of its error buffer, which may repeat the URL.
  if (const CURLcode code = curl().easy_perform(request.get()); code != CURLE_OK) {
    throw no_answer(*origin, curl().easy_strerror(code));
  }
  long status = 0;
  curl().easy_getinfo(request.get(), CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

} // namespace nightshift

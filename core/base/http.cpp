// SPDX-License-Identifier: Apache-2.0

#include "core/base/http.hpp"

#include "core/base/curl_library.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <memory>

namespace nightshift {
namespace {

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
  const std::unique_ptr<CURL, CurlFree> request(curl().easy_init());
  const std::unique_ptr<curl_slist, CurlFree> headers(
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
  set(CURLOPT_NOSIGNAL, 1L);   // other threads are running
  set(CURLOPT_QUICK_EXIT, 1L); // a name that is being looked up does not outlast the time there is
  // curl's own words, not the longer ones of its error buffer, which may repeat the URL.
  if (const CURLcode code = curl().easy_perform(request.get()); code != CURLE_OK) {
    throw no_answer(*origin, curl().easy_strerror(code));
  }
  long status = 0;
  curl().easy_getinfo(request.get(), CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

} // namespace nightshift

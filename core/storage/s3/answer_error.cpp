// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/answer_error.hpp"

#include "core/base/text.hpp"
#include "core/storage/s3/harmless_words.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace nightshift::s3 {

namespace {

constexpr std::string_view k_blanks = " \t\r\n";

// A foreign text within a sentence.
std::string in_a_sentence(std::string_view text) {
  constexpr std::size_t k_most = 200;
  return one_line(printable_key(text.substr(0, k_most)));
}

bool starts_with_any_case(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
         });
}

struct Permanent {
  std::string_view code; // of the store
  const char* ours;
};

constexpr std::array k_permanent{
    Permanent{"AccessDenied", error_code::k_denied},
    Permanent{"AllAccessDisabled", error_code::k_denied},
    Permanent{"AccountProblem", error_code::k_denied},
    Permanent{"ExpiredToken", error_code::k_denied},
    Permanent{"InvalidAccessKeyId", error_code::k_denied},
    Permanent{"InvalidToken", error_code::k_denied},
    Permanent{"SignatureDoesNotMatch", error_code::k_denied},
    Permanent{"NoSuchBucket", error_code::k_not_found},
};

} // namespace

void throw_damaged(std::string_view why) {
  throw transient_error(error_code::k_bad_data,
                        fmt::format("came damaged: {}; if this persists, check what stands between "
                                    "here and the store (endpoint_url, proxies)",
                                    why));
}

void check_looks_like_xml(std::string_view body) {
  const std::size_t begin = body.find_first_not_of(k_blanks);
  if (begin == std::string_view::npos) {
    throw transient_error(error_code::k_unavailable,
                          "is an answer without content; check what stands between here and the "
                          "store (endpoint_url, proxies)");
  }
  const std::string_view text = body.substr(begin);
  if (starts_with_any_case(text, "<!doctype html") || starts_with_any_case(text, "<html")) {
    throw transient_error(error_code::k_unavailable,
                          "is a web page, as a proxy or a login page sends in the store's place; "
                          "check endpoint_url and the proxy settings");
  }
}

void throw_no_listing(std::string_view root) {
  throw transient_error(
      error_code::k_unavailable,
      fmt::format("is no listing but a <{}>; check that endpoint_url leads to an S3 service",
                  in_a_sentence(root)));
}

void throw_error_in_answer(std::string_view code, std::string_view message) {
  const auto* const known = std::find_if(k_permanent.begin(), k_permanent.end(),
                                         [&](const Permanent& row) { return row.code == code; });
  const std::string words = harmless_words(in_a_sentence(message), nullptr);
  const std::string text =
      fmt::format("is an error of the store's, {}{}{}",
                  harmless_words(in_a_sentence(code), nullptr), words.empty() ? "" : ": ", words);
  if (known != k_permanent.end()) {
    throw permanent_error(known->ours, text + "; check the credentials and the bucket");
  }
  throw transient_error(error_code::k_unavailable, text + "; try again later");
}

} // namespace nightshift::s3

// SPDX-License-Identifier: Apache-2.0

#include "core/base/regex_source.hpp"

#include "core/base/text.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <utf8proc.h>

#include <cstdint>

namespace nightshift {

namespace {

constexpr std::size_t k_longest_number = 9; // digits
// Matching takes time in proportion to the text, but also to the regex.
constexpr std::size_t k_longest_regex = 10'000; // bytes

std::optional<char32_t> digit_value(char32_t c) noexcept {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return std::nullopt;
}

} // namespace

RegexSource::RegexSource(std::string_view regex) : shown_(one_line(printable_key(regex))) {
  if (regex.size() > k_longest_regex) {
    throw permanent_error(error_code::k_unsupported,
                          fmt::format("cannot use a regular expression of {} bytes: at most {} "
                                      "keep matching quick",
                                      grouped(static_cast<std::int64_t>(regex.size())),
                                      grouped(k_longest_regex)));
  }
  while (!regex.empty()) {
    const std::size_t length = utf8_length(regex);
    if (length == 0) {
      fail(text_.size(), "a byte that is no UTF-8 stands");
    }
    utf8proc_int32_t c = 0;
    utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(regex.data()),
                     static_cast<utf8proc_ssize_t>(length), &c);
    text_.push_back(static_cast<char32_t>(c));
    regex.remove_prefix(length);
  }
}

char32_t RegexSource::take() {
  if (at_end()) {
    fail(at_, "something is missing");
  }
  return text_[at_++];
}

bool RegexSource::skip(std::u32string_view token) {
  const bool there = std::u32string_view(text_).substr(at_).starts_with(token);
  at_ += there ? token.size() : 0;
  return there;
}

std::u32string RegexSource::take_until(char32_t terminator, std::string_view what) {
  const std::size_t start = at_;
  const std::size_t end = text_.find(terminator, start);
  if (end == std::u32string::npos) {
    fail(start, fmt::format("{} is never closed; it begins", what));
  }
  at_ = end + 1;
  return text_.substr(start, end - start);
}

std::optional<std::size_t> RegexSource::take_number() {
  const std::size_t start = at_;
  std::size_t value = 0;
  for (; peek() >= '0' && peek() <= '9'; ++at_) {
    if (at_ - start == k_longest_number) {
      fail(start, "a number is too large");
    }
    value = value * 10 + (peek() - '0');
  }
  return at_ == start ? std::nullopt : std::optional(value);
}

char32_t RegexSource::take_hexadecimal(std::size_t digits) {
  const std::size_t start = at_;
  char32_t value = 0;
  for (; at_ - start < digits; ++at_) {
    const auto digit = digit_value(peek());
    if (!digit || value > 0x10FFFF) {
      fail(start, fmt::format("an escape needs {} hexadecimal digits of a character", digits));
    }
    value = value * 16 + *digit;
  }
  if (value > 0x10FFFF) {
    fail(start, "an escape names a character beyond Unicode");
  }
  return value;
}

char32_t RegexSource::take_octal(char32_t value, std::size_t digits) {
  const std::size_t start = at_;
  for (; at_ - start < digits && peek() >= '0' && peek() <= '7'; ++at_) {
    value = value * 8 + (peek() - '0');
  }
  if (value > 0377) {
    fail(start, "an octal escape is larger than 0377");
  }
  return value;
}

void RegexSource::fail(std::size_t start, std::string_view what) const {
  throw permanent_error(error_code::k_bad_data,
                        fmt::format("\"{}\" is not a regular expression: {} at character {}",
                                    shown_, what, start + 1));
}

void RegexSource::refuse(std::size_t start, std::string_view what, std::string_view advice) const {
  throw permanent_error(
      error_code::k_unsupported,
      fmt::format("cannot use the regular expression \"{}\": {} at character {} is not "
                  "supported; {}",
                  shown_, what, start + 1, advice));
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/page_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <limits>
#include <system_error>

namespace nightshift::s3 {

namespace {

struct Named {
  std::string_view name;
  char character;
};

constexpr std::array<Named, 5> k_named{
    {{"quot", '"'}, {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"apos", '\''}}};

bool append_utf8(std::string& to, std::uint32_t code) {
  const auto put = [&to](std::uint32_t byte) { to.push_back(static_cast<char>(byte)); };
  const auto put_continuations = [&](int count) {
    for (int i = count - 1; i >= 0; --i) {
      put(0x80U | ((code >> (6U * static_cast<unsigned>(i))) & 0x3FU));
    }
  };
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code == 0 || is_surrogate || code > 0x10FFFF) {
    return false;
  }
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6U));
    put_continuations(1);
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12U));
    put_continuations(2);
  } else {
    put(0xF0U | (code >> 18U));
    put_continuations(3);
  }
  return true;
}

template <class Number>
std::optional<Number> parse_whole(std::string_view digits, int base = 10) noexcept {
  Number number{};
  const char* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, number, base);
  return error == std::errc{} && at == end && !digits.empty() ? std::optional(number)
                                                              : std::nullopt;
}

// What stands between '&' and ';'.
bool append_escape(std::string& to, std::string_view name) {
  if (name.starts_with('#')) {
    const bool is_hex = name.starts_with("#x");
    const auto code = parse_whole<std::uint32_t>(name.substr(is_hex ? 2 : 1), is_hex ? 16 : 10);
    return code && append_utf8(to, *code);
  }
  for (const Named& named : k_named) {
    if (named.name == name) {
      to.push_back(named.character);
      return true;
    }
  }
  return false;
}

// The number that two digits at `at` make; more than 99 if they are none.
unsigned two_digits(const char* at) noexcept {
  const unsigned tens = static_cast<unsigned char>(at[0]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(at[1]) - unsigned{'0'};
  return tens <= 9 && ones <= 9 ? tens * 10 + ones : 100;
}

// ".965" in nanoseconds; -1 if it is no fraction.
std::int64_t fraction(std::string_view text) noexcept {
  if (text.empty()) {
    return 0;
  }
  if (text.front() != '.' || text.size() == 1) {
    return -1;
  }
  std::int64_t nanoseconds = 0;
  std::int64_t unit = 1'000'000'000;
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9') {
      return -1;
    }
    unit /= 10;
    nanoseconds += unit * (c - '0');
  }
  return nanoseconds;
}

// Seconds since 1970 of "2024-01-15T10:20:30" at the front of `text`.
std::optional<std::int64_t> front_seconds(std::string_view text) noexcept {
  constexpr std::string_view k_form = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < k_form.size() || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
      text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const unsigned century = two_digits(&text[0]);
  const unsigned year = two_digits(&text[2]);
  const std::int64_t hour = two_digits(&text[11]);
  const std::int64_t minute = two_digits(&text[14]);
  const std::int64_t second = two_digits(&text[17]);
  if (century > 99 || year > 99 || hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(century * 100 + year)},
                                         std::chrono::month{two_digits(&text[5])},
                                         std::chrono::day{two_digits(&text[8])}};
  if (!date.ok()) {
    return std::nullopt;
  }
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

} // namespace

bool append_unescaped(std::string& to, std::string_view raw) {
  for (;;) {
    const std::size_t begin = raw.find('&');
    to.append(raw.substr(0, begin));
    if (begin == std::string_view::npos) {
      return true;
    }
    raw.remove_prefix(begin + 1);
    const std::size_t end = raw.find(';');
    if (end == std::string_view::npos || !append_escape(to, raw.substr(0, end))) {
      return false;
    }
    raw.remove_prefix(end + 1);
  }
}

std::optional<std::int64_t> parse_count(std::string_view text) noexcept {
  const auto count = parse_whole<std::int64_t>(text);
  return count && *count >= 0 ? count : std::nullopt;
}

std::optional<std::int64_t> parse_last_modified(std::string_view text) noexcept {
  constexpr std::size_t k_seconds_size = 19;
  constexpr std::int64_t k_second = 1'000'000'000;
  constexpr std::int64_t k_last = std::numeric_limits<std::int64_t>::max() / k_second - 1;
  if (!text.ends_with('Z')) {
    return std::nullopt;
  }
  const auto seconds = front_seconds(text);
  const std::int64_t nanoseconds =
      seconds ? fraction(text.substr(k_seconds_size, text.size() - k_seconds_size - 1)) : -1;
  if (nanoseconds < 0) {
    return std::nullopt;
  }
  if (*seconds > k_last || *seconds < -k_last) { // beyond the years 1677 to 2262
    return *seconds > 0 ? std::numeric_limits<std::int64_t>::max()
                        : std::numeric_limits<std::int64_t>::min();
  }
  return *seconds * k_second + nanoseconds;
}

} // namespace nightshift::s3

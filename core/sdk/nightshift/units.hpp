// SPDX-License-Identifier: Apache-2.0
//
// Quantities as people write them: a number and its unit, nothing guessed.

#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nightshift {

namespace detail {

// The non-negative decimal number at the front of `text`, which is cut off; nothing if there is
// none or it is larger than any quantity here can be.
[[nodiscard]] inline std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc{} || text.front() == '-' || !std::isfinite(value) || value > 1e9) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

inline constexpr std::array<std::pair<std::string_view, double>, 6> k_duration_units{
    {{"ms", 0.001}, {"s", 1}, {"min", 60}, {"m", 60}, {"h", 3600}, {"d", 86400}}};

} // namespace detail

// "500ms", "90s", "120min" (or "120m"), "24h", "1.5d"; "0" needs no unit.
[[nodiscard]] inline std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  const auto number = detail::take_number(text);
  if (!number) {
    return std::nullopt;
  }
  if (text.empty() && *number == 0) {
    return std::chrono::nanoseconds{0};
  }
  for (const auto& [unit, seconds] : detail::k_duration_units) {
    if (text == unit && *number * seconds <= 9e9) {
      return std::chrono::round<std::chrono::nanoseconds>(
          std::chrono::duration<double>(*number * seconds));
    }
  }
  return std::nullopt;
}

// "20%" -> 0.2. At most 100 %.
[[nodiscard]] inline std::optional<double> parse_share(std::string_view text) {
  const auto number = detail::take_number(text);
  if (!number || *number > 100 || text != "%") {
    return std::nullopt;
  }
  return *number / 100;
}

// In the largest unit that leaves a whole number: 7200 s -> "2h"; 90 s -> "90s". To the
// millisecond; what no `parse_duration` could give is capped.
[[nodiscard]] inline std::string print_duration(std::chrono::duration<double> duration) {
  constexpr double k_longest = 9e12;
  const double milliseconds = std::clamp(duration.count() * 1000, -k_longest, k_longest);
  const auto whole = static_cast<std::int64_t>(std::round(milliseconds));
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 4> k_units{
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "min"}, {1000, "s"}}};
  for (const auto& [size, unit] : k_units) {
    if (whole != 0 && whole % size == 0) {
      return fmt::format("{}{}", whole / size, unit);
    }
  }
  return whole == 0 ? "0" : fmt::format("{}ms", whole);
}

// Whether `text` has the form of an offset from UTC ("-06:00", "+05:45") or of a zone's name in the
// IANA database ("Europe/Brussels", "UTC"). Whether there is such a zone is not looked up.
[[nodiscard]] inline bool is_time_zone(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.starts_with('+') || text.starts_with('-')) {
    const bool has_form = text.size() == 6 && is_digit(text[1]) && is_digit(text[2]) &&
                          text[3] == ':' && is_digit(text[4]) && is_digit(text[5]);
    // From -12:00 to +14:00: text of one form compares as its numbers do.
    return has_form && text[4] < '6' && text.substr(1) <= (text[0] == '-' ? "12:00" : "14:00");
  }
  bool begins_part = true;
  for (const char c : text) {
    if (begins_part
            ? !is_letter(c)
            : !is_letter(c) && !is_digit(c) && c != '/' && c != '_' && c != '-' && c != '+') {
      return false;
    }
    begins_part = c == '/';
  }
  return text.size() >= 3 && !begins_part;
}

} // namespace nightshift

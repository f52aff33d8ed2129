// SPDX-License-Identifier: Apache-2.0
//
// Quantities as people write them: a number and its unit, nothing guessed.

#pragma once

#include <fmt/format.h>

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

// In the largest unit that leaves a whole number: 7200 s -> "2h"; 90 s -> "90s".
[[nodiscard]] inline std::string print_duration(std::chrono::duration<double> duration) {
  const double milliseconds = std::round(duration.count() * 1000);
  const auto whole = static_cast<std::int64_t>(milliseconds);
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 4> k_units{
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "min"}, {1000, "s"}}};
  for (const auto& [size, unit] : k_units) {
    if (whole != 0 && whole % size == 0) {
      return fmt::format("{}{}", whole / size, unit);
    }
  }
  return whole == 0 ? "0" : fmt::format("{}ms", whole);
}

} // namespace nightshift

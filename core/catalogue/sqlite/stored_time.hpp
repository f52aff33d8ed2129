// SPDX-License-Identifier: Apache-2.0
//
// Times as the catalogue's columns hold them: seconds of wall time.

#pragma once

#include <nightshift/capture.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace nightshift::sqlite {

[[nodiscard]] inline WallTime wall_time(std::int64_t seconds) noexcept {
  return WallTime{std::chrono::seconds{seconds}};
}

[[nodiscard]] inline std::optional<WallTime>
wall_time(std::optional<std::int64_t> seconds) noexcept {
  return seconds ? std::optional(wall_time(*seconds)) : std::nullopt;
}

[[nodiscard]] inline std::int64_t seconds_of(WallTime time) noexcept {
  return time.time_since_epoch().count();
}

[[nodiscard]] inline std::optional<std::int64_t> seconds_of(std::optional<WallTime> time) noexcept {
  return time ? std::optional(seconds_of(*time)) : std::nullopt;
}

} // namespace nightshift::sqlite

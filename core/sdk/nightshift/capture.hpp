// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/fingerprint.hpp>
#include <nightshift/object.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace nightshift {

// A camera's wall clock, exactly as read: no zone, no conversion. The deployment knows its zone.
using WallTime = std::chrono::local_seconds;

// Which rule read a capture's time from its name or, from `none` on, why none could. The numbers
// are stored in catalogues: never renumber, only append (dated below 64, undated from 64).
enum class TimeSource : std::uint8_t {
  digits_14 = 1,      // YYYYMMDDHHMMSS
  digits_8_6 = 2,     // YYYYMMDD, something, HHMMSS
  separated = 3,      // YYYY-MM-DD, something, HH-MM-SS, any separators
  digits_12_yy = 4,   // YYMMDDHHMMSS: the century is guessed (00-68 is 20xx)
  iso = 5,            // the whole stem is an ISO 8601 date and time
  digits_12_yyyy = 6, // the whole stem is YYYYMMDDHHMM

  none = 64,      // nothing in the name looks like a date and time
  invalid = 65,   // it looks like one and is no valid one: month 13, second 60
  date_only = 66, // a date without a time of day: midnight would be invented
  partial = 67,   // needs today's date, or lacks minutes
  ambiguous = 68, // the order of day, month and year, or the century, would be a guess
  zone = 69,      // its zone, or what may be minutes or a zone, would be a guess
  wording = 70,   // written in words or foreign digits: no fixed form
};

[[nodiscard]] constexpr bool is_dated(TimeSource source) noexcept {
  return static_cast<std::uint8_t>(source) < static_cast<std::uint8_t>(TimeSource::none);
}

[[nodiscard]] constexpr std::string_view to_string(TimeSource source) noexcept {
  switch (source) {
  case TimeSource::digits_14:
    return "digits_14";
  case TimeSource::digits_8_6:
    return "digits_8_6";
  case TimeSource::separated:
    return "separated";
  case TimeSource::digits_12_yy:
    return "digits_12_yy";
  case TimeSource::iso:
    return "iso";
  case TimeSource::digits_12_yyyy:
    return "digits_12_yyyy";
  case TimeSource::none:
    return "none";
  case TimeSource::invalid:
    return "invalid";
  case TimeSource::date_only:
    return "date_only";
  case TimeSource::partial:
    return "partial";
  case TimeSource::ambiguous:
    return "ambiguous";
  case TimeSource::zone:
    return "zone";
  case TimeSource::wording:
    return "wording";
  }
  return "unknown";
}

// When a capture was taken and how that is known.
struct CaptureTime {
  std::int64_t seconds = 0; // of `WallTime`; 0 if undated
  TimeSource source = TimeSource::none;

  [[nodiscard]] bool dated() const noexcept { return is_dated(source); }

  [[nodiscard]] WallTime wall_time() const noexcept {
    return WallTime{std::chrono::seconds{seconds}};
  }

  friend bool operator==(const CaptureTime&, const CaptureTime&) = default;
};

// A folder part whose objects were recognised as captures: `times[i]` belongs to `part.objects[i]`.
struct CapturePart {
  FolderPart part; // objects sorted by the bytes of their names, each name once
  std::vector<CaptureTime> times;
  Fingerprint fingerprint; // of this part's objects
};

} // namespace nightshift

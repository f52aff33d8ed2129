// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace nightshift::data_storage_sync {

// Fields as a name gives them, unchecked.
struct DateTimeFields {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

// Seconds of wall time, or nothing for what is on no calendar or clock: years 1 to 9999, no hour
// 24, no leap second. std::chrono's civil arithmetic is Howard Hinnant's days_from_civil: exact for
// the Gregorian calendar extended to all years.
[[nodiscard]] constexpr std::optional<std::int64_t>
seconds_of(const DateTimeFields& fields) noexcept {
  const std::chrono::year_month_day date{std::chrono::year{fields.year},
                                         std::chrono::month{static_cast<unsigned>(fields.month)},
                                         std::chrono::day{static_cast<unsigned>(fields.day)}};
  if (fields.year < 1 || fields.year > 9999 || !date.ok() || fields.hour > 23 ||
      fields.minute > 59 || fields.second > 59) {
    return std::nullopt;
  }
  const std::int64_t days = std::chrono::local_days{date}.time_since_epoch().count();
  return ((days * 24 + fields.hour) * 60 + fields.minute) * 60 + fields.second;
}

} // namespace nightshift::data_storage_sync

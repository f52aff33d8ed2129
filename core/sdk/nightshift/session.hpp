// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/capture.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace nightshift {

// Both ends belong to the span.
struct TimeSpan {
  WallTime start;
  WallTime end;

  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

// Captures of one folder without a gap: what sessions are grouped from, so that a million captures
// need not be read again to group them.
struct Fragment {
  std::int64_t folder_id = 0;
  TimeSpan span;
  std::int64_t captures = 0;
  std::int64_t duplicate_times = 0; // times that more than one of its captures share

  friend bool operator==(const Fragment&, const Fragment&) = default;
};

// Captures of one deployment without a gap: a night, as a rule.
struct Session {
  std::int64_t id = 0; // 0 until the catalogue has given one
  TimeSpan span;
  std::int64_t captures = 0;
  std::int64_t duplicate_times = 0;

  friend bool operator==(const Session&, const Session&) = default;
};

// The evening a session belongs to: the date twelve hours before its start.
[[nodiscard]] inline std::chrono::local_days night_of(const Session& session) {
  return std::chrono::floor<std::chrono::days>(session.span.start - std::chrono::hours{12});
}

// What the captures of a deployment's folders add up to.
struct FolderTotals {
  std::int64_t captures = 0; // present ones
  std::int64_t bytes = 0;
  std::int64_t undated = 0; // present without a time
  std::int64_t missing = 0; // known, and gone from the storage
  std::optional<WallTime> first;
  std::optional<WallTime> last;

  friend bool operator==(const FolderTotals&, const FolderTotals&) = default;
};

// A deployment's cached fields, under Antenna's names (data_source_last_checked is kept by
// the catalogue itself), and three of our own.
struct CachedFields {
  std::int64_t captures_count = 0;
  std::int64_t events_count = 0; // sessions
  std::optional<WallTime> first_capture_timestamp;
  std::optional<WallTime> last_capture_timestamp;
  std::int64_t data_source_total_files = 0;
  std::optional<std::int64_t> data_source_total_size; // bytes; nothing when there is no capture
  std::int64_t missing_count = 0;
  std::int64_t undated_count = 0;
  std::int64_t duplicate_timestamps = 0;

  friend bool operator==(const CachedFields&, const CachedFields&) = default;
};

} // namespace nightshift

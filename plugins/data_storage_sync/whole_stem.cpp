// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/whole_stem.hpp"

#include "plugins/data_storage_sync/calendar.hpp"
#include "plugins/data_storage_sync/undated_reason.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace nightshift::data_storage_sync {

namespace {

// Takes what it is asked for from the front of a text, or takes nothing.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) noexcept : rest_(rest) {}

  [[nodiscard]] std::optional<int> number(std::size_t digits) noexcept {
    if (leading_digits() < digits) {
      return std::nullopt;
    }
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  // The number into `field`; whether there was one.
  bool number(std::size_t digits, int& field) noexcept {
    const auto value = number(digits);
    field = value.value_or(field);
    return value.has_value();
  }

  bool one_of(std::string_view characters) noexcept {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  [[nodiscard]] std::size_t leading_digits() const noexcept {
    const auto end =
        std::find_if(rest_.begin(), rest_.end(), [](char c) { return c < '0' || c > '9'; });
    return static_cast<std::size_t>(end - rest_.begin());
  }

  void skip(std::size_t characters) noexcept { rest_.remove_prefix(characters); }

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool read_date(Cursor& cursor, DateTimeFields& fields, bool& compact) noexcept {
  if (!cursor.number(4, fields.year)) {
    return false;
  }
  compact = !cursor.one_of("-");
  return cursor.number(2, fields.month) && (compact || cursor.one_of("-")) &&
         cursor.number(2, fields.day);
}

bool read_fraction(Cursor& cursor) noexcept {
  if (!cursor.one_of(".")) {
    return true;
  }
  const std::size_t digits = cursor.leading_digits();
  cursor.skip(digits);
  return digits > 0;
}

bool read_time(Cursor& cursor, DateTimeFields& fields) noexcept {
  if (!cursor.number(2, fields.hour)) {
    return false;
  }
  const bool colons = cursor.one_of(":");
  if (!cursor.number(2, fields.minute)) {
    return false;
  }
  const bool seconds = colons ? cursor.one_of(":") : cursor.leading_digits() > 0;
  return !seconds || (cursor.number(2, fields.second) && read_fraction(cursor));
}

bool read_zone(Cursor& cursor) noexcept {
  if (cursor.one_of("Zz") || !cursor.one_of("+-")) {
    return true;
  }
  const auto hours = cursor.number(2);
  const bool has_minutes = cursor.one_of(":") || cursor.leading_digits() > 0;
  const auto minutes = has_minutes ? cursor.number(2) : std::optional(0);
  return hours && *hours <= 23 && minutes && *minutes <= 59;
}

} // namespace

CaptureTime parse_whole_stem(std::string_view stem) noexcept {
  Cursor cursor(stem);
  DateTimeFields fields;
  bool compact = false;
  if (!read_date(cursor, fields, compact)) {
    return {0, undated_reason(stem)};
  }
  const bool gap = cursor.one_of("Tt -");
  const bool may_follow = gap || (compact && cursor.leading_digits() >= 4);
  if (!may_follow || !read_time(cursor, fields) || !read_zone(cursor) || !cursor.at_end()) {
    return {0, undated_reason(stem)};
  }
  const auto seconds = seconds_of(fields);
  if (!seconds) {
    return {0, TimeSource::invalid};
  }
  return {*seconds, gap ? TimeSource::iso : TimeSource::digits_12_yyyy};
}

} // namespace nightshift::data_storage_sync

// SPDX-License-Identifier: Apache-2.0

#include "core/base/time.hpp"

#include <nightshift/units.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <ctime>

namespace nightshift {

namespace {

using std::chrono::floor;

// A calendar date and a time of day, whatever the zone.
struct Fields {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

template <class Seconds> // sys_seconds or local_seconds
Fields fields_of(Seconds time) {
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count())};
}

Fields local_fields(TimePoint time) {
  const auto seconds =
      static_cast<std::time_t>(floor<std::chrono::seconds>(time).time_since_epoch().count());
  std::tm tm{};
  localtime_r(&seconds, &tm);
  return {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec};
}

std::string text_of(const Fields& f, char between) {
  return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", f.year, f.month, f.day, between,
                     f.hour, f.minute, f.second);
}

std::string fraction_of(TimePoint time) {
  const auto fraction = time - floor<std::chrono::seconds>(time);
  return fmt::format(".{:06}", fraction.count());
}

// The number that fills `text` wholly; nothing if anything but digits is in it.
std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

constexpr std::string_view k_date = "0000-00-00";

// The moment at which the host's clocks show what clocks in UTC show at `shown`.
TimePoint from_local(TimePoint shown) {
  const Fields f = fields_of(floor<std::chrono::seconds>(shown));
  std::tm tm{};
  tm.tm_year = f.year - 1900;
  tm.tm_mon = f.month - 1;
  tm.tm_mday = f.day;
  tm.tm_hour = f.hour;
  tm.tm_min = f.minute;
  tm.tm_sec = f.second;
  tm.tm_isdst = -1;
  return TimePoint(std::chrono::seconds(std::mktime(&tm)));
}

} // namespace

TimePoint system_now() {
  return floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::string utc_text(TimePoint time) {
  return text_of(fields_of(floor<std::chrono::seconds>(time)), 'T') + fraction_of(time) + "Z";
}

std::optional<TimePoint> parse_utc(std::string_view text) {
  constexpr std::string_view k_form = "0000-00-00T00:00:00.000000Z";
  if (text.size() != k_form.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < k_form.size(); ++i) {
    if (k_form[i] != '0' && k_form[i] != text[i]) {
      return std::nullopt;
    }
  }
  const auto part = [text](std::size_t at, std::size_t size) {
    return digits(text.substr(at, size));
  };
  const auto year = part(0, 4);
  const auto month = part(5, 2);
  const auto day = part(8, 2);
  const auto hour = part(11, 2);
  const auto minute = part(14, 2);
  const auto second = part(17, 2);
  const auto fraction = part(20, 6);
  if (!year || !month || !day || !hour || !minute || !second || !fraction) {
    return std::nullopt;
  }
  const auto date = std::chrono::year(*year) / *month / *day;
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  return TimePoint(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
         std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
         std::chrono::microseconds(*fraction);
}

std::optional<TimePoint> parse_moment(std::string_view text, TimePoint now) {
  if (const auto before = parse_duration(text)) {
    return now - floor<std::chrono::microseconds>(*before);
  }
  const bool utc = text.ends_with('Z');
  std::string whole(text.substr(0, text.size() - (utc ? 1 : 0)));
  if (whole.size() > k_date.size() && whole[k_date.size()] == ' ') {
    whole[k_date.size()] = 'T';
  }
  for (const std::string_view rest : {"", ":00", "T00:00:00"}) {
    if (const auto time = parse_utc(fmt::format("{}{}.000000Z", whole, rest))) {
      return utc ? *time : from_local(*time);
    }
  }
  return std::nullopt;
}

std::string local_text(TimePoint time) {
  return text_of(local_fields(time), 'T') + fraction_of(time);
}

std::string local_log_text(TimePoint time) {
  return text_of(local_fields(time), ' ');
}

std::string wall_text(std::chrono::local_seconds time) {
  return text_of(fields_of(time), 'T');
}

} // namespace nightshift

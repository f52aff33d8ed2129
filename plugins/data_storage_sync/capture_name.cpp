// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/capture_name.hpp"

#include "plugins/data_storage_sync/calendar.hpp"
#include "plugins/data_storage_sync/digit_runs.hpp"
#include "plugins/data_storage_sync/unicode_digits.hpp"
#include "plugins/data_storage_sync/whole_stem.hpp"

#include <nightshift/key.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace nightshift::data_storage_sync {

namespace {

// The search runs over text with one byte for each code point: a stem in ASCII as it is, any other
// with `k_foreign_digit` for a foreign digit and a letter for whatever else is not ASCII.
std::string one_byte_each(std::string_view stem) {
  std::string text;
  for (std::size_t length = 0; !stem.empty(); stem.remove_prefix(length)) {
    length = std::max<std::size_t>(utf8_length(stem), 1);
    const bool ascii = static_cast<unsigned char>(stem.front()) < 0x80;
    const char other = is_foreign_digit(stem.substr(0, length)) ? k_foreign_digit : 'x';
    text.push_back(ascii ? stem.front() : other);
  }
  return text;
}

// Small enough to be handed over in registers.
struct Match {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  TimeSource rule = TimeSource::none; // nothing was found
};

// The leftmost match that begins in the run of digits [begin, end). How long the run is leaves each
// pattern one place at most: where the digits that it wants are the run's last.
template <class Digits>
Match match_in_run(const Digits& digits_of, std::size_t begin, std::size_t end) noexcept {
  const auto match = [](std::size_t from, std::size_t to, TimeSource rule) {
    return Match{static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to), rule};
  };
  const std::size_t digits = end - begin;
  if (digits >= 14) {
    return match(begin, begin + 14, TimeSource::digits_14);
  }
  if (digits == 12) {
    return match(begin, end, TimeSource::digits_12_yy);
  }
  if (digits >= 8) {
    const std::size_t time = digits_of.skip_others(end);
    if (digits_of.has_shape(time, "dddddd")) {
      return match(end - 8, time + 6, TimeSource::digits_8_6);
    }
  }
  if (digits >= 4 && digits_of.has_shape(end, "?dd?dd?")) {
    const std::size_t time = digits_of.skip_others(end + 6);
    if (digits_of.has_shape(time, "dd?dd?dd")) {
      return match(end - 4, time + 8, TimeSource::separated);
    }
  }
  return {};
}

template <class Digits>
Match find_date_time(const Digits& digits) noexcept {
  Match match;
  std::size_t begin = digits.skip_others(0);
  while (begin < digits.size() && match.rule == TimeSource::none) {
    const std::size_t end = digits.skip_digits(begin);
    match = match_in_run(digits, begin, end);
    begin = digits.skip_others(end);
  }
  return match;
}

int two_digits(const char* at) noexcept {
  return (at[0] - '0') * 10 + (at[1] - '0');
}

// The time that the digits of a match spell. Where they stand follows from the rule.
CaptureTime read(std::string_view text, TimeSource rule) noexcept {
  if (text.find(k_foreign_digit) != std::string_view::npos) {
    return {0, TimeSource::wording};
  }
  const bool separated = rule == TimeSource::separated;
  const bool short_year = rule == TimeSource::digits_12_yy;
  const std::size_t step = separated ? 3 : 2;
  const char* const date = text.data() + (short_year ? 2 : separated ? 5 : 4); // month, day
  const char* const time = text.data() + text.size() - (separated ? 8 : 6);
  DateTimeFields fields;
  fields.year = two_digits(text.data());
  if (short_year) {
    fields.year += fields.year <= 68 ? 2000 : 1900; // POSIX's pivot, and Antenna's
  } else {
    fields.year = fields.year * 100 + two_digits(text.data() + 2);
  }
  fields.month = two_digits(date);
  fields.day = two_digits(date + step);
  fields.hour = two_digits(time);
  fields.minute = two_digits(time + step);
  fields.second = two_digits(time + 2 * step);
  const auto seconds = seconds_of(fields);
  return seconds ? CaptureTime{*seconds, rule} : CaptureTime{0, TimeSource::invalid};
}

// `text` has a byte for each code point of `stem`.
CaptureTime time_of(Match match, std::string_view text, std::string_view stem) noexcept {
  if (match.rule == TimeSource::none) {
    return parse_whole_stem(stem);
  }
  const CaptureTime time = read(text.substr(match.begin, match.end - match.begin), match.rule);
  if (!time.dated() && match.rule == TimeSource::digits_12_yy) {
    // The 12 digits may have a four-digit year and no seconds, if they are all there is.
    const CaptureTime whole = parse_whole_stem(stem);
    return whole.dated() ? whole : time;
  }
  return time;
}

} // namespace

CaptureTime parse_capture_name(std::string_view name) noexcept {
  const std::string_view stem = stem_of(name);
  if (stem.size() <= 64) {
    const AsciiDigits digits = ascii_digits(stem);
    if (digits.ascii) {
      return time_of(find_date_time(ShortDigits(digits.bits, stem.size())), stem, stem);
    }
  }
  const std::string text = one_byte_each(stem);
  return time_of(find_date_time(LongDigits(text)), text, stem);
}

} // namespace nightshift::data_storage_sync

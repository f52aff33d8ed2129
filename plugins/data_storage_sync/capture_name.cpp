// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/capture_name.hpp"

#include "plugins/data_storage_sync/ascii.hpp"
#include "plugins/data_storage_sync/calendar.hpp"
#include "plugins/data_storage_sync/unicode_digits.hpp"
#include "plugins/data_storage_sync/whole_stem.hpp"

#include <nightshift/key.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>

namespace nightshift::data_storage_sync {

namespace {

// The search runs over text with one byte for each code point: a stem in ASCII as it is, any other
// with this byte for a foreign digit and a letter for whatever else is not ASCII.
constexpr char k_foreign_digit = '\x80';

constexpr bool is_any_digit(char c) noexcept {
  return is_digit(c) || c == k_foreign_digit;
}

bool is_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

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

struct Match {
  std::string_view text;
  TimeSource rule;
};

std::size_t skip_digits(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_any_digit(text[at])) {
    ++at;
  }
  return at;
}

std::size_t skip_others(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && !is_any_digit(text[at])) {
    ++at;
  }
  return at;
}

// Whether `text` goes on like `shape` at `at`: 'd' is a digit, '?' one that is none.
bool has_shape(std::string_view text, std::size_t at, std::string_view shape) noexcept {
  return text.size() >= at + shape.size() &&
         std::equal(shape.begin(), shape.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char s, char c) { return is_any_digit(c) == (s == 'd'); });
}

// The leftmost match that begins in the run of digits [begin, end). How long the run is leaves each
// pattern one place at most: where the digits that it wants are the run's last.
std::optional<Match> match_in_run(std::string_view text, std::size_t begin,
                                  std::size_t end) noexcept {
  const auto match = [&](std::size_t from, std::size_t to, TimeSource rule) {
    return Match{text.substr(from, to - from), rule};
  };
  const std::size_t digits = end - begin;
  if (digits >= 14) {
    return match(begin, begin + 14, TimeSource::digits_14);
  }
  if (digits == 12) {
    return match(begin, end, TimeSource::digits_12_yy);
  }
  if (digits >= 8) {
    const std::size_t time = skip_others(text, end);
    if (has_shape(text, time, "dddddd")) {
      return match(end - 8, time + 6, TimeSource::digits_8_6);
    }
  }
  if (digits >= 4 && has_shape(text, end, "?dd?dd?")) {
    const std::size_t time = skip_others(text, end + 6);
    if (has_shape(text, time, "dd?dd?dd")) {
      return match(end - 4, time + 8, TimeSource::separated);
    }
  }
  return std::nullopt;
}

std::optional<Match> find_date_time(std::string_view text) noexcept {
  std::size_t begin = skip_others(text, 0);
  while (begin < text.size()) {
    const std::size_t end = skip_digits(text, begin);
    if (const auto match = match_in_run(text, begin, end)) {
      return match;
    }
    begin = skip_others(text, end);
  }
  return std::nullopt;
}

// The time that the 12 or 14 digits of a match spell.
CaptureTime read(const Match& match) noexcept {
  std::array<int, 14> digits{};
  std::size_t count = 0;
  for (const char c : match.text) {
    if (c == k_foreign_digit) {
      return {0, TimeSource::wording};
    }
    if (is_any_digit(c)) {
      digits[count++] = c - '0';
    }
  }
  std::size_t at = 0;
  const auto two = [&] {
    at += 2;
    return digits[at - 2] * 10 + digits[at - 1];
  };
  DateTimeFields fields;
  fields.year = two();
  if (count == 14) {
    fields.year = fields.year * 100 + two();
  } else {
    fields.year += fields.year <= 68 ? 2000 : 1900; // POSIX's pivot, and the reference's
  }
  fields.month = two();
  fields.day = two();
  fields.hour = two();
  fields.minute = two();
  fields.second = two();
  const auto seconds = seconds_of(fields);
  return seconds ? CaptureTime{*seconds, match.rule} : CaptureTime{0, TimeSource::invalid};
}

} // namespace

CaptureTime parse_capture_name(std::string_view name) noexcept {
  const std::string_view stem = stem_of(name);
  std::string replaced;
  std::string_view text = stem;
  if (!is_ascii(stem)) {
    text = replaced = one_byte_each(stem);
  }
  const auto match = find_date_time(text);
  if (!match) {
    return parse_whole_stem(stem);
  }
  const CaptureTime time = read(*match);
  if (!time.dated() && match->rule == TimeSource::digits_12_yy) {
    // The 12 digits may have a four-digit year and no seconds, if they are all there is.
    const CaptureTime whole = parse_whole_stem(stem);
    return whole.dated() ? whole : time;
  }
  return time;
}

} // namespace nightshift::data_storage_sync

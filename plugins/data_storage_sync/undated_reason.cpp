// SPDX-License-Identifier: Apache-2.0
//
// A stem is reduced to its shape: the lengths of its numbers and the kinds of its words. What a
// lenient parser would make of a shape, and what it would have to guess, stands in a table.

#include "plugins/data_storage_sync/undated_reason.hpp"

#include "plugins/data_storage_sync/ascii.hpp"
#include "plugins/data_storage_sync/calendar.hpp"
#include "plugins/data_storage_sync/unicode_digits.hpp"

#include <nightshift/key.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

namespace nightshift::data_storage_sync {

namespace {

constexpr bool is_letter(char c) noexcept {
  return (lower(c) >= 'a' && lower(c) <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// Each counts in full and by its first three letters.
constexpr auto k_calendar_words = std::to_array<std::string_view>(
    {"january",   "february",  "march",   "april",    "may",      "june",   "july",
     "august",    "september", "october", "november", "december", "monday", "tuesday",
     "wednesday", "thursday",  "friday",  "saturday", "sunday",   "sept"});

constexpr auto k_words_after_numbers =
    std::to_array<std::string_view>({"h", "m", "s", "am", "pm", "a", "p", "st", "nd", "rd", "th"});

bool is_calendar_word(std::string_view word) noexcept {
  return std::any_of(k_calendar_words.begin(), k_calendar_words.end(), [&](std::string_view known) {
    return same_word(word, known) || same_word(word, known.substr(0, 3));
  });
}

bool is_joining_word(std::string_view word) noexcept {
  return same_word(word, "at") || same_word(word, "of");
}

bool is_word_after_number(std::string_view word) noexcept {
  return std::any_of(k_words_after_numbers.begin(), k_words_after_numbers.end(),
                     [&](std::string_view known) { return same_word(word, known); });
}

struct Shape {
  // The length of each number as a digit: 1 counts as 2 ("8" is "08"), 10 and more as 9.
  std::array<char, 8> lengths{};
  std::size_t numbers = 0;
  std::array<int, 3> first{}; // the first three numbers
  bool calendar_words = false;
  std::optional<std::size_t> numbers_before_other_word;
  bool too_long = false;

  [[nodiscard]] std::string_view text() const noexcept { return {lengths.data(), numbers}; }

  void add_other_word() noexcept {
    numbers_before_other_word = numbers_before_other_word.value_or(numbers);
  }

  void add_number(std::string_view digits) noexcept {
    if (numbers == lengths.size()) {
      too_long = true;
      return;
    }
    if (numbers < first.size()) {
      std::from_chars(digits.data(), digits.data() + digits.size(), first[numbers]);
    }
    lengths[numbers++] = static_cast<char>('0' + std::clamp<std::size_t>(digits.size(), 2, 9));
  }
};

template <class Belongs>
std::string_view run_at(std::string_view text, std::size_t at, Belongs belongs) noexcept {
  std::size_t end = at;
  while (end < text.size() && belongs(text[end])) {
    ++end;
  }
  return text.substr(at, end - at);
}

// "T" between date and time, or "Z" at the end.
bool is_iso_letter(std::string_view stem, std::size_t at, std::string_view word) noexcept {
  const bool after_digit = at > 0 && is_digit(stem[at - 1]);
  const std::size_t next = at + word.size();
  return after_digit && ((same_word(word, "t") && next < stem.size() && is_digit(stem[next])) ||
                         (same_word(word, "z") && next == stem.size()));
}

Shape shape_of(std::string_view stem) noexcept {
  Shape shape;
  for (std::size_t at = 0; at < stem.size();) {
    if (is_digit(stem[at])) {
      const std::string_view digits = run_at(stem, at, is_digit);
      shape.add_number(digits);
      at += digits.size();
    } else if (is_letter(stem[at])) {
      const std::string_view word = run_at(stem, at, is_letter);
      const bool after_digit = at > 0 && is_digit(stem[at - 1]);
      if (is_calendar_word(word) || (after_digit && is_word_after_number(word))) {
        shape.calendar_words = true;
      } else if (!is_joining_word(word) && !is_iso_letter(stem, at, word)) {
        shape.add_other_word();
      }
      at += word.size();
    } else {
      ++at;
    }
  }
  return shape;
}

bool has_foreign_digit(std::string_view stem) noexcept {
  for (std::size_t length = 0; !stem.empty(); stem.remove_prefix(length)) {
    length = std::max<std::size_t>(utf8_length(stem), 1);
    if (is_foreign_digit(stem.substr(0, length))) {
      return true;
    }
  }
  return false;
}

TimeSource reason_for_date(int year, int month, int day) noexcept {
  return seconds_of({year, month, day}) ? TimeSource::date_only : TimeSource::invalid;
}

// Eight digits are as often a counter as a date: only years that cameras have seen are believed.
TimeSource reason_for_eight_digits(int number) noexcept {
  const TimeSource reason = reason_for_date(number / 10000, number / 100 % 100, number % 100);
  if (reason == TimeSource::invalid) {
    return TimeSource::none;
  }
  const bool believable = number / 10000 >= 1900 && number / 10000 <= 2099;
  return believable ? TimeSource::date_only : TimeSource::ambiguous;
}

constexpr auto k_reasons = std::to_array<std::pair<std::string_view, TimeSource>>({
    {"2", TimeSource::partial}, // a bare number: a day of this month?
    {"3", TimeSource::partial},
    {"4", TimeSource::partial}, // a year, or hour and minute of today?
    {"5", TimeSource::partial},
    {"7", TimeSource::partial},
    {"22", TimeSource::partial}, // 12:30, 02-23
    {"24", TimeSource::partial},
    {"42", TimeSource::partial},   // 2023-08
    {"82", TimeSource::partial},   // 20230801T02: no minute
    {"4222", TimeSource::partial}, // 2023-08-01T02
    {"6", TimeSource::ambiguous},
    {"66", TimeSource::ambiguous}, // 230801-023001
    {"222", TimeSource::ambiguous},
    {"224", TimeSource::ambiguous},
    {"2242", TimeSource::ambiguous},
    {"22422", TimeSource::ambiguous},
    {"224222", TimeSource::ambiguous}, // 17-01-2019 11-54-55
    {"222422", TimeSource::ambiguous}, // 02:30:01 2023-08-01
    {"222222", TimeSource::ambiguous}, // 23-08-01 02-30-01
    {"42222", TimeSource::zone},       // 2023-08-01 02-30: minutes, or a zone west of Greenwich?
    {"822", TimeSource::zone},
    {"8222", TimeSource::zone},
    {"422222", TimeSource::wording}, // 2023-08-01 2:30:01: all is there, in no fixed form
    {"4224", TimeSource::wording},
    {"4226", TimeSource::wording}, // 2023_08_01_023001
    {"84", TimeSource::wording},
});

} // namespace

TimeSource undated_reason(std::string_view stem) noexcept {
  const Shape shape = shape_of(stem);
  if (shape.numbers_before_other_word) {
    if (has_foreign_digit(stem)) {
      return TimeSource::wording;
    }
    // A word after all of a date and a time names a zone: 2023-08-01T02:30 EST.
    const std::string_view before = shape.text().substr(0, *shape.numbers_before_other_word);
    const bool zone = before == "42222" || before == "4224" || before == "84";
    return zone ? TimeSource::zone : TimeSource::none;
  }
  if (shape.calendar_words) {
    return TimeSource::wording;
  }
  if (shape.text() == "8") {
    return reason_for_eight_digits(shape.first[0]);
  }
  if (shape.text() == "422") {
    return reason_for_date(shape.first[0], shape.first[1], shape.first[2]);
  }
  const auto* const row = std::find_if(k_reasons.begin(), k_reasons.end(), [&](const auto& reason) {
    return !shape.too_long && reason.first == shape.text();
  });
  return row == k_reasons.end() ? TimeSource::none : row->second;
}

} // namespace nightshift::data_storage_sync

// SPDX-License-Identifier: Apache-2.0

#include "core/base/regex_char_set.hpp"

#include <fmt/format.h>

#include <utf8proc.h>

#include <algorithm>
#include <string_view>

namespace nightshift {

namespace {

constexpr char32_t k_last = 0x10FFFF;

constexpr bool is_ascii_letter_or_digit(char32_t c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Python's \w: letters, numbers and '_'.
bool is_word(char32_t c) noexcept {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO) || c == '_';
}

} // namespace

std::string re2_escape(char32_t c) {
  return is_ascii_letter_or_digit(c) ? std::string(1, static_cast<char>(c))
                                     : fmt::format("\\x{{{:X}}}", static_cast<unsigned>(c));
}

void CharSet::add(char32_t first, char32_t last) {
  ranges_.push_back({first, last});
}

void CharSet::add(const Ranges& ranges) {
  ranges_.insert(ranges_.end(), ranges.begin(), ranges.end());
}

void CharSet::add_class(char letter, bool ascii) {
  static const Ranges k_ascii_digits{{'0', '9'}};
  static const Ranges k_ascii_words{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
  static const Ranges k_ascii_spaces{{'\t', '\r'}, {' ', ' '}};
  // What Python's str.isspace() accepts.
  static const Ranges k_spaces{
      {'\t', '\r'},     {0x1C, ' '},      {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
      {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
  switch (letter) {
  case 'd':
    return ascii ? add(k_ascii_digits) : void(named_ += "\\p{Nd}");
  case 'D':
    return ascii ? add(complement(k_ascii_digits)) : void(named_ += "\\P{Nd}");
  case 'w':
    return ascii ? add(k_ascii_words) : void(named_ += "\\p{L}\\p{N}_");
  case 'W':
    // No name for it that could stand beside others in a class.
    return add(complement(ascii ? k_ascii_words : unicode_word_characters()));
  case 's':
    return add(ascii ? k_ascii_spaces : k_spaces);
  default:
    return add(complement(ascii ? k_ascii_spaces : k_spaces));
  }
}

void CharSet::add_missing_cases() {
  constexpr std::u32string_view k_forms_of_i = U"iI\u0130\u0131";
  if (std::any_of(k_forms_of_i.begin(), k_forms_of_i.end(),
                  [this](char32_t c) { return contains(c); })) {
    for (const char32_t c : k_forms_of_i) {
      add(c, c);
    }
  }
}

void CharSet::add_ascii_cases() {
  constexpr char32_t k_distance = 'a' - 'A';
  Ranges other;
  for (const Range& range : ranges_) {
    const auto upper_first = std::max<char32_t>(range.first, 'A');
    const auto upper_last = std::min<char32_t>(range.last, 'Z');
    if (upper_first <= upper_last) {
      other.push_back({upper_first + k_distance, upper_last + k_distance});
    }
    const auto lower_first = std::max<char32_t>(range.first, 'a');
    const auto lower_last = std::min<char32_t>(range.last, 'z');
    if (lower_first <= lower_last) {
      other.push_back({lower_first - k_distance, lower_last - k_distance});
    }
  }
  add(other);
}

std::string CharSet::re2_text(bool negated) const {
  std::string text = negated ? "[^" : "[";
  for (const Range& range : ranges_) {
    text += re2_escape(range.first);
    if (range.first != range.last) {
      text.append("-").append(re2_escape(range.last));
    }
  }
  if (contains('\n')) {
    text += re2_escape(k_inner_newline);
  }
  return text + named_ + "]";
}

bool CharSet::contains(char32_t c) const {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [c](const Range& range) { return range.first <= c && c <= range.last; });
}

// `ranges` are sorted and do not touch. The inner newline goes with the newline.
CharSet::Ranges CharSet::complement(Ranges ranges) {
  const bool newline_is_in = std::any_of(ranges.begin(), ranges.end(), [](const Range& range) {
    return range.first <= '\n' && '\n' <= range.last;
  });
  if (newline_is_in) {
    ranges.push_back({k_inner_newline, k_inner_newline});
  }
  Ranges rest;
  char32_t next = 0;
  for (const Range& range : ranges) {
    if (range.first > next) {
      rest.push_back({next, range.first - 1});
    }
    next = range.last + 1;
  }
  if (next <= k_last) {
    rest.push_back({next, k_last});
  }
  return rest;
}

CharSet::Ranges CharSet::unicode_word_characters() {
  Ranges words;
  for (char32_t c = 0; c <= k_last; ++c) {
    if (!is_word(c)) {
      continue;
    }
    if (!words.empty() && words.back().last + 1 == c) {
      words.back().last = c;
    } else {
      words.push_back({c, c});
    }
  }
  return words;
}

} // namespace nightshift

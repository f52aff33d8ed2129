// SPDX-License-Identifier: Apache-2.0

#include "core/base/regex_class.hpp"

#include "core/base/regex_char_set.hpp"

#include <fmt/format.h>

#include <optional>

namespace nightshift {

namespace {

bool is_ascii_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// `set` as Python would match it under `flags`; RE2's own (?i) is on where Unicode's case is to be
// ignored.
std::string one_of(CharSet set, bool negated, const RegexFlags& flags) {
  if (flags.ignore_case) {
    flags.ascii ? set.add_ascii_cases() : set.add_missing_cases();
  }
  return set.re2_text(negated);
}

// One member of a class; nothing if it was a class itself, such as \d, which is then in `set`.
std::optional<char32_t> read_member(RegexSource& source, CharSet& set, const RegexFlags& flags,
                                    std::size_t class_start) {
  const std::size_t start = source.position();
  if (source.at_end()) {
    source.fail(class_start, "a \"[\" is never closed; it stands");
  }
  const char32_t c = source.take();
  if (c != '\\') {
    return c;
  }
  const char32_t escaped = source.take();
  if (is_one_of(escaped, U"dwsDWS")) {
    set.add_class(static_cast<char>(escaped), flags.ascii);
    return std::nullopt;
  }
  if (escaped == 'b') {
    return U'\b';
  }
  if (escaped >= '0' && escaped <= '9') {
    if (escaped > '7') {
      source.fail(start, "an escape of no meaning stands");
    }
    return source.take_octal(escaped - '0', 2);
  }
  return read_escaped_character(source, escaped, start);
}

void add_member(RegexSource& source, CharSet& set, const RegexFlags& flags, std::size_t start) {
  const std::size_t member_start = source.position();
  const auto first = read_member(source, set, flags, start);
  const std::size_t after_first = source.position();
  if (!source.skip(U"-") || source.peek() == ']') {
    source.go_back_to(after_first);
    if (first) {
      set.add(*first, *first);
    }
    return;
  }
  const auto last = read_member(source, set, flags, start);
  if (!first || !last || *last < *first) {
    source.fail(member_start, "a range of characters that is none stands");
  }
  set.add(*first, *last);
}

} // namespace

std::string literal_text(char32_t c, const RegexFlags& flags) {
  if (c != '\n' && !flags.ignore_case) {
    return re2_escape(c);
  }
  CharSet set;
  set.add(c, c);
  return one_of(set, false, flags);
}

char32_t read_escaped_character(RegexSource& source, char32_t c, std::size_t start) {
  constexpr std::u32string_view k_letters = U"afnrtv\\";
  constexpr std::u32string_view k_meanings = U"\a\f\n\r\t\v\\";
  if (is_one_of(c, k_letters)) {
    return k_meanings[k_letters.find(c)];
  }
  switch (c) {
  case 'x':
    return source.take_hexadecimal(2);
  case 'u':
    return source.take_hexadecimal(4);
  case 'U':
    return source.take_hexadecimal(8);
  case '0':
    return source.take_octal(0, 2);
  case 'N':
    source.refuse(start, "a character's name",
                  R"(write the character itself, or its number as \uXXXX)");
  default:
    if (is_ascii_letter(c)) {
      source.fail(start, fmt::format(R"(an unknown escape "\{}" stands)", static_cast<char>(c)));
    }
    return c;
  }
}

std::string read_class(RegexSource& source, const RegexFlags& flags, std::size_t start) {
  CharSet set;
  const bool negated = source.skip(U"^");
  bool empty = true;
  while (empty || !source.skip(U"]")) {
    add_member(source, set, flags, start);
    empty = false;
  }
  return one_of(set, negated, flags);
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/config/core_schema.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace nightshift {

namespace {

bool is_any_of(std::string_view text, std::string_view a, std::string_view b, std::string_view c) {
  return text == a || text == b || text == c;
}

// The whole of `digits` as a number.
template <class Number, class Format>
std::optional<Number> parse(std::string_view digits, Format format) {
  Number number{};
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, format);
  if (error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return number;
}

// Takes all the digits at the front of `text` away and says how many there were.
std::size_t skip_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count;
}

enum class Form { other, whole, real };

// [-+]? ( 0 | [1-9][0-9]* ) is whole; with a fraction, an exponent or both it is real, and then the
// digits before or after the point may be missing, but not both.
Form form_of(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  const bool leading_zero = text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
  std::size_t digits = skip_digits(text);
  if (leading_zero || (text.empty() && digits == 0)) {
    return Form::other;
  }
  if (text.empty()) {
    return Form::whole;
  }
  if (text.front() == '.') {
    text.remove_prefix(1);
    digits += skip_digits(text);
  }
  if (digits > 0 && (text.starts_with('e') || text.starts_with('E'))) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) {
      text.remove_prefix(1);
    }
    return skip_digits(text) > 0 && text.empty() ? Form::real : Form::other;
  }
  return digits > 0 && text.empty() ? Form::real : Form::other;
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal || text.starts_with("0o")) {
    const std::string_view digits = text.substr(2);
    return digits.starts_with('-') ? std::nullopt
                                   : parse<std::int64_t>(digits, hexadecimal ? 16 : 8);
  }
  if (form_of(text) != Form::whole) {
    return std::nullopt;
  }
  return parse<std::int64_t>(text.substr(text.starts_with('+') ? 1 : 0), 10);
}

std::optional<double> parse_real(std::string_view text) {
  if (form_of(text) != Form::real) {
    return std::nullopt;
  }
  return parse<double>(text.substr(text.starts_with('+') ? 1 : 0), std::chars_format::general);
}

} // namespace

Value read_plain(std::string_view text, SourcePosition position) {
  if (text.empty() || text == "~" || is_any_of(text, "null", "Null", "NULL")) {
    return Value::nothing_at(position);
  }
  if (is_any_of(text, "true", "True", "TRUE")) {
    return {true, position};
  }
  if (is_any_of(text, "false", "False", "FALSE")) {
    return {false, position};
  }
  if (const auto whole = parse_whole(text)) {
    return {*whole, position};
  }
  if (const auto real = parse_real(text)) {
    return {*real, position};
  }
  return {std::string(text), position};
}

} // namespace nightshift

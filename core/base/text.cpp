// SPDX-License-Identifier: Apache-2.0

#include "core/base/text.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace nightshift {

namespace {

std::string without_invalid_utf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    valid.append(text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

std::string nfkd(const std::string& text) {
  utf8proc_uint8_t* raw = nullptr;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE);
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &raw, options);
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owner(raw, &std::free);
  if (size < 0) {
    throw std::runtime_error(utf8proc_errmsg(size)); // of valid UTF-8: no memory
  }
  return {reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size)};
}

// What Python's str.isspace() accepts in ASCII.
bool is_blank(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1C' && c <= '\x1F');
}

bool is_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

std::string key_from_name(std::string_view name) {
  std::string key;
  bool in_gap = false;
  for (const char raw : nfkd(without_invalid_utf8(name))) {
    const char c = lower(raw);
    if (is_word(c)) {
      key.push_back(c);
      in_gap = false;
    } else if (is_blank(c) || c == '-') {
      if (!in_gap) {
        key.push_back('_');
      }
      in_gap = true;
    }
  }
  const auto first = key.find_first_not_of('_');
  return first == std::string::npos ? std::string()
                                    : key.substr(first, key.find_last_not_of('_') - first + 1);
}

std::string size_label(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> k_units{"KB", "MB", "GB", "TB", "PB"};
  constexpr std::string_view k_no_break_space = "\u00A0";
  const std::string_view sign = bytes < 0 ? "-" : "";
  double size = std::abs(static_cast<double>(bytes));
  if (size < 1024) {
    return fmt::format("{}{}{}byte{}", sign, size, k_no_break_space, size == 1 ? "" : "s");
  }
  std::size_t unit = 0;
  for (size /= 1024; size >= 1024 && unit + 1 < k_units.size(); size /= 1024) {
    ++unit;
  }
  return fmt::format("{}{:.1f}{}{}", sign, size, k_no_break_space, k_units[unit]);
}

std::string duration_label(std::chrono::seconds duration) {
  using namespace std::chrono;
  if (duration == seconds(0)) {
    return "";
  }
  // Antenna counts days, and seconds of a day that are never negative.
  const auto whole_days = floor<days>(duration);
  const auto rest = duration - whole_days;
  if (whole_days.count() > 0) {
    return fmt::format("{} days {} hours", whole_days.count(), floor<hours>(rest).count());
  }
  if (duration >= hours(1)) {
    return fmt::format("{} hours {} min", floor<hours>(rest).count(),
                       floor<minutes>(rest % hours(1)).count());
  }
  return fmt::format("{} minutes", floor<minutes>(rest).count());
}

std::string grouped(std::int64_t number) {
  std::string text = fmt::format("{}", number);
  const std::size_t first_digit = number < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first_digit + 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      line += "\\n";
    } else if (byte == '\t') {
      line += "\\t";
    } else if (byte == '\r') {
      line += "\\r";
    } else if (byte < 0x20 || byte == 0x7F) {
      line += fmt::format("\\x{:02X}", byte);
    } else if (byte == 0xC2 && i + 1 < text.size() &&
               static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
               static_cast<unsigned char>(text[i + 1]) < 0xA0) {
      // U+0080 to U+009F: terminals take some of them for the beginning of a command.
      line += fmt::format("\\x{:02X}", static_cast<unsigned char>(text[++i]));
    } else {
      line.push_back(text[i]);
    }
  }
  return line;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    utf8proc_int32_t character = -1;
    const utf8proc_ssize_t length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                         static_cast<utf8proc_ssize_t>(text.size()), &character);
    // A terminal shows a byte that is no UTF-8 as one mark.
    width += length > 0 ? static_cast<std::size_t>(std::max(utf8proc_charwidth(character), 0)) : 1;
    text.remove_prefix(static_cast<std::size_t>(std::max<utf8proc_ssize_t>(length, 1)));
  }
  return width;
}

} // namespace nightshift

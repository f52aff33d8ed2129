// SPDX-License-Identifier: Apache-2.0
//
// Mistakes as people see them: the place, the sentence, the line and a caret under the spot.

#include "core/config/render.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/config/job_file.hpp"
#include "core/config/text_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace nightshift {

namespace {

constexpr std::size_t k_before_caret = 60; // characters of a long line
constexpr std::size_t k_most_characters = 100;

std::string_view line_of(std::string_view text, int number) {
  for (int line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      return {};
    }
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  return text.substr(0, text.size() - (text.ends_with('\r') ? 1 : 0));
}

// The character at the front of `text`, a byte that is no UTF-8 counting as one.
std::string_view front_of(std::string_view text) {
  return text.substr(0, std::max<std::size_t>(utf8_length(text), 1));
}

// Where in `text` the character with that index begins; the end if there are fewer.
std::size_t offset_of(std::string_view text, std::size_t index) {
  std::size_t offset = 0;
  for (; index > 0 && offset < text.size(); --index) {
    offset += front_of(text.substr(offset)).size();
  }
  return offset;
}

char32_t code_point_of(std::string_view character) {
  constexpr std::array<unsigned, 5> k_lead_bits{0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t code_point =
      static_cast<unsigned char>(character.front()) & k_lead_bits[character.size()];
  for (const char c : character.substr(1)) {
    code_point = (code_point << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
  }
  return code_point;
}

// How many cells of a terminal the character takes: the wide blocks of Unicode's East Asian Width
// (UAX #11) and emoji two, combining marks none. Blocks, not characters: a caret may be off by one
// under a rare sign.
int cells_of(std::string_view character) {
  using Range = std::pair<char32_t, char32_t>;
  constexpr std::array<Range, 8> k_none{{{0x300, 0x36F},
                                         {0x1AB0, 0x1AFF},
                                         {0x1DC0, 0x1DFF},
                                         {0x200B, 0x200F},
                                         {0x20D0, 0x20FF},
                                         {0xFE00, 0xFE0F},
                                         {0xFE20, 0xFE2F},
                                         {0xFEFF, 0xFEFF}}};
  constexpr std::array<Range, 11> k_two{{{0x1100, 0x115F},
                                         {0x2E80, 0xA4CF},
                                         {0xA960, 0xA97F},
                                         {0xAC00, 0xD7A3},
                                         {0xF900, 0xFAFF},
                                         {0xFE30, 0xFE6F},
                                         {0xFF00, 0xFF60},
                                         {0xFFE0, 0xFFE6},
                                         {0x1F300, 0x1F64F},
                                         {0x1F680, 0x1FAFF},
                                         {0x20000, 0x3FFFD}}};
  const char32_t code_point = code_point_of(character);
  const auto holds = [code_point](const Range& range) {
    return code_point >= range.first && code_point <= range.second;
  };
  if (std::any_of(k_none.begin(), k_none.end(), holds)) {
    return 0;
  }
  return std::any_of(k_two.begin(), k_two.end(), holds) ? 2 : 1;
}

bool is_printable(std::string_view character) {
  const auto byte = static_cast<unsigned char>(character.front());
  return byte == '\t' || (byte >= 0x20 && byte != 0x7F && utf8_length(character) > 0);
}

// The line, cut around the caret if it is long, and the caret below it.
std::string excerpt(std::string_view line, int column) {
  const std::size_t caret = static_cast<std::size_t>(std::max(column, 1)) - 1;
  const std::size_t spot = offset_of(line, caret);
  const bool is_long = offset_of(line, k_most_characters) < line.size();
  const std::size_t begin =
      is_long && caret > k_before_caret ? offset_of(line, caret - k_before_caret) : 0;
  const std::size_t end = begin + offset_of(line.substr(begin), k_most_characters);
  std::string text = begin > 0 ? "  …" : "  ";
  std::string below = begin > 0 ? "   " : "  ";
  for (std::size_t at = begin; at < end;) {
    const std::string_view character = front_of(line.substr(at));
    const bool printable = is_printable(character);
    text += printable ? character : "\xEF\xBF\xBD";
    if (at < spot) {
      // A tab under a tab is as wide, wherever the terminal has its stops.
      below +=
          character == "\t"
              ? std::string("\t")
              : std::string(static_cast<std::size_t>(printable ? cells_of(character) : 1), ' ');
    }
    at += character.size();
  }
  return fmt::format("{}{}\n{}^\n", text, end < line.size() ? "…" : "", below);
}

std::string render_one(const Diagnostic& error, const std::vector<SourceText>& texts) {
  const auto& [file, line, column] = error.position;
  std::string text;
  if (file >= 0 && static_cast<std::size_t>(file) < texts.size()) {
    const SourceText& source = texts[static_cast<std::size_t>(file)];
    text += shown_path(source.path);
    text += line > 0 ? fmt::format(":{}:{}: ", line, column) : ": ";
    text += fmt::format("error: {}\n", one_line(error.message));
    const std::string_view shown_line =
        line > 0 ? line_of(without_byte_order_mark(source.text), line) : std::string_view();
    text += shown_line.empty() ? "" : excerpt(shown_line, column);
  } else {
    text += fmt::format("error: {}\n", one_line(error.message));
  }
  return error.hint.empty() ? text : text + fmt::format("  hint: {}\n", one_line(error.hint));
}

auto sort_key(const Diagnostic& error) {
  return std::tie(error.position.file, error.position.line, error.position.column, error.message);
}

} // namespace

std::vector<Diagnostic> in_order(std::vector<Diagnostic> errors) {
  std::stable_sort(errors.begin(), errors.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return sort_key(a) < sort_key(b);
  });
  const auto twice =
      std::unique(errors.begin(), errors.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return sort_key(a) == sort_key(b);
      });
  errors.erase(twice, errors.end());
  return errors;
}

std::string render(const std::vector<Diagnostic>& errors, const std::vector<SourceText>& texts) {
  const std::vector<Diagnostic> sorted = in_order(errors);
  const std::size_t count = std::min(sorted.size(), k_most_shown);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += render_one(sorted[i], texts);
  }
  if (count < sorted.size()) {
    text += fmt::format("and {} more\n", sorted.size() - count);
  }
  return text;
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/config/yaml_syntax.hpp"

#include "core/config/text_position.hpp"
#include "core/config/yaml_reader.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace nightshift {

namespace {

constexpr std::string_view k_blanks = " \t";

std::size_t begin_of_line(std::string_view text, std::size_t offset) {
  return text.substr(0, offset).rfind('\n') + 1; // npos + 1 is 0
}

// The tab in the indentation of the line that `offset` is on.
std::optional<std::size_t> tab_in_indentation(std::string_view text, std::size_t offset) {
  const std::size_t begin = begin_of_line(text, offset);
  const std::size_t tab = text.find('\t', begin);
  return tab < text.find_first_not_of(k_blanks, begin) ? std::optional(tab) : std::nullopt;
}

struct Translation {
  std::string_view theirs;
  std::string_view ours;
  std::string_view hint;
};

constexpr std::string_view k_indentation =
    "does not fit what stands above it; check the indentation";

// What yaml-cpp 0.7 says (its exceptions.h), and what a person can do about it. Its texts that go
// on with a detail are matched by their beginnings.
constexpr std::array k_translations{
    Translation{"illegal map value", "a \": \" cannot stand here",
                "put a text that holds \": \" in quotes"},
    Translation{"end of map flow not found", R"("," or "}" is missing here)", ""},
    Translation{"end of sequence flow not found", R"("," or "]" is missing here)", ""},
    Translation{"end of map not found", "this", k_indentation},
    Translation{"end of sequence not found", "this", k_indentation},
    Translation{"illegal flow end", "this bracket closes none that is open", ""},
    Translation{"illegal block entry", "a list cannot begin here",
                "put \"- \" on a line of its own"},
    Translation{"illegal map key", "a \"? \" cannot stand here", ""},
    Translation{"alias not found after *", "a text cannot begin with \"*\"", "put it in quotes"},
    Translation{"anchor not found after &", "a text cannot begin with \"&\"", "put it in quotes"},
    Translation{"unexpected character in alias", "this alias has a bad name", ""},
    Translation{"unexpected character in anchor", "this anchor has a bad name", ""},
    Translation{"the referenced anchor is not defined", "this alias names no anchor above it", ""},
    Translation{"unknown escape character", "this is no escape sequence",
                R"(in double quotes a backslash is written "\\"; in single quotes it is plain)"},
    Translation{"bad character found while scanning hex number",
                "this escape sequence has too few hexadecimal digits", ""},
    Translation{"invalid unicode", "this escape sequence is no character", ""},
    Translation{"unexpected character in block scalar",
                R"(after "|" or ">" nothing may follow on the line)", ""},
    Translation{"cannot assign multiple tags", "this has two tags", ""},
    Translation{"cannot assign multiple anchors", "this has two anchors", ""},
    Translation{"illegal tab when looking for indentation", "a tab stands in the indentation",
                "indent with blanks"},
    Translation{"YAML major version too large", "this is another YAML than 1.2", ""},
    Translation{"repeated YAML directive", "this directive stands twice", ""},
    Translation{"repeated TAG directive", "this directive stands twice", ""},
};

Diagnostic translate(const YamlFailure& failure, std::string_view text, SourcePosition position) {
  if (failure.offset > 0 && text.substr(failure.offset - 1).starts_with("${")) {
    return {position, "a \"${\" between brackets must stand in quotes", ""};
  }
  if (failure.message.starts_with("unknown token") && failure.offset < text.size()) {
    const std::string_view rest = text.substr(failure.offset);
    return {position,
            fmt::format("a text cannot begin with \"{}\"", rest.substr(0, utf8_length(rest))),
            "put it in quotes"};
  }
  const auto* const found =
      std::find_if(k_translations.begin(), k_translations.end(), [&](const Translation& entry) {
        return failure.message.starts_with(entry.theirs);
      });
  if (found == k_translations.end()) {
    return {position, fmt::format("this is no YAML: {}", failure.message), ""};
  }
  if (found->hint == k_indentation) {
    return {position, fmt::format("{} {}", found->ours, found->hint), ""};
  }
  return {position, std::string(found->ours), std::string(found->hint)};
}

// Past the tag and the anchor before a scalar.
std::size_t skip_properties(std::string_view text, std::size_t offset) {
  while (offset < text.size() && (text[offset] == '&' || text[offset] == '!')) {
    offset = std::min(text.find_first_of(" \t\r\n", offset), text.size());
    offset = std::min(text.find_first_not_of(" \t\r\n", offset), text.size());
  }
  return offset;
}

// Where the quote that a scalar begins with is closed: npos if nowhere, 0 if it has none.
std::size_t find_closing_quote(std::string_view text, std::size_t offset) {
  offset = skip_properties(text, offset);
  if (offset >= text.size() || (text[offset] != '"' && text[offset] != '\'')) {
    return 0;
  }
  const char quote = text[offset];
  for (std::size_t i = offset + 1; i < text.size(); ++i) {
    const bool doubled = quote == '\'' && text.substr(i).starts_with("''");
    if (doubled || (quote == '"' && text[i] == '\\')) {
      ++i;
    } else if (text[i] == quote) {
      return i;
    }
  }
  return std::string_view::npos;
}

// Whether the last scalar goes on over the end of its line, which is a likely cause of what comes
// after: a quote or a ":" is missing.
bool runs_on(std::string_view text, std::size_t scalar, const YamlFailure& failure) {
  std::size_t end = find_closing_quote(text, scalar);
  if (end == 0 && failure.message == "illegal map value") { // the ":" after a plain one
    end = failure.offset;
  }
  return end > scalar && end <= failure.offset &&
         text.substr(scalar, end - scalar).find('\n') != std::string_view::npos;
}

} // namespace

Diagnostic explain(const YamlFailure& failure, std::string_view text, int file) {
  if (failure.scalar && is_never_closed(text, *failure.scalar)) {
    return {position_at(text, skip_properties(text, *failure.scalar), file),
            "this quote is never closed", ""};
  }
  const std::size_t offset = std::min(failure.offset, text.size());
  if (const auto tab = tab_in_indentation(text, offset)) {
    return {position_at(text, *tab, file), "a tab stands in the indentation", "indent with blanks"};
  }
  Diagnostic error = translate(failure, text, position_at(text, offset, file));
  if (failure.scalar && runs_on(text, *failure.scalar, failure)) {
    error.hint =
        fmt::format("the text that begins on line {} goes on to here; is a \":\" or a quote "
                    "missing, or is the indentation wrong?",
                    position_at(text, *failure.scalar, file).line);
  }
  return error;
}

bool is_never_closed(std::string_view text, std::size_t offset) {
  return find_closing_quote(text, offset) == std::string_view::npos;
}

bool exceeds_limits(std::string_view text) {
  // Brackets and quotes also stand in comments and texts, hence the room to spare.
  constexpr std::size_t k_most_signs = 2 * yaml_limit::k_nodes;
  constexpr std::size_t k_deepest = 100 * yaml_limit::k_depth;
  std::size_t signs = 0;
  std::size_t depth = 0;
  for (const char c : text) {
    signs += std::string_view("[{,\"'&*!").find(c) != std::string_view::npos ? 1U : 0U;
    depth += c == '[' || c == '{' ? 1U : 0U;
    depth -= depth > 0 && (c == ']' || c == '}') ? 1U : 0U;
    if (signs > k_most_signs || depth > k_deepest) {
      return true;
    }
  }
  return false;
}

} // namespace nightshift

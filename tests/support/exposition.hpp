// SPDX-License-Identifier: Apache-2.0
//
// Prometheus's text format as node_exporter's textfile collector reads it, strictly.

#pragma once

#include <nightshift/key.hpp>

#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nightshift::tests {

// Samples by name and labels, "name{label="value"}". Throws `std::runtime_error` with the line if
// the text is not of that format: HELP and TYPE once before the samples of each family, all of a
// family together, nothing twice, no timestamps, each line ended.
inline std::map<std::string, std::string> read_exposition(const std::string& text) {
  static const std::regex k_comment(R"(# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+))");
  static const std::regex k_sample(
      R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\]|\\[\\"n])*",?)+\})? )"
      R"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)");
  std::map<std::string, std::string> samples;
  std::set<std::string> families;
  std::string family;
  int comments = 0;
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(utf8_length(rest))) {
    if (utf8_length(rest) == 0) {
      throw std::runtime_error("what follows is no UTF-8: " + std::string(rest));
    }
  }
  if (!text.empty() && text.back() != '\n') {
    throw std::runtime_error("the last line does not end");
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, k_comment)) {
      comments = match[1] == "HELP" ? 1 : comments + 1;
      const bool first = match[1] == "HELP" && families.insert(match[2]).second;
      const bool second = match[1] == "TYPE" && comments == 2 && match[2] == family;
      const bool type = match[1] == "HELP" || match[3] == "gauge" || match[3] == "counter";
      if ((!first && !second) || !type) {
        throw std::runtime_error("a comment out of order: " + line);
      }
      family = match[2];
    } else if (!std::regex_match(line, match, k_sample) || match[1] != family || comments != 2) {
      throw std::runtime_error("no sample of the family above it: " + line);
    } else if (const auto space = line.rfind(' ');
               !samples.emplace(line.substr(0, space), line.substr(space + 1)).second) {
      throw std::runtime_error("twice: " + line);
    }
  }
  return samples;
}

} // namespace nightshift::tests

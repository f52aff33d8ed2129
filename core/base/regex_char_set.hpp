// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <vector>

namespace nightshift {

// A newline inside a text, as opposed to one at its end, where the difference matters (see
// regex_translator.hpp). Whatever matches a newline matches it.
inline constexpr char32_t k_inner_newline = 0x10FFFF;

// One character for RE2, whatever it may mean there.
[[nodiscard]] std::string re2_escape(char32_t c);

// The set of characters that a "[...]" or a single character of a Python regex stands for, written
// down for RE2.
class CharSet {
 public:
  void add(char32_t first, char32_t last);

  // The class \d, \w, \s, \D, \W or \S, named by its letter: Unicode's, or ASCII's.
  void add_class(char letter, bool ascii);

  // Add what Python takes for the same letter in another case, where RE2's (?i) does not: the
  // dotted and the dotless i.
  void add_missing_cases();

  // Add the other case of the ASCII letters, and only of those.
  void add_ascii_cases();

  [[nodiscard]] std::string re2_text(bool negated) const;

 private:
  struct Range {
    char32_t first;
    char32_t last;
  };

  using Ranges = std::vector<Range>;

  [[nodiscard]] static Ranges complement(Ranges ranges);
  [[nodiscard]] static Ranges unicode_word_characters();
  [[nodiscard]] bool contains(char32_t c) const;
  void add(const Ranges& ranges);

  Ranges ranges_;
  std::string named_; // Unicode categories that RE2 knows by name
};

} // namespace nightshift

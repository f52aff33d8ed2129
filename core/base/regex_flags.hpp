// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/regex_source.hpp"

#include <cstddef>

namespace nightshift {

// What "(?aimsx)" and "(?i-s:...)" change.
struct RegexFlags {
  bool ascii = false;
  bool ignore_case = false;
  bool multi_line = false;
  bool dot_all = false;
  bool verbose = false;
};

// Whether the characters after "(?" begin with a flag.
[[nodiscard]] bool at_flags(const RegexSource& source);

// After "(?", which stood at `start`: read the flags into `flags`. Whether they end with ":" and so
// hold for a group, and not with ")" for the whole regex.
[[nodiscard]] bool read_flags(RegexSource& source, RegexFlags& flags, std::size_t start);

} // namespace nightshift

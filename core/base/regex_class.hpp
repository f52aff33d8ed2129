// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/regex_flags.hpp"
#include "core/base/regex_source.hpp"

#include <cstddef>
#include <string>

namespace nightshift {

// `c` itself, for RE2.
[[nodiscard]] std::string literal_text(char32_t c, const RegexFlags& flags);

// What "\" and `c` stand for, within a class and without. The backslash stood at `start`.
[[nodiscard]] char32_t read_escaped_character(RegexSource& source, char32_t c, std::size_t start);

// After "[", which stood at `start`: the class, for RE2.
[[nodiscard]] std::string read_class(RegexSource& source, const RegexFlags& flags,
                                     std::size_t start);

} // namespace nightshift

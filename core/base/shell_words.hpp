// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

// A command line's words as a shell takes them apart: blanks between words, '...' and "..." and a
// backslash around what is to be left as it is. Nothing is put in for variables, patterns or "~",
// and operators are ordinary characters. Nothing if a quote is not closed or a backslash is last.
// Source: CPython 3.11 Lib/shlex.py, split() with posix=True.
[[nodiscard]] std::optional<std::vector<std::string>> split_like_shell(std::string_view line);

} // namespace nightshift

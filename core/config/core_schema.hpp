// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/value.hpp>

#include <string_view>

namespace nightshift {

// What unquoted text means by the core schema of YAML 1.2: nothing, true or false, a number, or
// else text. Stricter in two ways, so that nothing is guessed: a number with leading zeros is text
// (010 is eight to one reader and ten to another), and so is what no number can hold: infinity,
// "not a number", a whole number beyond 64 bits.
[[nodiscard]] Value read_plain(std::string_view text, SourcePosition position);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/diagnostics.hpp>

#include <cstddef>
#include <vector>

namespace nightshift {

// Of the mistakes, the rest is only counted.
inline constexpr std::size_t k_most_shown = 50;

// By file, line and column, and each only once: an alias repeats the mistakes of what it names.
[[nodiscard]] std::vector<Diagnostic> in_order(std::vector<Diagnostic> errors);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/diagnostics.hpp>

#include <vector>

namespace nightshift {

// By file, line and column, and each only once: an alias repeats the mistakes of what it names.
[[nodiscard]] std::vector<Diagnostic> in_order(std::vector<Diagnostic> errors);

} // namespace nightshift

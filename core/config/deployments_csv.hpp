// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/diagnostics.hpp>
#include <nightshift/value.hpp>

#include <string_view>

namespace nightshift {

// The rows of a CSV of deployments as entries of `deployments:`, each value with its place in the
// CSV. The first row names the columns, which are those of `csv_columns`; an empty cell is no
// value. Reports what is no CSV, unknown and missing columns, and rows of the wrong length; what
// the values mean is not looked at.
[[nodiscard]] Value::List read_deployments_csv(std::string_view text, int file,
                                               Diagnostics& diagnostics);

} // namespace nightshift

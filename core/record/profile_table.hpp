// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/record/report.hpp"

#include <string>

namespace nightshift {

// Where the time of a run went, for people: a few lines for each stage, which is summed over the
// jobs, and some for the process; each ends in a newline. "" if the report has no profile.
[[nodiscard]] std::string profile_table(const RunReport& report);

} // namespace nightshift

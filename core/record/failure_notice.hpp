// SPDX-License-Identifier: Apache-2.0
//
// What somebody reads in a mail at breakfast: which jobs did not succeed, why, where their records
// are, and what to do. One paragraph, however many jobs there are.

#pragma once

#include "core/record/report.hpp"

#include <filesystem>
#include <string>

namespace nightshift {

// For a run that did not end with 0. `state_dir` is where its jobs are recorded. Each line ends in
// a newline.
[[nodiscard]] std::string failure_notice(const RunReport& report,
                                         const std::filesystem::path& state_dir);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/runner/doctor.hpp"

#include <filesystem>
#include <vector>

namespace nightshift {

// Whether jobs can be recorded in the state directory, or in the nearest folder above where it
// would be made: writing, locks, renaming, and the clocks.
[[nodiscard]] std::vector<Finding> examine_state_dir(const std::filesystem::path& state_dir);

// Whether the clocks make sense; `modified` is when a file that was just written was, by its file
// system, and `built` when the program was.
[[nodiscard]] Finding examine_clock(TimePoint now, TimePoint modified, TimePoint built);

} // namespace nightshift

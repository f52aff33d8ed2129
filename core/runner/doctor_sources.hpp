// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/config/job_file.hpp"
#include "core/runner/doctor.hpp"

#include <vector>

namespace nightshift {

// A finding for each source that a deployment of the file is in: whether it is there and can be
// listed for each of them, what is listed first, and how soon.
[[nodiscard]] std::vector<Finding> examine_sources(const JobFile& file);

} // namespace nightshift

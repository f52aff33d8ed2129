// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/config/interpolation.hpp"
#include "core/config/job_file.hpp"

#include <vector>

namespace nightshift {

// What was put into the job file for `${env:...}` and `${file:...}`, and may stand in any text that
// comes of it: for `without_secrets`.
[[nodiscard]] std::vector<PutIn> secrets_of(const JobFile& file);

} // namespace nightshift

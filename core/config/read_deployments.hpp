// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/config/load_job_file.hpp"

#include <memory>
#include <vector>

namespace nightshift {

// `deployments:` of a job file, checked, those with mistakes left out: ids that stand twice,
// projects of several names, sources that are not in `sources` (all names in the file), regular
// expressions that cannot be compiled.
[[nodiscard]] std::vector<std::shared_ptr<const Deployment>>
read_deployments(const LoadedJobFile& loaded, Diagnostics& diagnostics);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/config/load_job_file.hpp"

#include <vector>

namespace nightshift {

struct DeploymentDefinition {
  Deployment deployment;
  SourcePosition position; // of its id
};

// `deployments:` of a job file, checked, those with mistakes left out: ids that stand twice,
// projects of several names, sources that are not in `sources` (all names in the file), regular
// expressions that cannot be compiled.
[[nodiscard]] std::vector<DeploymentDefinition> read_deployments(const LoadedJobFile& loaded,
                                                                 Diagnostics& diagnostics);

} // namespace nightshift

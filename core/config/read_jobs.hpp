// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/config/load_job_file.hpp"

#include <memory>
#include <vector>

namespace nightshift {

// What jobs refer to.
struct JobSurroundings {
  const std::vector<std::shared_ptr<const Deployment>>& deployments;
  // Some deployments were left out for their mistakes: that one is not there proves nothing.
  bool lacks_deployments = false;
};

// `jobs:` of a job file, checked, and one job for each deployment where it says so.
[[nodiscard]] std::vector<DefinedJob> read_jobs(const LoadedJobFile& loaded,
                                                const JobSurroundings& surroundings,
                                                Diagnostics& diagnostics);

} // namespace nightshift

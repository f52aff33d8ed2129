// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/diagnostics.hpp>

#include <string>
#include <vector>

namespace nightshift {

// An entry of `needs` of a job definition.
struct Need {
  std::string name;
  SourcePosition position;
};

struct NeedingJob {
  std::string name;
  std::vector<Need> needs;
};

enum class AllJobs { known, unknown };

// Report needs that name the job itself, or each other in a circle (of which it is the need that
// closes it), or no job, if all are known.
void check_needs(const std::vector<NeedingJob>& jobs, AllJobs all, Diagnostics& diagnostics);

} // namespace nightshift

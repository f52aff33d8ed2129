// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/config/job_file.hpp"

#include <nightshift/diagnostics.hpp>
#include <nightshift/value.hpp>

#include <vector>

namespace nightshift {

// One tree of the job file's, the first, and those of the files that it includes, all maps: the
// sources, deployments and jobs of all, in their order, and of each default the first. A source's
// name that is taken is reported. A section of the wrong type stays as it is if it is the first
// tree's; the others have been checked.
[[nodiscard]] Value merge_trees(std::vector<Value> trees, const std::vector<SourceText>& texts,
                                Diagnostics& diagnostics);

} // namespace nightshift

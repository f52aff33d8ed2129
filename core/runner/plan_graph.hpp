// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/runner/job_graph.hpp"
#include "core/runner/plan.hpp"

namespace nightshift {

// The order that the plan's jobs run in: by what they need, and by how many a source lets in.
[[nodiscard]] JobGraph make_plan_graph(const Plan& plan);

} // namespace nightshift

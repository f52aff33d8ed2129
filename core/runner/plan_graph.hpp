// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/runner/job_graph.hpp"
#include "core/runner/plan.hpp"

namespace nightshift {

// The order that the plan's jobs run in: by what they need, and by how many a source lets in. In a
// preview those of one deployment come one after another, as in a run of one job at a time; in a
// run they take turns by themselves (see deployment_turn.hpp).
[[nodiscard]] JobGraph make_plan_graph(const Plan& plan, PlanFor purpose);

} // namespace nightshift

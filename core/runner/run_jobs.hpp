// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/record/state_dir.hpp"
#include "core/runner/interrupts.hpp"
#include "core/runner/run.hpp"

#include <nightshift/catalogue.hpp>

#include <vector>

namespace nightshift {

// What the jobs of a run work with. Borrowed.
struct RunWorld {
  const StateDir& state_dir;
  PluginRegistry& registry;
  Catalogue* catalogue;        // null if no job needs one
  std::filesystem::path locks; // where those of its deployments lie
  Interrupts& interrupts;
  bool again = false; // the jobs have ended, and are done once more
};

// Run planned jobs, which were recorded under these ids, to their ends: in parallel as their needs
// allow, with signals watched and progress told. `report` holds what the caller knows already; it
// is completed and written. Where a stage had to be left behind, the process ends in here.
[[nodiscard]] RunOutcome run_jobs(const RunWorld& world, const Plan& plan,
                                  const std::vector<std::int64_t>& ids, const RunOptions& options,
                                  RunReport report);

} // namespace nightshift

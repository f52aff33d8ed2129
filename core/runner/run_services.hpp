// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/cpu_budget.hpp"
#include "core/base/retry.hpp"
#include "core/plugin_host/plugin_registry.hpp"
#include "core/runner/cpu_shares.hpp"
#include "core/runner/overlap.hpp"
#include "core/runner/source_shares.hpp"

#include <nightshift/catalogue.hpp>

#include <chrono>
#include <filesystem>
#include <string>

namespace nightshift {

// What the jobs of a run have in common. Borrowed by each.
struct RunServices {
  std::string run;                          // id
  const PluginRegistry* registry = nullptr; // null: nothing is told of plugins
  Catalogue* catalogue = nullptr;           // null if no job needs one
  CpuBudget cpu;
  CpuShares* shares = nullptr;     // of that budget
  SourceShares* sources = nullptr; // threads that wait for each
  std::filesystem::path
      locks{}; // folder of the catalogue's deployment locks; "" without a catalogue
  Overlap overlap{};
  bool allow_missing = false;
  bool profile = false; // where each stage's time goes is measured and told
  bool alone = false;   // one job at a time: the process's CPU time is the stage's
  RetryPolicy retry{};
  std::chrono::milliseconds grace{20'000}; // for a stage to end once it is asked to
};

} // namespace nightshift

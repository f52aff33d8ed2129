// SPDX-License-Identifier: Apache-2.0
//
// How many jobs at once, and with how many threads: the same for a run and for its plan.

#pragma once

#include "core/base/cpu_budget.hpp"

#include <cstddef>
#include <optional>

namespace nightshift {

struct ThreadPlan {
  CpuBudget cpu; // divided among the jobs that compute
  int io = 1;    // a job's threads that mostly wait
  int jobs = 1;  // at once

  // Threads of all jobs together.
  [[nodiscard]] int most() const noexcept { return jobs * (cpu.threads + io); }
};

// For so many planned jobs; `jobs` and `threads` are what was asked for.
[[nodiscard]] ThreadPlan plan_threads(std::optional<int> jobs, std::optional<int> threads,
                                      std::size_t planned);

} // namespace nightshift

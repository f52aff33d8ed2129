// SPDX-License-Identifier: Apache-2.0

#include "core/runner/thread_plan.hpp"

#include <algorithm>

namespace nightshift {
namespace {

// Enough to keep a cold disk busy (measured on ext4); make_storage_executor calls them as needed.
constexpr int k_fewest_io_threads = 8;

} // namespace

ThreadPlan plan_threads(std::optional<int> jobs, std::optional<int> threads, std::size_t planned) {
  ThreadPlan plan;
  plan.cpu = cpu_budget(threads);
  plan.io = std::max(k_fewest_io_threads, plan.cpu.threads);
  const int most = std::max(jobs.value_or(std::max(2, plan.cpu.threads)), 1);
  plan.jobs = std::clamp(static_cast<int>(planned), 1, most);
  return plan;
}

} // namespace nightshift

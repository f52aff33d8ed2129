// SPDX-License-Identifier: Apache-2.0

#include "core/runner/plan_graph.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace nightshift {

JobGraph make_plan_graph(const Plan& plan) {
  std::vector<GraphJob> jobs;
  std::vector<int> pools;
  std::map<const Storage*, std::size_t> pool_of; // a source's jobs share its storage
  for (const PlannedJob& job : plan.jobs) {
    GraphJob node{job.needs};
    const auto most = job.setup.source ? job.setup.source->max_parallel : std::nullopt;
    if (job.work->storage != nullptr && most) {
      const auto [pool, is_new] = pool_of.emplace(job.work->storage, pools.size());
      if (is_new) {
        pools.push_back(*most);
      }
      node.pool = pool->second;
    }
    jobs.push_back(std::move(node));
  }
  return {jobs, pools};
}

} // namespace nightshift

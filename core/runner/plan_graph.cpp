// SPDX-License-Identifier: Apache-2.0

#include "core/runner/plan_graph.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace nightshift {
namespace {

// Asked of a graph itself, so that it is the order of such a run.
std::vector<std::size_t> order_one_by_one(const std::vector<GraphJob>& jobs,
                                          const std::vector<int>& pools) {
  std::vector<std::size_t> order;
  order.reserve(jobs.size());
  JobGraph graph(jobs, pools);
  graph.run(
      1,
      [&order](std::size_t job) {
        order.push_back(job);
        return true;
      },
      [](std::size_t) {});
  return order;
}

// In the order of the file alone, jobs could wait in a circle: one may need a job that comes later.
void put_in_sequence(const Plan& plan, const std::vector<std::size_t>& order,
                     std::vector<GraphJob>& jobs) {
  std::map<std::int64_t, std::size_t> last_of; // by deployment
  for (const std::size_t job : order) {
    const Deployment* const deployment = plan.jobs[job].setup.deployment.get();
    if (deployment == nullptr) {
      continue;
    }
    const auto [last, is_first] = last_of.emplace(deployment->id, job);
    if (!is_first) {
      jobs[job].after.push_back(last->second);
      last->second = job;
    }
  }
}

} // namespace

JobGraph make_plan_graph(const Plan& plan, PlanFor purpose) {
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
  if (purpose == PlanFor::preview) {
    put_in_sequence(plan, order_one_by_one(jobs, pools), jobs);
  }
  return {jobs, pools};
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/runner/plan_graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <cstdint>
#include <future>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace nightshift {
namespace {

using testing::ElementsAre;

struct GraphedJob {
  std::int64_t deployment = 0;
  std::vector<std::size_t> needs = {};
};

Plan plan_of(std::initializer_list<GraphedJob> jobs) {
  Plan plan;
  const auto work = std::make_shared<const PlannedWork>();
  for (const GraphedJob& job : jobs) {
    JobSetup setup;
    setup.deployment = std::make_shared<const Deployment>(
        Deployment{job.deployment, {}, {}, {}, {}, {}, {}, {}, {}});
    plan.jobs.push_back({std::move(setup), work, job.needs});
  }
  return plan;
}

// The jobs of a preview on four threads, as they end; those in `failing` do not succeed.
std::vector<std::size_t> preview(const Plan& plan, const std::set<std::size_t>& failing = {}) {
  std::vector<std::size_t> ended;
  std::mutex mutex;
  JobGraph graph = make_plan_graph(plan, PlanFor::preview);
  graph.run(
      4,
      [&](std::size_t job) {
        const std::scoped_lock lock(mutex);
        ended.push_back(job);
        return !failing.contains(job);
      },
      [](std::size_t) {});
  return ended;
}

TEST(PlanGraph, InAPreviewTheJobsOfADeploymentComeOneAfterAnother) {
  const Plan plan = plan_of({{1}, {1}, {2}});
  std::promise<void> other_deployment;
  std::vector<std::size_t> ended; // of the first deployment
  std::mutex mutex;
  JobGraph graph = make_plan_graph(plan, PlanFor::preview);
  graph.run(
      2,
      [&](std::size_t job) {
        if (job == 2) {
          other_deployment.set_value();
          return true;
        }
        if (job == 0) { // meanwhile the second thread takes the first that it may
          other_deployment.get_future().wait();
        }
        const std::scoped_lock lock(mutex);
        ended.push_back(job);
        return true;
      },
      [](std::size_t) {});
  EXPECT_THAT(ended, ElementsAre(0, 1));
}

TEST(PlanGraph, InAPreviewAFailureKeepsNoOtherJobOfItsDeploymentFromBeingTried) {
  EXPECT_THAT(preview(plan_of({{1}, {1}}), {0}), ElementsAre(0, 1));
}

TEST(PlanGraph, InAPreviewNeedsAcrossDeploymentsMakeNoCircle) {
  // In the order of the file the first would wait for the last, and that for the one before.
  const Plan plan = plan_of({{1, {3}}, {2, {2}}, {1}, {2}});
  for (int round = 0; round < 50; ++round) {
    EXPECT_THAT(preview(plan), ElementsAre(2, 1, 3, 0)) << "as one at a time would run";
  }
}

TEST(PlanGraph, InARunTheJobsOfADeploymentTakeTurnsByThemselves) {
  // Ends only if both are under way together.
  std::barrier meeting(2);
  JobGraph graph = make_plan_graph(plan_of({{1}, {1}}), PlanFor::run);
  graph.run(
      2,
      [&](std::size_t) {
        meeting.arrive_and_wait();
        return true;
      },
      [](std::size_t) {});
}

} // namespace
} // namespace nightshift

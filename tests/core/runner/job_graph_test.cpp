// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <mutex>
#include <set>
#include <vector>

namespace nightshift {
namespace {

using Needs = std::vector<std::vector<std::size_t>>;

struct Ran {
  std::vector<std::size_t> run;
  std::vector<std::size_t> left_out;
};

// Runs the graph; the jobs in `failing` do not succeed.
Ran run(const Needs& needs, int parallel, const std::set<std::size_t>& failing = {}) {
  Ran ran;
  std::mutex mutex;
  run_job_graph(
      needs, parallel,
      [&](std::size_t job) {
        const std::scoped_lock lock(mutex);
        ran.run.push_back(job);
        return !failing.contains(job);
      },
      [&](std::size_t job) {
        const std::scoped_lock lock(mutex);
        ran.left_out.push_back(job);
      });
  return ran;
}

std::ptrdiff_t position(const std::vector<std::size_t>& jobs, std::size_t job) {
  return std::find(jobs.begin(), jobs.end(), job) - jobs.begin();
}

TEST(JobGraph, RunsAloneInTheOrderOfTheFile) {
  EXPECT_EQ(run({{}, {}, {}}, 1).run, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(JobGraph, OfNothingRunsNothing) {
  EXPECT_TRUE(run({}, 4).run.empty());
}

TEST(JobGraph, RunsAJobAfterAllThatItNeeds) {
  const Needs needs{{1, 2}, {2}, {}, {0}};
  for (int round = 0; round < 50; ++round) {
    const Ran ran = run(needs, 4);
    EXPECT_EQ(ran.run.size(), 4U);
    EXPECT_LT(position(ran.run, 2), position(ran.run, 1));
    EXPECT_LT(position(ran.run, 1), position(ran.run, 0));
    EXPECT_LT(position(ran.run, 0), position(ran.run, 3));
  }
}

TEST(JobGraph, LeavesOutWhatNeedsAFailureAndAllThatNeedsThat) {
  const Ran ran = run({{}, {0}, {1}, {}}, 2, {0});
  EXPECT_EQ(std::set(ran.run.begin(), ran.run.end()), (std::set<std::size_t>{0, 3}));
  EXPECT_EQ(ran.left_out, (std::vector<std::size_t>{1, 2}));
}

TEST(JobGraph, OneFailureOfSeveralNeedsIsEnough) {
  EXPECT_EQ(run({{}, {}, {0, 1}}, 1, {1}).left_out, std::vector<std::size_t>{2});
}

TEST(JobGraph, RunsAsManyAtOnceAsItMay) {
  // Ends only if three jobs are under way together.
  std::barrier meeting(3);
  run_job_graph(
      Needs(3), 3,
      [&](std::size_t) {
        meeting.arrive_and_wait();
        return true;
      },
      [](std::size_t) {});
}

TEST(JobGraph, NeverRunsMoreAtOnceThanItMay) {
  std::atomic<int> now{0};
  std::atomic<int> most{0};
  run_job_graph(
      Needs(200), 3,
      [&](std::size_t) {
        const int running = ++now;
        int seen = most;
        while (running > seen && !most.compare_exchange_weak(seen, running)) {
        }
        --now;
        return true;
      },
      [](std::size_t) {});
  EXPECT_LE(most, 3);
}

} // namespace
} // namespace nightshift

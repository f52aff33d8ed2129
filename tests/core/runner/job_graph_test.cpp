// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <csignal>
#include <future>
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
  std::vector<GraphJob> jobs;
  for (const auto& needed : needs) {
    jobs.push_back({needed});
  }
  JobGraph graph(jobs, {});
  graph.run(
      parallel,
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

// A job that notes how many are under way with it.
class Counting {
 public:
  Counting(std::atomic<int>& now, std::atomic<int>& most) : now_(now), most_(most) {}

  bool operator()(std::size_t) const {
    const int running = ++now_;
    int seen = most_;
    while (running > seen && !most_.compare_exchange_weak(seen, running)) {
    }
    --now_;
    return true;
  }

 private:
  std::atomic<int>& now_;
  std::atomic<int>& most_;
};

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

TEST(JobGraph, RunsAJobAfterTheEndOfAllThatItFollows) {
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> ended{0};
    JobGraph graph({{{}, {}, {1, 2}}, {}, {}}, {});
    graph.run(
        3,
        [&](std::size_t job) {
          EXPECT_TRUE(job != 0 || ended == 2);
          ++ended;
          return true;
        },
        [](std::size_t) {});
  }
}

TEST(JobGraph, RunsAJobWhateverBecameOfThoseThatItFollows) {
  JobGraph graph({{}, {{}, {}, {0}}, {{0}, {}, {0}}}, {});
  std::vector<std::size_t> run;
  std::vector<std::size_t> left_out;
  graph.run(
      1,
      [&](std::size_t job) {
        run.push_back(job);
        return job != 0;
      },
      [&](std::size_t job) { left_out.push_back(job); });
  EXPECT_EQ(run, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(left_out, std::vector<std::size_t>{2}) << "which needs it as well";
}

TEST(JobGraph, RunsAsManyAtOnceAsItMay) {
  // Ends only if three jobs are under way together.
  std::barrier meeting(3);
  JobGraph graph(std::vector<GraphJob>(3), {});
  graph.run(
      3,
      [&](std::size_t) {
        meeting.arrive_and_wait();
        return true;
      },
      [](std::size_t) {});
}

TEST(JobGraph, NeverRunsMoreAtOnceThanItMay) {
  std::atomic<int> now{0};
  std::atomic<int> most{0};
  JobGraph graph(std::vector<GraphJob>(200), {});
  graph.run(3, Counting(now, most), [](std::size_t) {});
  EXPECT_LE(most, 3);
}

TEST(JobGraph, NeverRunsMoreOfAPoolAtOnceThanItHolds) {
  std::atomic<int> now{0};
  std::atomic<int> most{0};
  std::vector<GraphJob> jobs(100);
  for (std::size_t i = 0; i < jobs.size(); i += 2) {
    jobs[i].pool = 0;
  }
  JobGraph graph(jobs, {2});
  const Counting counting(now, most);
  graph.run(
      8, [&](std::size_t job) { return job % 2 != 0 || counting(job); }, [](std::size_t) {});
  EXPECT_LE(most, 2);
}

TEST(JobGraph, AFullPoolKeepsNobodyElseWaiting) {
  // Ends only if the jobs of no pool are run while one of the pool's two is under way.
  std::barrier meeting(3);
  JobGraph graph({{{}, 0}, {{}, 0}, {}, {}}, {1});
  std::atomic<bool> met = false;
  graph.run(
      3,
      [&](std::size_t job) {
        if (job != 1) {
          meeting.arrive_and_wait();
          met = true;
        }
        return met.load();
      },
      [](std::size_t) { ADD_FAILURE(); });
}

TEST(JobGraph, WhatNeedsAFailureWaitsForNoPlace) {
  JobGraph graph({{}, {{0}, 0}}, {1});
  std::vector<std::size_t> left_out;
  graph.run(
      1, [](std::size_t) { return false; }, [&](std::size_t job) { left_out.push_back(job); });
  EXPECT_EQ(left_out, std::vector<std::size_t>{1});
}

TEST(JobGraph, GoesOnWithoutAJobThatIsGivenUp) {
  // Never destroyed: the thread that is left behind uses them to the end of the process.
  struct LeftBehind {
    JobGraph graph{{{}, {{0}}, {}}, {}};
    std::promise<void> never;
    std::vector<std::size_t> left_out;
  };

  auto& left_behind = *new LeftBehind; // NOLINT(cppcoreguidelines-owning-memory)
  left_behind.graph.run(
      1,
      [&left_behind](std::size_t job) {
        if (job == 0) {
          left_behind.graph.give_up(0);
          sigset_t all; // which other tests of this process may be about
          sigfillset(&all);
          pthread_sigmask(SIG_BLOCK, &all, nullptr);
          left_behind.never.get_future().wait();
        }
        return true;
      },
      [&left_behind](std::size_t job) { left_behind.left_out.push_back(job); });
  EXPECT_TRUE(left_behind.graph.gave_up_any());
  EXPECT_EQ(left_behind.left_out, std::vector<std::size_t>{1}) << "its job counts as failed";
}

} // namespace
} // namespace nightshift

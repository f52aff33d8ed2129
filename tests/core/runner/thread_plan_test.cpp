// SPDX-License-Identifier: Apache-2.0

#include "core/runner/thread_plan.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

TEST(ThreadPlan, RunsNoMoreJobsThanThereAreAndNoMoreThanWereAskedFor) {
  EXPECT_EQ(plan_threads(16, 1, 3).jobs, 3);
  EXPECT_EQ(plan_threads(2, 1, 3).jobs, 2);
  EXPECT_EQ(plan_threads(2, 1, 0).jobs, 1);
}

TEST(ThreadPlan, RunsTwoJobsAtOnceWhereOneThreadComputes) {
  EXPECT_EQ(plan_threads({}, 1, 10).jobs, 2) << "one waits for the disk while the other computes";
}

TEST(ThreadPlan, CountsTheThreadsOfAllJobs) {
  const ThreadPlan plan = plan_threads(3, 1, 10);
  EXPECT_EQ(plan.cpu.threads, 1);
  EXPECT_EQ(plan.io, 8);
  EXPECT_EQ(plan.most(), 27);
}

} // namespace
} // namespace nightshift

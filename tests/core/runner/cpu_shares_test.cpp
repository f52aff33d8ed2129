// SPDX-License-Identifier: Apache-2.0

#include "core/runner/cpu_shares.hpp"
#include "core/runner/source_shares.hpp"
#include "core/runner/tbb_executor.hpp"

#include <nightshift/testkit/memory_storage.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>

namespace nightshift {
namespace {

TEST(CpuShares, OneJobHasAllOfTheBudget) {
  CpuShares shares(8);
  EXPECT_EQ(shares.share(), 8);
  const CpuShares::Holder only(shares);
  EXPECT_EQ(shares.share(), 8);
}

TEST(CpuShares, JobsThatComeAndGoChangeEverybodysShare) {
  CpuShares shares(8);
  const CpuShares::Holder first(shares);
  std::optional<CpuShares::Holder> second(std::in_place, shares);
  EXPECT_EQ(shares.share(), 4);
  const CpuShares::Holder third(shares);
  EXPECT_EQ(shares.share(), 2) << "never more than the budget altogether";
  second.reset();
  EXPECT_EQ(shares.share(), 4);
}

TEST(CpuShares, NobodyIsLeftWithoutAThread) {
  CpuShares shares(1);
  const CpuShares::Holder first(shares);
  const CpuShares::Holder second(shares);
  EXPECT_EQ(shares.share(), 1);
}

TEST(CpuShares, AnExecutorFollowsThem) {
  CpuShares shares(4);
  const auto executor = make_tbb_executor(shares, {});
  const CpuShares::Holder first(shares);
  EXPECT_EQ(executor->concurrency(), 4U);
  const CpuShares::Holder second(shares);
  EXPECT_EQ(executor->concurrency(), 2U);
}

TEST(SourceShares, JobsShareTheThreadsOfTheirSource) {
  const auto disk = std::make_unique<testkit::MemoryStorage>();
  const auto other = std::make_unique<testkit::MemoryStorage>();
  SourceShares sources(8, 2);
  std::optional<CpuShares::Holder> first(std::in_place, sources.of(disk.get()));
  const CpuShares::Holder second(sources.of(disk.get()));
  std::optional<CpuShares::Holder> waiting(std::in_place, sources.of(disk.get()));
  const CpuShares::Holder third(sources.of(other.get()));
  EXPECT_EQ(sources.of(disk.get()).share(), 4) << "two at once, whoever else waits";
  EXPECT_EQ(sources.of(other.get()).share(), 8);
  first.reset();
  EXPECT_EQ(sources.of(disk.get()).share(), 4);
  waiting.reset();
  EXPECT_EQ(sources.of(disk.get()).share(), 8) << "the last has all";
}

} // namespace
} // namespace nightshift

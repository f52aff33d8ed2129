// SPDX-License-Identifier: Apache-2.0

#include "core/runner/active_stage.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

TEST(ActiveStage, TellsCountersThatWereUsedAndAllParameters) {
  ActiveStage stage("data_storage_sync", 2);
  stage.progress().add(Counter::listed, 5);
  stage.progress().set_parameter(1, 7);
  stage.progress().set_total(10);
  stage.progress().set_done(5);
  const Json told = stage.progress_now();
  EXPECT_EQ(told["counters"], (Json{{"listed", 5}}));
  EXPECT_EQ(told["parameters"], (Json{0, 7}));
  EXPECT_EQ(told["fraction"], 0.5);
}

TEST(ActiveStage, IsNotToldOfWithinASecond) {
  ActiveStage stage("x", 0);
  stage.progress().add_done(1);
  EXPECT_FALSE(stage.take_turn_to_tell());
}

TEST(ActiveStage, TellsCpuTimeOnlyWhereItIsAlone) {
  const ActiveStage stage("x", 0);
  EXPECT_TRUE(stage.end(true).contains("cpu_s"));
  EXPECT_FALSE(stage.end(false).contains("cpu_s"));
  EXPECT_GE(stage.end(false)["wall_s"], 0.0);
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/record/cancel_request.hpp"
#include "core/record/job_owner.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

class JobOwnerTest : public testing::Test {
 protected:
  JobOwnerTest() {
    state_dir_.prepare();
    folder_ = state_dir_.make_job_folder();
  }

  tests::TempDir place_;
  StateDir state_dir_{place_.path()};
  JobFolder folder_;
};

TEST_F(JobOwnerTest, AJobHasOneOwner) {
  auto owner = JobOwner::take(folder_, "a run");
  ASSERT_TRUE(owner);
  EXPECT_FALSE(JobOwner::take(folder_, "another"));
  EXPECT_FALSE(JobOwner::take_over(folder_));
  EXPECT_EQ(read_owner_facts(folder_.owner())->run, "a run");
  EXPECT_THAT(busy_job_error(folder_).what(), testing::HasSubstr(std::to_string(getpid())));
  EXPECT_EQ(busy_job_error(folder_).code(), error_code::k_busy);
}

TEST_F(JobOwnerTest, ItIsLiveUntilItsEndIsRecorded) {
  (void)JobOwner::take(folder_, "a run");
  EXPECT_THAT(state_dir_.live_ids(), testing::ElementsAre(folder_.id)) << "its owner just went";
  auto owner = JobOwner::take(folder_, "another");
  ASSERT_TRUE(owner);
  owner->finish();
  EXPECT_TRUE(state_dir_.live_ids().empty());
}

TEST_F(JobOwnerTest, NothingIsKeptBackOnceItHasEnded) {
  place_.write("jobs/1/.reserve", "x");
  auto owner = JobOwner::take(folder_, "a run");
  ASSERT_TRUE(owner);
  owner->finish();
  EXPECT_FALSE(std::filesystem::exists(folder_.reserve()));
}

TEST_F(JobOwnerTest, WhoOnlyPutsTheRecordRightSaysNothingOfItself) {
  (void)JobOwner::take(folder_, "a run");
  EXPECT_TRUE(JobOwner::take_over(folder_));
  EXPECT_EQ(read_owner_facts(folder_.owner())->run, "a run");
}

TEST_F(JobOwnerTest, DropsCancelRequestsOfFormerTimes) {
  write_cancel_request(folder_, {"too late", "ann"});
  EXPECT_TRUE(JobOwner::take(folder_, "a run"));
  EXPECT_FALSE(read_cancel_request(folder_));
}

TEST_F(JobOwnerTest, AStateDirectoryOfAnOlderVersionIsAddedTo) {
  std::filesystem::remove(state_dir_.path() / "live");
  EXPECT_TRUE(JobOwner::take(folder_, "a run"));
  EXPECT_THAT(state_dir_.live_ids(), testing::ElementsAre(folder_.id));
}

} // namespace
} // namespace nightshift

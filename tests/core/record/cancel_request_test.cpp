// SPDX-License-Identifier: Apache-2.0

#include "core/base/process.hpp"
#include "core/record/cancel_request.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace nightshift {
namespace {

class CancelRequestTest : public testing::Test {
 protected:
  CancelRequestTest() {
    const StateDir state_dir(place_.path());
    state_dir.prepare();
    folder_ = state_dir.make_job_folder();
  }

  tests::TempDir place_;
  JobFolder folder_;
};

TEST_F(CancelRequestTest, ComesBackAsItWasWritten) {
  EXPECT_FALSE(read_cancel_request(folder_));
  write_cancel_request(folder_, {"wrong \"bucket\"", "ann on ridge"});
  const auto request = read_cancel_request(folder_);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->reason, "wrong \"bucket\"");
  EXPECT_EQ(to_text(*request), "cancelled by ann on ridge: wrong \"bucket\"");
}

TEST_F(CancelRequestTest, NamesWhoMadeIt) {
  EXPECT_THAT(make_cancel_request("x").by, testing::HasSubstr(" on " + own_process().host));
}

TEST_F(CancelRequestTest, AFileThatIsNoneCountsAsWell) {
  std::ofstream(folder_.cancel_request()) << "stop it\n";
  const auto request = read_cancel_request(folder_);
  ASSERT_TRUE(request);
  EXPECT_EQ(to_text(*request), "cancelled");
}

TEST_F(CancelRequestTest, CannotForgeALineOfTheLog) {
  EXPECT_EQ(to_text(CancelRequest{"a\nb", "c\n"}), "cancelled by c\\n: a\\nb");
}

} // namespace
} // namespace nightshift

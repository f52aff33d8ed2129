// SPDX-License-Identifier: Apache-2.0

#include "tests/cli/busy_site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace nightshift {
namespace {

using testing::HasSubstr;

class LostJobCommandTest : public testing::Test {
 protected:
  LostJobCommandTest() {
    site_.program().signal(SIGKILL);
    site_.program().wait();
  }

  tests::BusySite site_;
};

TEST_F(LostJobCommandTest, TheNextRunFinalisesItAndGoesOnAsANewJob) {
  EXPECT_EQ(site_.record(1)["status"], "STARTED");
  EXPECT_EQ(site_.sync().exit_code, 0);
  EXPECT_EQ(site_.record(1)["status"], "FAILURE");
  EXPECT_EQ(site_.record(1)["runner"]["reason"], "lost");
  EXPECT_EQ(site_.record(2)["status"], "SUCCESS");
  EXPECT_EQ(site_.view("captures").size(), 3U);
}

TEST_F(LostJobCommandTest, JobsAndShowSayThatItIsLost) {
  EXPECT_THAT(site_.run({"jobs"}).out, HasSubstr("(lost)"));
  EXPECT_THAT(site_.run({"show", "1"}).out, HasSubstr("in the stage delay"));
}

TEST_F(LostJobCommandTest, ShowJsonFinalisesItFirst) {
  EXPECT_EQ(Json::parse(site_.run({"show", "1", "--json"}).out)["status"], "FAILURE");
}

TEST_F(LostJobCommandTest, RebuildingItsRecordFinalisesItFirst) {
  EXPECT_EQ(Json::parse(site_.run({"show", "1", "--rebuild"}).out)["status"], "FAILURE");
  EXPECT_EQ(site_.record(1)["runner"]["reason"], "lost");
}

TEST_F(LostJobCommandTest, FollowedLogsEndWithTheLoss) {
  EXPECT_THAT(site_.run({"logs", "1", "--follow"}).out, HasSubstr("to FAILURE"));
}

TEST_F(LostJobCommandTest, RetryRunsItAgainAsItWasRecordedInASecondAttempt) {
  EXPECT_THAT(site_.run({"show", "1"}).out, HasSubstr("FAILURE (lost)"));
  tests::Program again({"retry", "1", "--state-dir", site_.state().string()});
  site_.await_status(1, "STARTED");
  EXPECT_EQ(site_.run({"retry", "1"}).exit_code, 65) << "it is running";
  EXPECT_EQ(site_.record(1)["runner"]["attempt"], 2);
  again.signal(SIGINT);
  EXPECT_EQ(again.wait().exit_code, 130);
  EXPECT_THAT(site_.run({"show", "1"}).out,
              testing::AllOf(testing::ContainsRegex("\n  1 .*FAILURE +\\(lost\\)"),
                             testing::ContainsRegex("\n  2 .*REVOKED +\\(interrupted\\)")));
}

TEST(Retry, ASecondAttemptOfASyncThatSucceededChangesNothing) {
  const tests::Site site;
  site.add_captures("restoration", 3);
  site.write_job_file();
  ASSERT_EQ(site.sync().exit_code, 0);
  ASSERT_EQ(site.run({"retry", "1"}).exit_code, 0);
  const Json record = site.record(1);
  EXPECT_EQ(record["status"], "SUCCESS");
  EXPECT_EQ(record["progress"]["summary"]["progress"], 1.0);
  EXPECT_EQ(record["runner"]["attempt"], 2);
  EXPECT_EQ(record["runner"]["counts"]["unchanged"], 3);
  EXPECT_EQ(site.view("captures").size(), 3U);
}

TEST(Record, IsShownFromTheJournalWhereAPowerCutTookIt) {
  const tests::Site site;
  site.add_captures("restoration", 3);
  site.write_job_file();
  ASSERT_EQ(site.sync().exit_code, 0);
  const Json before = site.record(1);
  for (const char* torn : {"", "{\"id\": 1,", "\n"}) {
    site.folder().write("state/jobs/1/job.json", torn);
    EXPECT_EQ(Json::parse(site.run({"show", "1", "--json"}).out)["id"], 1);
  }
  std::filesystem::remove(site.state() / "jobs/1/job.json");
  EXPECT_EQ(Json::parse(site.run({"show", "1", "--json"}).out)["finished_at"],
            before["finished_at"]);
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "tests/cli/busy_site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(OnOverlap, FailsWith75AndNamesWhoHasTheDeployment) {
  const tests::BusySite site;
  const tests::ProgramResult result = site.sync();
  EXPECT_EQ(result.exit_code, 75);
  EXPECT_EQ(site.record(2)["status"], "FAILURE");
  EXPECT_EQ(site.record(2)["runner"]["reason"], "overlap");
  EXPECT_THAT(result.out, AllOf(HasSubstr("deployment 250"), HasSubstr("pid "), HasSubstr("since"),
                                HasSubstr("job 1 in " + site.state().string())));
  EXPECT_TRUE(site.view("captures").empty()) << "nothing was written";
}

TEST(OnOverlap, SkipsWith0AndSkipsWhatNeedsIt) {
  const tests::BusySite site;
  site.write_job_file("restoration",
                      "  - {name: after, type: hello, needs: [\"Sync captures for deployment "
                      "{deployment.id}\"]}\n");
  EXPECT_EQ(site.sync({"--on-overlap", "skip"}).exit_code, 0);
  for (const std::int64_t job : {2, 3}) {
    EXPECT_EQ(site.record(job)["status"], "REVOKED");
    EXPECT_EQ(site.record(job)["runner"]["reason"], "overlap");
  }
}

TEST(OnOverlap, CronSkips) {
  const tests::BusySite site;
  const tests::ProgramResult result = site.sync({"--cron"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out + result.err, "");
}

TEST(OnOverlap, WaitsUntilTheOtherIsGone) {
  tests::BusySite site;
  tests::Program waiting({"run", site.job_file().string(), "--state-dir", site.state().string(),
                          "--on-overlap", "wait"});
  site.await_status(2, "PENDING");
  site.program().signal(SIGKILL);
  EXPECT_EQ(waiting.wait().exit_code, 0);
  EXPECT_EQ(site.record(2)["status"], "SUCCESS");
}

// Of job 2, which waits for job 1.
class WaitingTest : public testing::Test {
 protected:
  WaitingTest() { site_.await_status(2, "PENDING"); }

  tests::BusySite site_;
  tests::Program waiting_{{"run", site_.job_file().string(), "--state-dir", site_.state().string(),
                           "--on-overlap", "wait"}};
};

TEST_F(WaitingTest, ASignalEndsTheWaiting) {
  waiting_.signal(SIGINT);
  EXPECT_EQ(waiting_.wait().exit_code, 130);
  EXPECT_EQ(site_.record(2)["runner"]["reason"], "interrupted");
  EXPECT_EQ(site_.record(1)["status"], "STARTED");
}

TEST_F(WaitingTest, ACancelEndsTheWaiting) {
  EXPECT_EQ(site_.run({"cancel", "2"}).exit_code, 0);
  EXPECT_EQ(waiting_.wait().exit_code, 1);
  EXPECT_EQ(site_.record(2)["runner"]["reason"], "cancelled");
  EXPECT_EQ(site_.record(1)["status"], "STARTED");
}

TEST(OnOverlap, ReplacesTheOther) {
  tests::BusySite site;
  EXPECT_EQ(site.sync({"--on-overlap", "replace"}).exit_code, 0);
  EXPECT_EQ(site.program().wait().exit_code, 1);
  EXPECT_EQ(site.record(1)["status"], "REVOKED");
  EXPECT_EQ(site.record(1)["runner"]["reason"], "cancelled");
  EXPECT_EQ(site.record(2)["status"], "SUCCESS");
}

TEST(OnOverlap, ReplacesNoJobOfItsOwnRun) {
  tests::BusySite site;
  site.write_job_file("restoration", "    delay: 1s\n"
                                     "  - {name: again, type: data_storage_sync, deployment: 250,\n"
                                     "     delay: 1s}\n");
  const tests::ProgramResult result = site.sync({"--on-overlap", "replace", "--jobs", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(site.record(1)["status"], "REVOKED");
  EXPECT_EQ(site.record(2)["status"], "SUCCESS");
  EXPECT_EQ(site.record(3)["status"], "SUCCESS");
}

TEST(OnOverlap, CountsForEveryStateDirectoryOfTheCatalogue) {
  const tests::BusySite site;
  site.write_job_file("restoration",
                      "catalogue: sqlite:" + (site.state() / "catalogue.db").string() + "\n");
  const tests::ProgramResult result = tests::run_program(
      {"run", site.job_file().string(), "--state-dir", (site.path() / "other").string()});
  EXPECT_EQ(result.exit_code, 75) << result.err;
}

TEST(OnOverlap, IsOneOfItsWords) {
  const tests::Site site;
  site.write_job_file();
  const tests::ProgramResult result = site.sync({"--on-overlap", "queue"});
  EXPECT_EQ(result.exit_code, 64);
  EXPECT_THAT(result.err, HasSubstr("fail, skip, wait"));
}

} // namespace
} // namespace nightshift

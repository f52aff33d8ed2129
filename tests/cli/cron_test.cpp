// SPDX-License-Identifier: Apache-2.0

#include "tests/support/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Cron, SuccessIsSilentEvenOnATerminal) {
  const tests::Site site;
  site.add_captures("restoration", 5);
  site.write_job_file();
  tests::ProgramSettings settings;
  settings.terminal = "xterm";
  const auto result = site.run({"run", site.job_file().string(), "--cron"}, settings);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(site.record(1)["status"], "SUCCESS");
}

TEST(Cron, AFailureIsOneParagraphThatNamesJobReasonAndRecord) {
  const tests::Site site;
  site.write_job_file("not_there");
  const auto result = site.sync({"--cron"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("Job 1 \"Sync captures for deployment 250\": FAILURE"));
  EXPECT_THAT(result.err, HasSubstr("not_there"));
  EXPECT_THAT(result.err, HasSubstr((site.state() / "jobs/1/job.json").string()));
  EXPECT_THAT(result.err, Not(HasSubstr("\n\n")));
}

TEST(Cron, StartedJobsAreAsSilent) {
  const tests::Site site;
  site.add_captures("restoration", 5);
  site.write_job_file();
  ASSERT_EQ(site.run({"create", site.job_file().string()}).exit_code, 0);
  const auto result = site.run({"start", "1", "--cron"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out + result.err, "");
}

TEST(Cron, AJobFileWithAMistakeIsTold) {
  const tests::Site site;
  site.write_job_file_text("version: 1\njobz: []\n");
  const auto result = site.sync({"--cron"});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.err, HasSubstr("jobs.yaml:2:1: error: "));
}

TEST(Cron, DoesNotGoWithJson) {
  const tests::Site site;
  site.write_job_file();
  EXPECT_EQ(site.sync({"--cron", "--json"}).exit_code, 64);
}

} // namespace
} // namespace nightshift

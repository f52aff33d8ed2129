// SPDX-License-Identifier: Apache-2.0

#include "tests/cli/busy_site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::HasSubstr;

TEST(Cancel, StopsAJobWithNothingButAFileInItsFolder) {
  tests::BusySite site;
  EXPECT_EQ(site.run({"cancel", "1", "--reason", "wrong bucket"}).exit_code, 0);
  EXPECT_EQ(site.program().wait().exit_code, 1);
  const Json record = site.record(1);
  EXPECT_EQ(record["status"], "REVOKED");
  EXPECT_EQ(record["runner"]["reason"], "cancelled");
  EXPECT_FALSE(record["finished_at"].is_null());
  EXPECT_THAT(record["runner"]["error"]["message"].get<std::string>(), HasSubstr("wrong bucket"));
  EXPECT_THAT(record["logs"]["stdout"].dump(), HasSubstr("Changing status of job 1 to CANCELING"));
  EXPECT_FALSE(std::filesystem::exists(site.state() / "jobs/1/cancel.json"));
}

TEST(Cancel, RevokesAJobThatWasNotBegunSoThatItCannotBe) {
  const tests::Site site;
  site.add_captures("restoration", 3);
  site.write_job_file();
  ASSERT_EQ(site.run({"create", site.job_file().string()}).exit_code, 0);
  EXPECT_EQ(site.run({"cancel", "1"}).exit_code, 0);
  EXPECT_EQ(site.record(1)["status"], "REVOKED");
  EXPECT_EQ(site.run({"start", "1"}).exit_code, 65);
}

TEST(Cancel, SaysThatAJobHasEndedAlready) {
  const tests::Site site;
  site.add_captures("restoration", 3);
  site.write_job_file();
  ASSERT_EQ(site.sync().exit_code, 0);
  const tests::ProgramResult result = site.run({"cancel", "1"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("job 1 has ended already, it is SUCCESS"));
  EXPECT_EQ(site.record(1)["status"], "SUCCESS");
  EXPECT_EQ(site.run({"cancel", "9"}).exit_code, 66);
}

} // namespace
} // namespace nightshift

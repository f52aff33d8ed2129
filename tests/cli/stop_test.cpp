// SPDX-License-Identifier: Apache-2.0

#include "tests/support/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace nightshift {
namespace {

// A run that is waiting in a job's delay stage.
class StopTest : public testing::Test {
 protected:
  StopTest() {
    site_.add_captures("restoration", 3);
    site_.write_job_file("restoration", "    delay: 1h\n  - {name: second, type: hello, needs: "
                                        "[\"Sync captures for deployment {deployment.id}\"]}\n");
    program_.emplace(std::vector<std::string>{"run", site_.job_file().string(), "--state-dir",
                                              site_.state().string()});
    for (Json record; !record.is_object() || record.value("status", "") != "STARTED";) {
      record = site_.record(1);
    }
  }

  tests::Site site_;
  std::optional<tests::Program> program_;
};

TEST_F(StopTest, OneIntRevokesWhatRunsAndExits130) {
  program_->signal(SIGINT);
  EXPECT_EQ(program_->wait().exit_code, 130);
  EXPECT_EQ(site_.record(1)["status"], "REVOKED");
  EXPECT_EQ(site_.record(1)["runner"]["reason"], "interrupted");
  EXPECT_FALSE(site_.record(1)["finished_at"].is_null());
  EXPECT_EQ(site_.record(2)["status"], "REVOKED");
}

TEST_F(StopTest, TermsRevokeWhatRunsAndExit143HoweverManyTheyAre) {
  for (int i = 0; i < 5; ++i) {
    program_->signal(SIGTERM);
  }
  EXPECT_EQ(program_->wait().exit_code, 143);
  EXPECT_EQ(site_.record(1)["runner"]["reason"], "interrupted");
}

TEST_F(StopTest, Usr1StopsAtACheckpointAndExits85) {
  program_->signal(SIGUSR1);
  EXPECT_EQ(program_->wait().exit_code, 85);
  EXPECT_EQ(site_.record(1)["runner"]["reason"], "checkpoint");
}

TEST(Timeout, FailsTheJobAndExits124) {
  const tests::Site site;
  site.add_captures("restoration", 3);
  site.write_job_file("restoration", "    delay: 1h\n    timeout: 1s\n");
  EXPECT_EQ(site.sync().exit_code, 124);
  EXPECT_EQ(site.record(1)["status"], "FAILURE");
  EXPECT_EQ(site.record(1)["runner"]["reason"], "timeout");
}

} // namespace
} // namespace nightshift

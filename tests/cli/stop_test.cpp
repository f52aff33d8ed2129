// SPDX-License-Identifier: Apache-2.0

#include "tests/cli/unruly.hpp"
#include "tests/support/await.hpp"
#include "tests/support/site.hpp"

#include <fmt/format.h>
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
    tests::await("job 1 is STARTED", [this] {
      const Json record = site_.record(1);
      return record.is_object() && record.value("status", "") == "STARTED";
    });
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

TEST_F(StopTest, AHangUpIsATerm) {
  program_->signal(SIGHUP);
  EXPECT_EQ(program_->wait().exit_code, 143);
  EXPECT_EQ(site_.record(1)["runner"]["reason"], "interrupted");
}

TEST(Stop, OfARunThatStillRecordsItsJobsLeavesNoneBehindUnrevoked) {
  const tests::UnrulySite site(std::vector<std::string>(200, "behaves"));
  tests::Program program(site.arguments({}));
  site.wait_for(1, "job.created");
  program.signal(SIGINT);
  EXPECT_EQ(program.wait().exit_code, 130);
  EXPECT_EQ(tests::run_program({"jobs", "--limit", "0", "--status", "CREATED", "--state-dir",
                                site.site().state().string()})
                .out,
            "");
}

TEST(Drain, EndsThoughSixteenStagesIgnoreTheStop) {
  const tests::UnrulySite site(std::vector<std::string>(16, "hangs"));
  tests::Program program(site.arguments({"--jobs", "16", "--grace", "300ms"}));
  for (int id = 1; id <= 16; ++id) {
    site.wait_for(id, "stage.started");
  }
  program.signal(SIGTERM);
  const tests::ProgramResult result = program.wait();
  EXPECT_EQ(result.exit_code, 143);
  EXPECT_THAT(result.out, testing::HasSubstr("16 jobs: 0 succeeded, 16 revoked"));
  for (int id = 1; id <= 16; ++id) {
    EXPECT_EQ(site.status(id), "REVOKED interrupted");
    EXPECT_FALSE(site.site().record(id)["finished_at"].is_null());
  }
}

TEST(Abort, ASecondIntDoesNotWaitForAnyStage) {
  const tests::UnrulySite site({"hangs", "waits", "hangs"});
  tests::Program program(site.arguments({"--jobs", "1", "--grace", "1d"}));
  site.wait_for(1, "stage.started");
  program.signal(SIGTERM);
  site.wait_for(1, "Stopping");
  program.signal(SIGTERM);
  program.signal(SIGINT);
  EXPECT_EQ(program.wait().exit_code, 130);
  for (int id = 1; id <= 3; ++id) {
    EXPECT_EQ(site.status(id), "REVOKED interrupted");
  }
}

TEST(Timeout, OfAStageThatIgnoresItCostsItsJobAndNotTheOthers) {
  const tests::UnrulySite site({"hangs", "behaves"}, "timeout: 1s");
  const tests::ProgramResult result = site.run({"--jobs", "1", "--grace", "100ms"});
  EXPECT_EQ(result.exit_code, 70);
  EXPECT_EQ(site.status(1), "FAILURE stuck");
  EXPECT_EQ(site.status(2), "SUCCESS -");
  EXPECT_THAT(result.out, testing::HasSubstr("2 jobs: 1 succeeded, 1 failed"));
}

TEST(Timeout, OfAStageThatIgnoresItKeepsNobodyWaitingForItsDeployment) {
  const tests::UnrulySite site({"hangs", "behaves"}, "timeout: 1s", "deployment: 1");
  const tests::ProgramResult result = site.run({"--jobs", "1", "--grace", "100ms"});
  EXPECT_EQ(result.exit_code, 70);
  EXPECT_EQ(site.status(1), "FAILURE stuck");
  EXPECT_EQ(site.status(2), "FAILURE overlap");
  EXPECT_THAT(result.out, testing::HasSubstr("job 1 of this run was left behind"));
}

TEST(Timeout, OfAStageIsItsOwn) {
  const tests::UnrulySite site({"waits"}, "stage_timeout: 1s");
  EXPECT_EQ(site.run().exit_code, 124);
  EXPECT_EQ(site.status(1), "FAILURE timeout");
}

TEST(Stall, CancelsAJobAndExits124WhereThatIsWanted) {
  const tests::UnrulySite site({"waits"}, "stall_timeout: 100ms, on_stall: cancel");
  const tests::ProgramResult result = site.run();
  EXPECT_EQ(result.exit_code, 124);
  EXPECT_EQ(site.status(1), "FAILURE stalled");
  EXPECT_THAT(result.err, testing::HasSubstr("Nothing has moved for 100ms; the job is stopped."));
}

TEST(TimeLimit, StopsTheRunAsUsr1Does) {
  const tests::UnrulySite site({"waits", "waits"});
  EXPECT_EQ(site.run({"--jobs", "1", "--time-limit", "1100ms", "--stop-before", "1s"}).exit_code,
            85);
  EXPECT_EQ(site.status(1), "REVOKED checkpoint");
  EXPECT_EQ(site.status(2), "REVOKED checkpoint");
  EXPECT_EQ(site.run({"--time-limit", "auto"}).exit_code, 78);
}

TEST(MaxParallel, OfASourceKeepsItsJobsApart) {
  const tests::Site site;
  site.add_captures("a", 2);
  site.add_captures("b", 2);
  site.write_job_file_text(fmt::format(R"(version: 1
state_dir: state
sources:
  disk: {{uri: "file://{}", max_parallel: 1}}
deployments:
  - {{id: 1, name: A, project: {{id: 1, name: P}}, source: disk, subdir: a}}
  - {{id: 2, name: B, project: {{id: 1, name: P}}, source: disk, subdir: b}}
jobs:
  - {{name: "Sync {{deployment.id}}", type: data_storage_sync, for_each: deployments, delay: 200ms}}
)",
                                       site.captures().string()));
  EXPECT_EQ(site.sync({"--jobs", "2"}).exit_code, 0);
  EXPECT_LE(site.record(1)["finished_at"].get<std::string>(),
            site.record(2)["started_at"].get<std::string>())
      << "the wait is no part of the second one's time";
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

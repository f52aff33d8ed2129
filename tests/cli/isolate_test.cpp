// SPDX-License-Identifier: Apache-2.0

#include "core/record/owner_lock.hpp"
#include "tests/cli/unruly.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

namespace nightshift {
namespace {

using testing::HasSubstr;
using tests::UnrulySite;

// The message of the job that misbehaves so; another job of the run succeeds.
std::string crash(const std::string& how) {
  const UnrulySite site({how, "behaves"});
  const tests::ProgramResult result = site.run({"--isolate"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(site.status(1), "FAILURE crashed");
  EXPECT_EQ(site.status(2), "SUCCESS -");
  const Json record = site.site().record(1);
  EXPECT_EQ(record["progress"]["stages"][0]["status"], "FAILURE");
  EXPECT_FALSE(record["finished_at"].is_null());
  return record["runner"]["error"]["message"];
}

// Neither gone nor waiting for its end to be asked for.
bool is_alive(pid_t process) {
  std::string stat;
  std::getline(std::ifstream(fmt::format("/proc/{}/stat", process)), stat);
  const auto end = stat.rfind(") ");
  return end != std::string::npos && stat[end + 2] != 'Z';
}

TEST(Isolate, ASegfaultCostsItsJobAlone) {
  EXPECT_THAT(crash("segfaults"), HasSubstr("was ended by SIGSEGV"));
}

TEST(Isolate, AnAbortCostsItsJobAlone) {
  EXPECT_THAT(crash("aborts"), HasSubstr("was ended by SIGABRT"));
}

TEST(Isolate, ASegfaultIsToldAlsoWhereTheParentIgnoresTheEndOfItsChildren) {
  const UnrulySite site({"segfaults"});
  tests::ProgramSettings settings;
  settings.ignored_signals = {SIGCHLD};
  EXPECT_EQ(tests::run_program(site.arguments({"--isolate"}), settings).exit_code, 1);
  EXPECT_THAT(site.site().record(1)["runner"]["error"]["message"].get<std::string>(),
              HasSubstr("was ended by SIGSEGV"));
}

TEST(Isolate, AnExitIsNoSuccess) {
  EXPECT_THAT(crash("exits"), HasSubstr("ended itself with exit code 0"));
}

TEST(Isolate, AThreadThatIsLeftBehindCostsNothing) {
  const UnrulySite site({"leaks", "behaves"});
  EXPECT_EQ(site.run({"--isolate"}).exit_code, 0);
  EXPECT_EQ(site.status(1), "SUCCESS -");
}

TEST(Isolate, JobsOfOneDeploymentWaitForEachOther) {
  const tests::Site site;
  site.add_captures("restoration", 3);
  site.write_job_file("restoration", "    delay: 200ms\n"
                                     "  - {name: Update, type: update_deployment_cache, "
                                     "deployment: 250, delay: 200ms}\n");
  EXPECT_EQ(site.sync({"--isolate", "--jobs", "2"}).exit_code, 0);
  EXPECT_EQ(site.record(1)["status"], "SUCCESS");
  EXPECT_EQ(site.record(2)["status"], "SUCCESS");
}

TEST(Isolate, AHangCostsItsJobAlone) {
  const UnrulySite site({"hangs", "behaves"}, "timeout: 1s");
  EXPECT_EQ(site.run({"--isolate", "--grace", "100ms"}).exit_code, 70);
  EXPECT_EQ(site.status(1), "FAILURE stuck");
  EXPECT_EQ(site.status(2), "SUCCESS -");
}

TEST(Isolate, TheRunTellsWhatItsProcessesDo) {
  const UnrulySite site({"fails"});
  const tests::ProgramResult result = site.run({"--isolate"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(site.status(1), "FAILURE unruly");
  EXPECT_THAT(result.err, testing::AllOf(HasSubstr("Running job #1"),
                                         HasSubstr("it failed as it was told to")));
  EXPECT_THAT(result.out, HasSubstr("1 job: 0 succeeded, 1 failed"));
  const auto runs = std::filesystem::directory_iterator(site.site().state() / "runs");
  EXPECT_EQ(std::distance(begin(runs), end(runs)), 1) << "one run, one report";
}

TEST(Isolate, SignalsArePassedOn) {
  const UnrulySite site({"waits", "waits"});
  tests::Program program(site.arguments({"--isolate", "--jobs", "2"}));
  site.wait_for(1, "stage.started");
  site.wait_for(2, "stage.started");
  program.signal(SIGUSR1);
  EXPECT_EQ(program.wait().exit_code, 85);
  EXPECT_EQ(site.status(1), "REVOKED checkpoint");
  EXPECT_EQ(site.status(2), "REVOKED checkpoint");
}

TEST(Isolate, ASecondIntDoesNotWaitForAnyProcess) {
  const UnrulySite site({"hangs"});
  tests::Program program(site.arguments({"--isolate", "--grace", "1d"}));
  site.wait_for(1, "stage.started");
  program.signal(SIGINT);
  site.wait_for(1, "Stopping");
  program.signal(SIGINT);
  EXPECT_EQ(program.wait().exit_code, 130);
  EXPECT_EQ(site.status(1), "REVOKED interrupted");
}

TEST(Isolate, WhereNothingCouldBeDoneNoFormerEndIsReported) {
  const UnrulySite site({"behaves"});
  ASSERT_EQ(site.run().exit_code, 0);
  OwnerLock somebody(site.site().state() / "jobs/1/owner.json");
  ASSERT_TRUE(somebody.try_take());
  const tests::ProgramResult result =
      tests::run_program({"retry", "1", "--isolate", "--state-dir", site.site().state().string(),
                          "--plugin-dir", NIGHTSHIFT_UNRULY_PLUGIN});
  EXPECT_EQ(result.exit_code, 75);
  EXPECT_THAT(result.out, HasSubstr("job 1 is being run"));
  EXPECT_THAT(result.out, HasSubstr("0 succeeded, 1 failed"));
}

TEST(Isolate, NoProcessOutlivesTheRun) {
  const UnrulySite site({"waits"});
  pid_t child = 0;
  {
    const tests::Program program(site.arguments({"--isolate"}));
    site.wait_for(1, "stage.started");
    tests::await("the child is recorded", [&] {
      const Json record = site.site().record(1);
      const Json pid = record.is_object() ? record["runner"]["pid"] : Json();
      child = pid.is_number() ? pid.get<pid_t>() : 0;
      return child != 0;
    });
  } // killed
  ASSERT_GT(child, 0);
  tests::await("the kernel ends the child", [&] { return !is_alive(child); });
}

} // namespace
} // namespace nightshift

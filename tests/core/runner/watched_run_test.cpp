// SPDX-License-Identifier: Apache-2.0

#include "core/base/file.hpp"
#include "core/runner/ping.hpp"
#include "core/runner/watched_run.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/events.hpp"
#include "tests/support/exposition.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;
using tests::LoopbackServer;

RunOutcome one_job(JobStatus status, ExitCode exit_code) {
  RunOutcome outcome;
  outcome.exit_code = exit_code;
  outcome.state_dir = "/var/night";
  outcome.report.exit_code = static_cast<int>(exit_code);
  outcome.report.exit_name = to_string(exit_code);
  outcome.report.jobs.resize(1);
  outcome.report.jobs[0].name = "Sync";
  outcome.report.jobs[0].status = status;
  return outcome;
}

TEST(WatchedRun, TellsASuccessWithTheLastLogLinesAndWhatTheyAddUpTo) {
  const LoopbackServer server;
  WatchOptions watch;
  watch.ping_url = server.url("/uuid");
  tests::EventScript script(7);
  const WatchedRun run = run_watched(watch, {}, [&](const RunOptions& options) {
    options.listener->on_event(script.next(EventKind::log, Json::object(), {}, "on its way"));
    return one_job(JobStatus::success, ExitCode::ok);
  });
  EXPECT_EQ(run.exit_code, ExitCode::ok);
  EXPECT_THAT(run.warnings, IsEmpty());
  ASSERT_THAT(server.lines(), ElementsAre("POST /uuid/start", "POST /uuid/0"));
  EXPECT_THAT(server.requests()[1].body,
              AllOf(HasSubstr(" job 7: on its way\n1 job: 1 succeeded"), EndsWith("s\n")));
}

TEST(WatchedRun, TellsAFailureWithItsNotice) {
  const LoopbackServer server;
  WatchOptions watch;
  watch.ping_url = server.url("/uuid");
  (void)run_watched(
      watch, {}, [](const RunOptions&) { return one_job(JobStatus::failure, ExitCode::failed); });
  ASSERT_THAT(server.lines(), ElementsAre("POST /uuid/start", "POST /uuid/1"));
  EXPECT_THAT(server.requests()[1].body, StartsWith("nightshift: 1 of 1 job did not end well"));
}

TEST(WatchedRun, ARunThatWasSkippedIsNoSuccessToTheSwitch) {
  const LoopbackServer server;
  WatchOptions watch;
  watch.ping_url = server.url("/uuid");
  (void)run_watched(watch, {}, [](const RunOptions&) {
    RunOutcome outcome = one_job(JobStatus::revoked, ExitCode::ok);
    outcome.report.jobs[0].reason = "overlap";
    return outcome;
  });
  EXPECT_THAT(server.lines(), ElementsAre("POST /uuid/start", "POST /uuid/log"));
}

TEST(WatchedRun, TellsOfARunThatCouldNotBegin) {
  const LoopbackServer server;
  const tests::TempDir dir;
  WatchOptions watch;
  watch.ping_url = server.url("/uuid");
  watch.metrics_file = dir / "night.prom";
  const WatchedRun run = run_watched(watch, {}, [](const RunOptions&) -> RunOutcome {
    throw permanent_error(error_code::k_not_found, "there is no jobs.yaml");
  });
  EXPECT_FALSE(run.outcome);
  EXPECT_EQ(run.exit_code, ExitCode::no_input);
  EXPECT_EQ(run.failure, "nightshift: error: there is no jobs.yaml\n");
  ASSERT_THAT(server.lines(), ElementsAre("POST /uuid/start", "POST /uuid/66"));
  EXPECT_EQ(server.requests()[1].body, run.failure);
  EXPECT_THAT(tests::read_exposition(read_file(dir / "night.prom", 1 << 20)),
              Contains(Pair("nightshift_run_exit_code", "66")));
}

TEST(WatchedRun, TakesTheUrlOfTheJobFileOnlyWhereNoneIsGiven) {
  const LoopbackServer server;
  WatchOptions watch;
  const auto run = [&](const RunOptions& options) {
    options.ping->start(server.url("/of_the_file"));
    return one_job(JobStatus::success, ExitCode::ok);
  };
  (void)run_watched(watch, {}, run);
  watch.ping_url = server.url("/given");
  (void)run_watched(watch, {}, run);
  EXPECT_THAT(server.lines(), ElementsAre("POST /of_the_file/start", "POST /of_the_file/0",
                                          "POST /given/start", "POST /given/0"));
}

TEST(WatchedRun, NeitherAPingNorAMetricsFileThatFailsChangesWhatItCameTo) {
  const tests::RefusedPort port;
  const tests::TempDir dir;
  WatchOptions watch;
  watch.ping_url = port.url("/secret");
  watch.metrics_file = dir / "no/folder/night.prom";
  const WatchedRun run = run_watched(
      watch, {}, [](const RunOptions&) { return one_job(JobStatus::success, ExitCode::ok); });
  EXPECT_EQ(run.exit_code, ExitCode::ok);
  EXPECT_THAT(run.warnings, ElementsAre(HasSubstr("the metrics file was not written"),
                                        HasSubstr("the ping was not taken")));
}

TEST(WatchedRun, RefusesWhatIsNoUrlBeforeAnythingIsDone) {
  WatchOptions watch;
  watch.ping_url = "hc-ping.com/secret";
  bool ran = false;
  const JobError error = tests::error_of([&] {
    (void)run_watched(watch, {}, [&](const RunOptions&) {
      ran = true;
      return RunOutcome();
    });
  });
  EXPECT_FALSE(ran);
  EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
}

} // namespace
} // namespace nightshift

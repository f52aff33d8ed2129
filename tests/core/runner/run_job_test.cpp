// SPDX-License-Identifier: Apache-2.0

#include "core/base/file.hpp"
#include "core/base/work_meter.hpp"
#include "core/runner/run_job.hpp"
#include "tests/support/events.hpp"
#include "tests/support/scripted_job_type.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/profiler.hpp>
#include <nightshift/testkit/memory_catalogue.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

namespace nightshift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::ScriptedJobType;

class RunJobTest : public testing::Test {
 protected:
  RunJobTest() {
    const StateDir state_dir(place_.path());
    state_dir.prepare();
    recorder_.emplace(state_dir.make_job_folder(), system_now, &listener_);
    services_.cpu.threads = 2;
    services_.shares = &shares_;
    services_.sources = &sources_;
    recorder_->emit(EventKind::job_created, {{"name", "Try"}});
  }

  // Run a job of these stages, the first being its type, to its end.
  JobRecord run(const std::vector<const JobType*>& stages) {
    prepare(stages);
    job_run_->run();
    return recorder_->record();
  }

  void prepare(const std::vector<const JobType*>& stages) {
    work_->type = stages.front();
    work_->stages = stages;
    job_run_.emplace(job_, *recorder_, services_);
  }

  [[nodiscard]] std::vector<std::string> log() const {
    std::vector<std::string> lines;
    for (const LogLine& line : recorder_->record().log) {
      lines.push_back(line.message);
    }
    return lines;
  }

  CpuShares shares_{2};
  SourceShares sources_{2, 1};
  tests::TempDir place_;
  tests::RecordingListener listener_;
  std::shared_ptr<JobDefinition> definition_ = std::make_shared<JobDefinition>();
  std::shared_ptr<PlannedWork> work_ = std::make_shared<PlannedWork>();
  PlannedJob job_{
      {"Try", definition_, nullptr, nullptr, std::make_shared<const CommonSetup>()}, work_, {}};
  RunServices services_;
  std::optional<JobRecorder> recorder_;
  std::optional<JobRun> job_run_;
};

TEST_F(RunJobTest, TellsAJobThatSucceedsInAntennasWords) {
  ScriptedJobType type("sync", [](JobContext& context) { context.log.info("Processed 5 files"); });
  type.info().opening = "Syncing captures for deployment #{deployment.id} {deployment.name}";
  type.info().closing = "Finished syncing \"{job.name}\"";
  job_.setup.deployment = std::make_shared<const Deployment>(
      Deployment{250, "Costa Rica - Restoration", {}, {}, {}, {}, {}, {}, {}});
  const JobRecord record = run({&type});
  EXPECT_EQ(record.status, JobStatus::success);
  EXPECT_EQ(record.progress(), 1.0);
  EXPECT_THAT(log(),
              ElementsAre("Running job #1 \"Try\" (PENDING)", "Changing status of job 1 to STARTED",
                          "Syncing captures for deployment #250 Costa Rica - Restoration",
                          "Processed 5 files", "Finished syncing \"Try\"",
                          "Changing status of job 1 to SUCCESS",
                          "Finished job #1 \"Try\" (SUCCESS)"));
}

TEST_F(RunJobTest, RunsTheStagesOneAfterAnother) {
  std::vector<std::string> ran;
  const ScriptedJobType first("first", [&](JobContext&) { ran.emplace_back("first"); });
  const ScriptedJobType second("second", [&](JobContext&) { ran.emplace_back("second"); });
  const JobRecord record = run({&first, &second});
  EXPECT_THAT(ran, ElementsAre("first", "second"));
  ASSERT_EQ(record.stages.size(), 2U);
  EXPECT_EQ(record.stages[1].name, "The second");
}

TEST_F(RunJobTest, EachStageHasAProfileOfItsOwnWhereItIsAskedFor) {
  const auto do_work = [](JobContext& context, std::size_t bodies) {
    tally(Tally::open);
    parallel_for(context.cpu, bodies, [](std::size_t) { tally(Tally::statx); });
    parallel_walk(context.io, 1, [](int, const auto&) { tally(Tally::getdents64); });
    queue_meter(context.host, "merge")->arrived(10, 1, 10);
  };
  const ScriptedJobType first("first", [&](JobContext& context) { do_work(context, 100); });
  const ScriptedJobType second("second", [&](JobContext& context) {
    do_work(context, 7);
    throw permanent_error("mass_loss", "gone");
  });
  services_.profile = true;
  const JobRecord record = run({&first, &second});
  for (const auto& [stage, statx] : {std::pair(0, 100), std::pair(1, 7)}) {
    const auto& profile = record.stages.at(static_cast<std::size_t>(stage)).profile;
    ASSERT_TRUE(profile.has_value()) << stage;
    EXPECT_EQ(profile->tally(Tally::statx), statx);
    EXPECT_EQ(profile->tally(Tally::open), 1) << "by the stage's own thread";
    EXPECT_EQ(profile->tally(Tally::getdents64), 1);
    EXPECT_GE(profile->threads, 1);
    ASSERT_EQ(profile->queues.size(), 1U);
    EXPECT_EQ(profile->queues[0].items, 1);
  }
  EXPECT_FALSE(record.stages[0].profile->io.has_value()) << "others may be in the process";
}

TEST_F(RunJobTest, NothingIsMeasuredWhereNoProfileIsAskedFor) {
  const ScriptedJobType type("sync", [](JobContext& context) {
    EXPECT_EQ(current_work_meter(), nullptr);
    EXPECT_EQ(queue_meter(context.host, "merge"), nullptr);
    parallel_for(context.io, 5, [](std::size_t) { EXPECT_EQ(current_work_meter(), nullptr); });
  });
  EXPECT_FALSE(run({&type}).stages.at(0).profile.has_value());
}

TEST_F(RunJobTest, AFailingStageEndsTheJobAndIsTheOneThatFailed) {
  const ScriptedJobType fine("fine");
  const ScriptedJobType bad("bad", [](JobContext& context) {
    context.progress.set_fraction(0.5);
    throw permanent_error("mass_loss", "900 of 1,000 are gone");
  });
  const ScriptedJobType never("never", [](JobContext&) { FAIL() << "a stage after a failure"; });
  const JobRecord record = run({&fine, &bad, &never});
  EXPECT_EQ(record.status, JobStatus::failure);
  EXPECT_EQ(record.reason, "mass_loss");
  EXPECT_EQ(record.stages[0].status, JobStatus::success);
  EXPECT_EQ(record.stages[1].status, JobStatus::failure);
  EXPECT_EQ(record.stages[2].status, JobStatus::created);
  EXPECT_LT(record.progress(), 1.0);
  EXPECT_THAT(log(), testing::Contains("900 of 1,000 are gone"));
  EXPECT_EQ(record.log.back().message, "Finished job #1 \"Try\" (FAILURE)");
}

TEST_F(RunJobTest, WhateverAPluginThrowsEndsItsJobOnly) {
  const ScriptedJobType odd("odd", [](JobContext&) { throw 42; });
  EXPECT_EQ(run({&odd}).reason, "internal");
  const ScriptedJobType worse("worse", [](JobContext&) { throw std::runtime_error("oops"); });
  EXPECT_THAT(run({&worse}).error->message, HasSubstr("oops"));
}

TEST_F(RunJobTest, ATransientErrorIsTriedAgain) {
  int calls = 0;
  const ScriptedJobType flaky("flaky", [&](JobContext& context) {
    EXPECT_EQ(context.job.attempt, ++calls);
    if (calls < 3) {
      throw JobError(ErrorClass::transient, "busy", "locked");
    }
  });
  definition_->limits.attempts = 3;
  services_.retry = {std::chrono::milliseconds(1), std::chrono::milliseconds(1)};
  const JobRecord record = run({&flaky});
  EXPECT_EQ(record.status, JobStatus::success);
  ASSERT_EQ(record.attempts.size(), 3U);
  EXPECT_EQ(record.attempts[0].error->code, "busy");
  EXPECT_EQ(record.attempts[0].status, JobStatus::retry);
}

TEST_F(RunJobTest, ButNotOnceTheAttemptsAreUsedUp) {
  int calls = 0;
  const ScriptedJobType flaky("flaky", [&](JobContext&) {
    ++calls;
    throw JobError(ErrorClass::transient, "busy", "locked");
  });
  definition_->limits.attempts = 2;
  services_.retry = {std::chrono::milliseconds(1), std::chrono::milliseconds(1)};
  EXPECT_EQ(run({&flaky}).status, JobStatus::failure);
  EXPECT_EQ(calls, 2);
}

TEST_F(RunJobTest, APermanentErrorIsNotTriedAgain) {
  int calls = 0;
  const ScriptedJobType bad("bad", [&](JobContext&) {
    ++calls;
    throw permanent_error("bad_data", "no");
  });
  definition_->limits.attempts = 5;
  EXPECT_EQ(run({&bad}).status, JobStatus::failure);
  EXPECT_EQ(calls, 1);
}

TEST_F(RunJobTest, CountsThatDoNotAddUpAreAFailure) {
  const ScriptedJobType sloppy("sloppy", [](JobContext& context) {
    context.progress.add(Counter::listed, 10);
    context.progress.add(Counter::added, 9);
  });
  const JobRecord record = run({&sloppy});
  EXPECT_EQ(record.reason, "not_reconciled");
  EXPECT_THAT(record.error->message, HasSubstr("10 objects were listed, but 9"));
}

TEST_F(RunJobTest, FailedObjectsMakeASuccessPartial) {
  const ScriptedJobType type("x", [](JobContext& context) {
    context.progress.add(Counter::listed, 100);
    context.progress.add(Counter::added, 99);
    context.progress.add(Counter::failed, 1);
  });
  const JobRecord record = run({&type});
  EXPECT_EQ(record.status, JobStatus::success);
  EXPECT_EQ(record.reason, "partial");
}

TEST_F(RunJobTest, MoreFailedObjectsThanAllowedAreAFailure) {
  const ScriptedJobType type("x", [](JobContext& context) {
    context.progress.add(Counter::listed, 100);
    context.progress.add(Counter::added, 98);
    context.progress.add(Counter::failed, 2);
  });
  definition_->limits.max_failed = 0.02;
  EXPECT_EQ(run({&type}).status, JobStatus::success) << "exactly as many as allowed";
  definition_->limits.max_failed = 0.019;
  EXPECT_EQ(run({&type}).reason, "too_many_failed");
}

TEST_F(RunJobTest, FailedObjectsAreHeldToAllThatAreThereAndNotToThoseListed) {
  const ScriptedJobType type("x", [](JobContext& context) {
    context.progress.add(Counter::listed, 1);
    context.progress.add(Counter::failed, 1);
    context.progress.add(Counter::passed_over, 99);
  });
  definition_->limits.max_failed = 0.01;
  EXPECT_EQ(run({&type}).status, JobStatus::success);
}

TEST_F(RunJobTest, FailedObjectsAreListedBesideTheRecord) {
  const ScriptedJobType type("x", [](JobContext& context) {
    context.progress.add(Counter::listed, 2);
    context.progress.add(Counter::failed, 2);
    context.host.item_failed("a/b.jpg", "Input/output error");
    context.host.item_failed("a/c.jpg", "Permission denied");
  });
  const JobRecord record = run({&type});
  ASSERT_EQ(record.failed_items.size(), 2U);
  EXPECT_EQ(record.failed_items[1].key, "a/c.jpg");
  EXPECT_THAT(read_file(recorder_->folder().quarantine(), 1000),
              testing::AllOf(HasSubstr(R"("key":"a/b.jpg")"), HasSubstr("Permission denied")));
}

// What the journal said while the job waited for its second attempt.
TEST_F(RunJobTest, WhileItWaitsForAnotherAttemptItSaysUntilWhen) {
  const ScriptedJobType flaky("flaky", [&](JobContext& context) {
    if (context.job.attempt == 1) {
      throw JobError(ErrorClass::transient, "throttled", "slow down",
                     std::chrono::milliseconds(20));
    }
  });
  definition_->limits.attempts = 2;
  services_.retry = {std::chrono::milliseconds(1), std::chrono::milliseconds(1)};
  EXPECT_FALSE(run({&flaky}).retry_at) << "it waits no longer";
  JobRecord waiting;
  for (const Event& event : listener_.events()) {
    if (event.kind == EventKind::job_attempt && !waiting.attempts.empty()) {
      break;
    }
    apply(waiting, event);
  }
  EXPECT_EQ(waiting.status, JobStatus::retry);
  ASSERT_TRUE(waiting.retry_at);
  EXPECT_GE(*waiting.retry_at - waiting.attempts.at(0).started, std::chrono::milliseconds(20))
      << "not before what the other side asked for";
}

// Runs a job on a thread of its own up to the point where its stage waits for a stop.
class StoppedJobTest : public RunJobTest {
 protected:
  void begin() {
    prepare({&waiting_});
    thread_ = std::thread([this] { job_run_->run(); });
    begun_.get_future().wait();
  }

  JobRecord end() {
    thread_.join();
    return recorder_->record();
  }

  std::promise<void> begun_;
  ScriptedJobType waiting_{"waiting", [this](JobContext& context) {
                             begun_.set_value();
                             std::promise<void> stopped;
                             const std::stop_callback told(context.stop,
                                                           [&] { stopped.set_value(); });
                             stopped.get_future().wait();
                             context.throw_if_stopped();
                           }};
  std::thread thread_;
};

TEST_F(StoppedJobTest, AnInterruptRevokesIt) {
  begin();
  job_run_->stop(StopReason::interrupted);
  const JobRecord record = end();
  EXPECT_EQ(record.status, JobStatus::revoked);
  EXPECT_EQ(record.reason, "interrupted");
  EXPECT_TRUE(record.finished);
  EXPECT_EQ(record.stages[0].status, JobStatus::revoked);
}

TEST_F(StoppedJobTest, TheFirstReasonCounts) {
  begin();
  job_run_->stop(StopReason::checkpoint);
  job_run_->stop(StopReason::interrupted);
  EXPECT_EQ(end().reason, "checkpoint");
}

TEST_F(StoppedJobTest, ItsTimeoutFailsItAtTheNextTick) {
  definition_->limits.timeout = std::chrono::milliseconds(1);
  begin();
  while (job_run_->stop_reason() == StopReason::none) {
    job_run_->tick();
  }
  const JobRecord record = end();
  EXPECT_EQ(record.status, JobStatus::failure);
  EXPECT_EQ(record.reason, "timeout");
}

TEST_F(StoppedJobTest, AStallCancelsItWhereThatIsWanted) {
  definition_->limits.stall_timeout = std::chrono::milliseconds(1);
  definition_->limits.cancel_stalled = true;
  begin();
  while (job_run_->stop_reason() == StopReason::none) {
    job_run_->tick();
  }
  const JobRecord record = end();
  EXPECT_EQ(record.status, JobStatus::failure);
  EXPECT_EQ(record.reason, "stalled");
}

TEST_F(StoppedJobTest, AStallIsToldWithThePlacesOfAllThreads) {
  definition_->limits.stall_timeout = std::chrono::milliseconds(1);
  begin();
  const auto stall = [&] {
    const auto events = listener_.events();
    return std::find_if(events.begin(), events.end(), [](const Event& event) {
             return event.kind == EventKind::stalled;
           }) != events.end();
  };
  while (!stall()) {
    job_run_->tick();
  }
  EXPECT_EQ(job_run_->stop_reason(), StopReason::none);
  job_run_->stop(StopReason::interrupted);
  const JobRecord record = end();
  EXPECT_EQ(record.reason, "interrupted");
  EXPECT_THAT(log(), testing::Contains(testing::AllOf(HasSubstr("Nothing has moved for 1ms"),
                                                      HasSubstr("job 1 ("))));
}

TEST_F(RunJobTest, AbandonedItEndsAtOnceWhateverItsStageDoesThen) {
  std::promise<void> begun;
  std::promise<void> free;
  const ScriptedJobType deaf("deaf", [&](JobContext& context) {
    begun.set_value();
    free.get_future().wait();
    context.log.info("still here");
  });
  services_.grace = std::chrono::milliseconds(0);
  prepare({&deaf});
  std::thread thread([&] { EXPECT_FALSE(job_run_->run()); });
  begun.get_future().wait();
  EXPECT_FALSE(job_run_->is_overdue());
  job_run_->stop(StopReason::timeout);
  EXPECT_TRUE(job_run_->is_overdue());
  EXPECT_TRUE(job_run_->abandon());
  EXPECT_FALSE(job_run_->abandon()) << "once";
  free.set_value();
  thread.join();
  const JobRecord record = recorder_->record();
  EXPECT_EQ(record.status, JobStatus::failure);
  EXPECT_EQ(record.reason, "stuck");
  EXPECT_EQ(record.stages[0].status, JobStatus::failure);
  EXPECT_THAT(record.error->message, HasSubstr("the stage \"deaf\" did not end within 0 "));
  EXPECT_EQ(log().back(), "Finished job #1 \"Try\" (FAILURE)");
}

TEST_F(StoppedJobTest, AStopBeforeItBeginsRunsNothing) {
  const ScriptedJobType never("never", [](JobContext&) { FAIL(); });
  prepare({&never});
  job_run_->stop(StopReason::interrupted);
  job_run_->run();
  EXPECT_EQ(recorder_->record().status, JobStatus::revoked);
}

TEST_F(RunJobTest, ADelayIsAStageOfItsOwnInFront) {
  const ScriptedJobType type("x");
  definition_->delay = std::chrono::milliseconds(20);
  const JobRecord record = run({&type});
  ASSERT_EQ(record.stages.size(), 2U);
  EXPECT_EQ(record.stages[0].key, "delay");
  EXPECT_EQ(record.stages[0].status, JobStatus::success);
  EXPECT_EQ(record.stages[0].parameters[0].name, "Delay");
  EXPECT_EQ(record.progress(), 1.0);
}

TEST_F(RunJobTest, ADelayEndsEarlyWhenStopped) {
  const ScriptedJobType type("x", [](JobContext&) { FAIL(); });
  definition_->delay = std::chrono::hours(1);
  prepare({&type});
  job_run_->stop(StopReason::interrupted);
  job_run_->run();
  EXPECT_EQ(recorder_->record().reason, "interrupted");
}

TEST_F(RunJobTest, PutsItsDeploymentIntoTheCatalogueFirst) {
  testkit::MemoryCatalogue catalogue;
  services_.catalogue = &catalogue;
  job_.setup.deployment =
      std::make_shared<const Deployment>(Deployment{5, {}, {}, {}, {}, {}, {}, {}, {}});
  const ScriptedJobType type("x", [&](JobContext& context) {
    EXPECT_EQ(context.catalogue, &catalogue);
    EXPECT_NO_THROW((void)context.catalogue->open_regroup(5, {}));
  });
  EXPECT_EQ(run({&type}).status, JobStatus::success);
}

TEST_F(RunJobTest, RecordsTheAttemptsCircumstances) {
  const ScriptedJobType type("x");
  services_.run = "20250114T214826Z-00000000";
  services_.cpu.source = "--threads";
  const JobRecord record = run({&type});
  const Json& facts = record.attempts.at(0).facts;
  EXPECT_EQ(facts["run"], "20250114T214826Z-00000000");
  EXPECT_EQ(facts["threads"], (Json{{"n", 2}, {"source", "--threads"}}));
  EXPECT_EQ(facts["definition_sha256"].get<std::string>().size(), 64U);
}

} // namespace
} // namespace nightshift

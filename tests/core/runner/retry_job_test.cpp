// SPDX-License-Identifier: Apache-2.0

#include "core/runner/retry_job.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

TEST(RetryJob, TakesTheRecordBackToItsBeginningAndKeepsTheAttemptBefore) {
  const tests::TempDir place;
  const StateDir state_dir(place.path());
  state_dir.prepare();
  JobRecorder recorder(state_dir.make_job_folder(), tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  recorder.emit(EventKind::job_attempt, {{"attempt", 1}, {"pid", 4711}});
  recorder.emit(EventKind::stage_added, tests::stage_attributes("Sync"), "sync");
  recorder.emit(EventKind::job_status, {{"status", "STARTED"}});
  recorder.emit(EventKind::stage_finished,
                {{"done", 5}, {"total", 5}, {"fraction", 1.0}, {"parameters", Json::array({5})}},
                "sync");
  recorder.emit(EventKind::job_status, {{"status", "FAILURE"}, {"reason", "mass_loss"}});

  begin_again(recorder);

  const JobRecord record = recorder.record();
  EXPECT_EQ(record.status, JobStatus::retry);
  EXPECT_EQ(record.reason, "");
  EXPECT_FALSE(record.started);
  EXPECT_FALSE(record.finished);
  EXPECT_EQ(record.progress(), 0);
  EXPECT_EQ(record.stages.at(0).status, JobStatus::created);
  EXPECT_EQ(record.stages.at(0).parameters.at(0).value, 0);
  EXPECT_EQ(record.attempts.at(0).status, JobStatus::failure);
  EXPECT_TRUE(record.attempts.at(0).finished);
  EXPECT_EQ(record.log.front().message, "Retrying job #1 \"Sync captures for deployment 250\"");
}

} // namespace
} // namespace nightshift

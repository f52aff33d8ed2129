// SPDX-License-Identifier: Apache-2.0

#include "core/record/reported_job.hpp"
#include "tests/support/events.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

JobRecord failed_job() {
  JobRecord record;
  record.id = 7;
  record.name = "Sync";
  record.type_key = "data_storage_sync";
  record.deployment = Deployment();
  record.deployment->id = 250;
  record.status = JobStatus::failure;
  record.reason = "mass_loss";
  record.error = ErrorRecord{"permanent", "mass_loss", "900 of 1,000 are gone"};
  record.created = tests::SteppingClock::start();
  record.started = record.created + std::chrono::seconds(1);
  record.updated = record.created + std::chrono::seconds(4);
  AttemptRecord attempt;
  attempt.number = 2;
  attempt.error = record.error;
  record.attempts.push_back(attempt);
  for (const std::int64_t added : {3, 4}) {
    StageRecord stage;
    stage.key = "stage";
    stage.counters[static_cast<std::size_t>(Counter::added)] = added;
    record.stages.push_back(stage);
  }
  record.stages[1].profile.emplace().threads = 4;
  return record;
}

TEST(ReportedJob, IsWhatTheRecordSaysOfIt) {
  const JobRecord record = failed_job();
  const ReportedJob job = reported(record);
  EXPECT_EQ(job.id, 7);
  EXPECT_EQ(job.name, "Sync");
  EXPECT_EQ(job.type_key, "data_storage_sync");
  EXPECT_EQ(job.deployment, 250);
  EXPECT_EQ(job.status, JobStatus::failure);
  EXPECT_EQ(job.reason, "mass_loss");
  EXPECT_EQ(job.error->message, "900 of 1,000 are gone");
  EXPECT_EQ(job.started, record.started);
  EXPECT_FALSE(job.finished);
  EXPECT_EQ(job.total(Counter::added), 7);
  ASSERT_EQ(job.attempts.size(), 1U);
  EXPECT_EQ(job.attempts[0].number, 2);
  EXPECT_EQ(job.attempts[0].error->code, "mass_loss");
  ASSERT_EQ(job.stages.size(), 2U);
  EXPECT_EQ(job.stages[0].profile, nullptr);
  EXPECT_EQ(job.stages[1].profile->threads, 4);
}

TEST(ReportedJob, TookUntilItWasLastHeardOfIfItHasNoEnd) {
  JobRecord record = failed_job();
  EXPECT_EQ(reported(record).wall_seconds, 3.0);
  record.finished = *record.started + std::chrono::seconds(2);
  EXPECT_EQ(reported(record).wall_seconds, 2.0);
  record.started.reset();
  EXPECT_FALSE(reported(record).wall_seconds);
}

TEST(ReportedJob, IsSkippedOnlyForAnotherRunsSake) {
  ReportedJob job;
  job.status = JobStatus::revoked;
  job.reason = "needs";
  EXPECT_FALSE(was_skipped(job));
  job.reason = "overlap";
  EXPECT_TRUE(was_skipped(job));
  job.status = JobStatus::failure;
  EXPECT_FALSE(was_skipped(job));
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_record.hpp"
#include "tests/support/events.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

class JobRecordTest : public testing::Test {
 protected:
  void take(EventKind kind, Json attributes = Json::object(), const std::string& stage = {},
            const std::string& message = {}, Severity severity = Severity::info) {
    apply(record_, script_.next(kind, std::move(attributes), stage, message, severity));
  }

  void begin() {
    take(EventKind::job_created, tests::created_attributes());
    take(EventKind::job_attempt, {{"attempt", 1}, {"run", "r"}, {"host", "h"}, {"pid", 4}});
    take(EventKind::job_status, {{"status", "STARTED"}});
    take(EventKind::stage_added, tests::stage_attributes("Data storage sync"), "data_storage_sync");
    take(EventKind::stage_added, {{"name", "Update deployment cache"}}, "update_deployment_cache");
  }

  tests::EventScript script_{1102};
  JobRecord record_;
};

TEST_F(JobRecordTest, KnowsWhatItWasCreatedWith) {
  take(EventKind::job_created, tests::created_attributes());
  EXPECT_EQ(record_.id, 1102);
  EXPECT_EQ(record_.status, JobStatus::created);
  EXPECT_EQ(record_.type_key, "data_storage_sync");
  ASSERT_TRUE(record_.deployment);
  EXPECT_EQ(record_.deployment->id, 250);
  EXPECT_EQ(record_.deployment->project.name, "Costa Rica- Labelling");
  EXPECT_FALSE(record_.started);
}

TEST_F(JobRecordTest, ProgressIsTheMeanOfTheStages) {
  begin();
  EXPECT_EQ(record_.progress(), 0);
  take(EventKind::progress, {{"done", 3}, {"total", 4}, {"fraction", 0.75}}, "data_storage_sync");
  EXPECT_DOUBLE_EQ(record_.progress(), 0.375);
  take(EventKind::stage_finished, {{"fraction", 0.75}}, "data_storage_sync");
  EXPECT_DOUBLE_EQ(record_.progress(), 0.5);
  take(EventKind::stage_finished, Json::object(), "update_deployment_cache");
  EXPECT_DOUBLE_EQ(record_.progress(), 1.0);
}

TEST_F(JobRecordTest, ProgressNeverGoesBackAndIsWholeOnlyAtSuccess) {
  begin();
  take(EventKind::progress, {{"fraction", 0.8}}, "data_storage_sync");
  take(EventKind::progress, {{"fraction", 0.3}}, "data_storage_sync");
  EXPECT_DOUBLE_EQ(record_.stages[0].progress, 0.8);
  take(EventKind::stage_failed, {{"fraction", 1.0}, {"status", "FAILURE"}}, "data_storage_sync");
  EXPECT_LT(record_.stages[0].progress, 1.0);
  EXPECT_EQ(record_.stages[0].status, JobStatus::failure);
}

TEST_F(JobRecordTest, AProgressToldLateDoesNotUndoTheEnd) {
  begin();
  take(EventKind::stage_finished, Json::object(), "data_storage_sync");
  take(EventKind::progress, {{"fraction", 0.5}}, "data_storage_sync");
  EXPECT_EQ(record_.stages[0].progress, 1.0);
}

TEST_F(JobRecordTest, CountersAndParametersAreTheStages) {
  begin();
  take(EventKind::progress,
       {{"counters", {{"listed", 10}, {"new", 7}}}, {"parameters", {10}}, {"fraction", 0.1}},
       "data_storage_sync");
  EXPECT_EQ(record_.total(Counter::listed), 10);
  EXPECT_EQ(record_.total(Counter::added), 7);
  EXPECT_EQ(record_.stages[0].parameters[0].value, 10);
}

TEST_F(JobRecordTest, CpuTimeIsUnknownWhereOtherStagesRanBesideAStage) {
  begin();
  take(EventKind::stage_finished, {{"wall_s", 2.0}, {"cpu_s", 1.5}}, "data_storage_sync");
  take(EventKind::stage_finished, {{"wall_s", 2.0}}, "update_deployment_cache");
  EXPECT_EQ(record_.stages[0].cpu_seconds, 1.5);
  EXPECT_EQ(record_.stages[1].cpu_seconds, std::nullopt);
}

TEST_F(JobRecordTest, AnEndHasItsTimeReasonAndError) {
  begin();
  take(EventKind::job_status,
       {{"status", "FAILURE"},
        {"reason", "mass_loss"},
        {"error", {{"class", "permanent"}, {"code", "mass_loss"}, {"message", "all gone"}}}});
  EXPECT_EQ(record_.status, JobStatus::failure);
  EXPECT_EQ(record_.reason, "mass_loss");
  ASSERT_TRUE(record_.error);
  EXPECT_EQ(record_.error->message, "all gone");
  EXPECT_TRUE(record_.finished);
  EXPECT_EQ(record_.attempts.back().status, JobStatus::failure);
}

TEST_F(JobRecordTest, AnotherAttemptBeginsItsStagesAnew) {
  begin();
  take(EventKind::progress, {{"fraction", 0.8}, {"parameters", {5}}, {"counters", {{"listed", 5}}}},
       "data_storage_sync");
  take(EventKind::job_status,
       {{"status", "RETRY"},
        {"reason", "busy"},
        {"error", {{"class", "transient"}, {"code", "busy"}, {"message", "locked"}}}});
  take(EventKind::job_attempt, {{"attempt", 2}});
  EXPECT_EQ(record_.stages.size(), 2U);
  EXPECT_EQ(record_.stages[0].name, "Data storage sync");
  EXPECT_EQ(record_.stages[0].progress, 0);
  EXPECT_EQ(record_.stages[0].parameters[0].value, 0);
  EXPECT_EQ(record_.total(Counter::listed), 0);
  EXPECT_TRUE(record_.reason.empty());
  ASSERT_EQ(record_.attempts.size(), 2U);
  EXPECT_EQ(record_.attempts[0].error->code, "busy");
}

TEST_F(JobRecordTest, KeepsTheNewestLinesOfALongLog) {
  begin();
  for (std::size_t i = 0; i <= JobRecord::k_most_log_lines; ++i) {
    take(EventKind::log, Json::object(), {}, "line " + std::to_string(i));
  }
  EXPECT_EQ(record_.log.size(), JobRecord::k_most_log_lines);
  EXPECT_EQ(record_.log.front().message, "line 1");
  EXPECT_TRUE(record_.log_truncated);
}

TEST_F(JobRecordTest, DebugLinesStayInTheJournal) {
  begin();
  take(EventKind::log, Json::object(), {}, "detail", Severity::debug);
  EXPECT_TRUE(record_.log.empty());
}

TEST_F(JobRecordTest, EventsOfStrangeShapeAreTakenAsFarAsTheyGo) {
  take(EventKind::job_created, {{"name", 5}, {"deployment", "x"}});
  take(EventKind::job_status, Json::object());
  take(EventKind::progress, {{"parameters", {1, 2, 3}}}, "never_added");
  EXPECT_EQ(record_.status, JobStatus::unknown);
  EXPECT_EQ(record_.stages.size(), 1U);
}

} // namespace
} // namespace nightshift

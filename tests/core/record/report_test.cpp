// SPDX-License-Identifier: Apache-2.0

#include "core/record/report.hpp"
#include "tests/support/events.hpp"
#include "tests/support/report_document.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace nightshift {
namespace {

ReportedJob job(std::int64_t id, JobStatus status) {
  ReportedJob record;
  record.id = id;
  record.name = "Sync " + std::to_string(id);
  record.status = status;
  return record;
}

ReportedStage sync_stage(std::int64_t listed, std::int64_t added, std::int64_t failed) {
  ReportedStage stage;
  stage.key = "data_storage_sync";
  stage.counters[static_cast<std::size_t>(Counter::listed)] = listed;
  stage.counters[static_cast<std::size_t>(Counter::added)] = added;
  stage.counters[static_cast<std::size_t>(Counter::failed)] = failed;
  return stage;
}

RunReport three_jobs() {
  RunReport report;
  report.run = "20250114T214826Z-00000000";
  report.started = tests::SteppingClock::start();
  report.finished = report.started + std::chrono::milliseconds(1500);
  report.exit_code = 1;
  report.exit_name = "failed";
  report.jobs = {job(1, JobStatus::success), job(2, JobStatus::failure),
                 job(3, JobStatus::revoked)};
  report.jobs[0].stages.push_back(sync_stage(3419, 3419, 0));
  report.jobs[1].reason = "mass_loss";
  report.jobs[1].error = ErrorRecord{"permanent", "mass_loss", "900 of 1,000 are gone"};
  report.jobs[2].reason = "needs";
  return report;
}

TEST(RunReport, HasTheSummaryBeforeTheJobs) {
  const Json document = tests::document_of(three_jobs());
  EXPECT_EQ(document["summary"]["jobs"],
            (Json{{"total", 3}, {"success", 1}, {"failure", 1}, {"revoked", 1}}));
  EXPECT_EQ(document["summary"]["counts"]["new"], 3419);
  EXPECT_EQ(document["jobs"][1]["error"]["code"], "mass_loss");
  EXPECT_EQ(document["wall_s"], 1.5);
  EXPECT_EQ(document["exit_name"], "failed");
}

TEST(RunReport, IsThePageThatItWouldBeAsAWhole) {
  RunReport report = three_jobs();
  EXPECT_EQ(tests::page_of(report), to_page(tests::document_of(report)));
  report.jobs.clear();
  EXPECT_EQ(tests::page_of(report), to_page(tests::document_of(report)));
}

TEST(RunReport, IsALineAJobForPeople) {
  EXPECT_EQ(to_text(three_jobs()),
            "job 1      SUCCESS  Sync 1: 3,419 new, 0 changed, 0 unchanged, 0 missing\n"
            "job 2      FAILURE  Sync 2\n"
            "           mass_loss: 900 of 1,000 are gone\n"
            "job 3      REVOKED  Sync 3\n"
            "           needs\n"
            "3 jobs: 1 succeeded, 1 failed, 1 revoked, in 1.50 s\n");
}

TEST(RunReport, NamesSpecialCountsOnlyWhereThereAreAny) {
  ReportedJob record = job(1, JobStatus::success);
  EXPECT_EQ(counts_text(record), "") << "nothing was counted";
  record.stages.push_back(sync_stage(1000, 998, 2));
  EXPECT_EQ(counts_text(record), "998 new, 0 changed, 0 unchanged, 0 missing, 2 failed");
}

TEST(RunReport, ANameCannotForgeALine) {
  RunReport report = three_jobs();
  report.jobs.resize(1);
  report.jobs[0].name = "x\njob 9 SUCCESS";
  const std::string text = to_text(report);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
}

TEST(ResourceUse, IsThisProcesss) {
  const ResourceUse use = own_resource_use();
  EXPECT_GT(use.max_rss_bytes, 1 << 20);
  EXPECT_GE(use.cpu_user_seconds + use.cpu_system_seconds, 0);
}

} // namespace
} // namespace nightshift

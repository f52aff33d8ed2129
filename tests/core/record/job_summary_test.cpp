// SPDX-License-Identifier: Apache-2.0

#include "core/base/file.hpp"
#include "core/record/job_document.hpp"
#include "core/record/job_recorder.hpp"
#include "core/record/job_summary.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

class JobSummaryTest : public testing::Test {
 protected:
  JobSummaryTest() {
    state_dir_.prepare();
    JobRecorder recorder(state_dir_.make_job_folder(), tests::SteppingClock(), nullptr);
    Json created = tests::created_attributes();
    created["name"] = "odd \"name\"\n  \"status\": \"FAILURE\"";
    recorder.emit(EventKind::job_created, std::move(created));
    recorder.emit(EventKind::job_attempt, {{"attempt", 1}, {"run", "20250114T214826Z-0"}});
    recorder.emit(EventKind::stage_added, tests::stage_attributes("Data storage sync"), "sync");
    recorder.emit(EventKind::job_status, {{"status", "STARTED"}});
    recorder.log(Severity::warning, R"(  "status": "FAILURE",)", "sync");
    recorder.emit(EventKind::job_status, {{"status", "SUCCESS"}, {"reason", "partial"}});
  }

  [[nodiscard]] JobFolder job() const { return state_dir_.find_job(1).value(); }

  static void expect_equal(const JobSummary& a, const JobSummary& b) {
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.type, b.type);
    EXPECT_EQ(a.run, b.run);
    EXPECT_EQ(a.status, b.status);
    EXPECT_EQ(a.reason, b.reason);
    EXPECT_EQ(a.deployment, b.deployment);
    EXPECT_EQ(a.created, b.created);
    EXPECT_EQ(a.updated, b.updated);
    EXPECT_EQ(a.started, b.started);
    EXPECT_EQ(a.finished, b.finished);
  }

  tests::TempDir folder_;
  StateDir state_dir_{folder_.path()};
};

TEST_F(JobSummaryTest, OfTheDocumentIsThatOfTheRecord) {
  const JobRecord record = read_job_record(job());
  const auto parsed = parse_job_summary(to_page(to_document(record)));
  ASSERT_TRUE(parsed);
  expect_equal(*parsed, summary_of(record));
  EXPECT_EQ(parsed->status, JobStatus::success);
  EXPECT_EQ(parsed->reason, "partial");
  EXPECT_EQ(parsed->deployment, 250);
  EXPECT_EQ(parsed->run, "20250114T214826Z-0");
  EXPECT_EQ(parsed->seconds(), 2.0);
}

TEST_F(JobSummaryTest, OfAJobWithoutDeploymentThatHasNotBegun) {
  JobRecord record;
  record.id = 7;
  const auto parsed = parse_job_summary(to_page(to_document(record)));
  ASSERT_TRUE(parsed);
  expect_equal(*parsed, summary_of(record));
  EXPECT_FALSE(parsed->deployment);
  EXPECT_FALSE(parsed->seconds());
}

TEST_F(JobSummaryTest, OfAnythingElseIsNone) {
  const std::string document = to_page(to_document(read_job_record(job())));
  EXPECT_FALSE(parse_job_summary(""));
  EXPECT_FALSE(parse_job_summary("{}\n"));
  for (std::size_t size = 0; size < document.size(); size += 7) {
    EXPECT_FALSE(parse_job_summary(document.substr(0, size))) << size;
  }
}

TEST_F(JobSummaryTest, IsFromTheJournalWhereTheRecordIsNot) {
  const JobSummary before = read_job_summary(job());
  replace_file(job().record(), "{}", Durable::no);
  expect_equal(read_job_summary(job()), before);
  std::filesystem::remove(job().record());
  expect_equal(read_job_summary(job()), before);
  std::filesystem::remove(job().journal());
  EXPECT_THROW((void)read_job_summary(job()), JobError);
}

} // namespace
} // namespace nightshift

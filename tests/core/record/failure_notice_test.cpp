// SPDX-License-Identifier: Apache-2.0

#include "core/record/failure_notice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace nightshift {
namespace {

using testing::HasSubstr;
using testing::Not;

ReportedJob ended_job(std::int64_t id, JobStatus status, const std::string& reason = "") {
  ReportedJob record;
  record.id = id;
  record.name = "Sync " + std::to_string(id);
  record.status = status;
  record.reason = reason;
  return record;
}

RunReport report_of(std::vector<ReportedJob> jobs) {
  RunReport report;
  report.run = "20250114T214826Z-00000000";
  report.exit_code = 1;
  report.exit_name = "failed";
  report.jobs = std::move(jobs);
  return report;
}

TEST(FailureNotice, SaysWhichJobsWhyWhereTheRecordIsAndWhatToDo) {
  RunReport report =
      report_of({ended_job(7, JobStatus::success), ended_job(8, JobStatus::failure, "mass_loss"),
                 ended_job(9, JobStatus::revoked, "needs")});
  report.jobs[1].error = ErrorRecord{"permanent", "mass_loss", "900 of 1,000 are gone"};
  EXPECT_EQ(failure_notice(report, "/var/night"),
            "nightshift: 2 of 3 jobs did not end well (exit code 1, failed).\n"
            "Job 8 \"Sync 8\": FAILURE (mass_loss): 900 of 1,000 are gone; its record is "
            "/var/night/jobs/8/job.json\n"
            "Job 9 \"Sync 9\": REVOKED (needs); its record is /var/night/jobs/9/job.json\n"
            "What happened: nightshift logs 8 --state-dir /var/night\n"
            "When the cause is gone, run it again: it goes on from what has been done.\n");
}

TEST(FailureNotice, NamesFiveJobsHoweverManyThereAre) {
  std::vector<ReportedJob> jobs;
  for (int id = 1; id <= 2005; ++id) {
    jobs.push_back(ended_job(id, JobStatus::failure, "not_found"));
  }
  const std::string text = failure_notice(report_of(std::move(jobs)), "/var/night");
  EXPECT_THAT(text, HasSubstr("Job 5 "));
  EXPECT_THAT(text, Not(HasSubstr("Job 6 ")));
  EXPECT_THAT(text, HasSubstr("And 2,000 more, in "
                              "/var/night/runs/20250114T214826Z-00000000/report.json\n"));
  EXPECT_LT(text.size(), 1500U);
}

TEST(FailureNotice, NamesAJobThatSucceededInPart) {
  RunReport report = report_of({ended_job(1, JobStatus::success, "partial")});
  ReportedStage stage;
  stage.counters[static_cast<std::size_t>(Counter::failed)] = 1234;
  report.jobs[0].stages.push_back(stage);
  EXPECT_THAT(failure_notice(report, "/s"),
              HasSubstr("SUCCESS (partial): 1,234 objects could not be examined"));
}

TEST(FailureNotice, DoesNotNameAJobThatWasSkipped) {
  const std::string text = failure_notice(report_of({ended_job(1, JobStatus::revoked, "overlap"),
                                                     ended_job(2, JobStatus::failure, "io")}),
                                          "/s");
  EXPECT_THAT(text, HasSubstr("1 of 2 jobs did not end well"));
  EXPECT_THAT(text, Not(HasSubstr("Job 1 ")));
}

TEST(FailureNotice, ANameOrAMessageCannotForgeALine) {
  RunReport report = report_of({ended_job(1, JobStatus::failure, "io")});
  report.jobs[0].name = "x\ny";
  report.jobs[0].error = ErrorRecord{"permanent", "io", "a\nb\x1B[2J"};
  const std::string text = failure_notice(report, "/s");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4) << text;
  EXPECT_THAT(text, Not(HasSubstr("\x1B")));
}

} // namespace
} // namespace nightshift

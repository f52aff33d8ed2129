// SPDX-License-Identifier: Apache-2.0

#include "core/base/file.hpp"
#include "core/runner/metrics.hpp"
#include "tests/support/events.hpp"
#include "tests/support/exposition.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <random>

namespace nightshift {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Optional;
using testing::Pair;
using tests::read_exposition;

const std::string k_labels = R"({name="Sync 1",type="data_storage_sync",deployment="1"})";

ReportedJob job(std::int64_t id, JobStatus status, const std::string& reason = "") {
  ReportedJob record;
  record.id = id;
  record.name = "Sync " + std::to_string(id);
  record.type_key = "data_storage_sync";
  record.deployment = id;
  record.status = status;
  record.reason = reason;
  record.started = tests::SteppingClock::start();
  record.finished = tests::SteppingClock::start() + std::chrono::milliseconds(2500);
  ReportedStage stage;
  stage.counters[static_cast<std::size_t>(Counter::listed)] = 40;
  stage.counters[static_cast<std::size_t>(Counter::added)] = 3;
  stage.counters[static_cast<std::size_t>(Counter::undated)] = 2;
  record.stages.push_back(stage);
  return record;
}

RunMetrics run_of(const std::vector<ReportedJob>& jobs, int exit_code = 0) {
  RunMetrics run;
  run.started = tests::SteppingClock::start();
  run.finished = tests::SteppingClock::start() + std::chrono::seconds(4);
  run.exit_code = exit_code;
  run.jobs = jobs;
  return run;
}

std::string value_of(const std::string& text, const std::string& sample) {
  const auto samples = read_exposition(text);
  const auto found = samples.find(sample);
  return found != samples.end() ? found->second : "none";
}

TEST(Metrics, TellTheRunAndEachJob) {
  const std::vector<ReportedJob> jobs{job(1, JobStatus::success)};
  const auto samples = read_exposition(metrics_text(run_of(jobs), ""));
  EXPECT_THAT(samples, Contains(Pair("nightshift_run_exit_code", "0")));
  EXPECT_THAT(samples, Contains(Pair("nightshift_run_duration_seconds", "4")));
  EXPECT_THAT(samples, Contains(Pair("nightshift_run_last_timestamp_seconds", "1736891310")));
  EXPECT_THAT(samples,
              Contains(Pair("nightshift_job_last_timestamp_seconds" + k_labels, "1736891308.5")));
  EXPECT_THAT(samples, Contains(Pair("nightshift_job_last_success_timestamp_seconds" + k_labels,
                                     "1736891308.5")));
  EXPECT_THAT(samples, Contains(Pair("nightshift_job_duration_seconds" + k_labels, "2.5")));
  EXPECT_THAT(samples, Contains(Pair("nightshift_job_exit_code" + k_labels, "0")));
  EXPECT_THAT(samples, Contains(Pair("nightshift_job_listed_objects" + k_labels, "40")));
  EXPECT_THAT(samples, Contains(Pair("nightshift_job_new_captures" + k_labels, "3")));
  EXPECT_THAT(samples, Contains(Pair("nightshift_job_undated_captures" + k_labels, "2")));
  EXPECT_THAT(samples, Contains(Pair("nightshift_job_missing_captures" + k_labels, "0")));
}

TEST(Metrics, KeepTheLastSuccessOverFailures) {
  const std::vector<ReportedJob> good{job(1, JobStatus::success)};
  std::vector<ReportedJob> bad{job(1, JobStatus::failure, "not_found")};
  bad[0].finished = *bad[0].finished + std::chrono::hours(24);
  std::string text = metrics_text(run_of(good), "");
  text = metrics_text(run_of(bad, 1), text);
  text = metrics_text(run_of(bad, 1), text);
  EXPECT_EQ(value_of(text, "nightshift_job_last_success_timestamp_seconds" + k_labels),
            "1736891308.5");
  EXPECT_EQ(value_of(text, "nightshift_job_last_timestamp_seconds" + k_labels), "1736977708.5");
  EXPECT_EQ(value_of(text, "nightshift_job_exit_code" + k_labels), "1");
  EXPECT_EQ(value_of(text, "nightshift_run_last_success_timestamp_seconds"), "1736891310");
}

TEST(Metrics, AJobThatNeverSucceededHasNoLastSuccess) {
  const std::vector<ReportedJob> bad{job(1, JobStatus::failure, "timeout")};
  const std::string text = metrics_text(run_of(bad, 124), "");
  EXPECT_THAT(read_exposition(text),
              Not(Contains(Key("nightshift_job_last_success_timestamp_seconds" + k_labels))));
  EXPECT_EQ(value_of(text, "nightshift_job_exit_code" + k_labels), "124");
}

TEST(Metrics, AnInterruptedJobHasTheRunsExitCode) {
  const std::vector<ReportedJob> jobs{job(1, JobStatus::revoked, "checkpoint"),
                                      job(2, JobStatus::revoked, "cancelled")};
  const std::string text = metrics_text(run_of(jobs, 85), "");
  EXPECT_EQ(value_of(text, "nightshift_job_exit_code" + k_labels), "85");
  EXPECT_THAT(text, HasSubstr("deployment=\"2\"} 1\n"));
}

TEST(Metrics, ASkippedJobIsNoFailureAndNoSuccess) {
  const std::vector<ReportedJob> jobs{job(1, JobStatus::revoked, "overlap")};
  const std::string text = metrics_text(run_of(jobs), "");
  EXPECT_EQ(value_of(text, "nightshift_job_exit_code" + k_labels), "0");
  EXPECT_EQ(value_of(text, "nightshift_job_last_success_timestamp_seconds" + k_labels), "none");
}

TEST(Metrics, JobsOutsideAPartialRunStayAndThoseOutsideAWholeRunGo) {
  const std::vector<ReportedJob> both{job(1, JobStatus::success), job(2, JobStatus::success)};
  const std::vector<ReportedJob> second{job(2, JobStatus::success)};
  const std::string text = metrics_text(run_of(both), "");
  EXPECT_THAT(metrics_text(run_of(second), text), HasSubstr("Sync 1"));
  RunMetrics whole = run_of(second);
  whole.all_jobs = true;
  EXPECT_THAT(metrics_text(whole, text), Not(HasSubstr("Sync 1")));
}

TEST(Metrics, ARunThatCouldNotBeginKeepsAllJobs) {
  const std::vector<ReportedJob> jobs{job(1, JobStatus::success)};
  RunMetrics failed = run_of({}, 78);
  failed.jobs = {};
  failed.all_jobs = true;
  const std::string text = metrics_text(failed, metrics_text(run_of(jobs), ""));
  EXPECT_EQ(value_of(text, "nightshift_run_exit_code"), "78");
  EXPECT_EQ(value_of(text, "nightshift_job_exit_code" + k_labels), "0");
}

TEST(Metrics, LabelsAreEscapedAndReadBack) {
  std::vector<ReportedJob> jobs{job(1, JobStatus::success)};
  jobs[0].name = "a \"b\" \\ {c}\nd \xFF \xC3\xA9";
  const std::string text = metrics_text(run_of(jobs), "");
  const std::string sample = "nightshift_job_last_success_timestamp_seconds"
                             R"({name="a \"b\" \\ {c}\nd )"
                             "\xEF\xBF\xBD \xC3\xA9"
                             R"(",type="data_storage_sync",deployment="1"})";
  EXPECT_EQ(value_of(text, sample), "1736891308.5") << text;
  jobs[0].status = JobStatus::failure;
  EXPECT_EQ(value_of(metrics_text(run_of(jobs, 1), text), sample), "1736891308.5");
}

TEST(Metrics, ABrokenOldFileIsReadAsFarAsItMakesSense) {
  const std::vector<ReportedJob> jobs{job(1, JobStatus::failure)};
  const std::string old = "nightshift_job_last_success_timestamp_seconds" + k_labels;
  for (const std::string& broken :
       {std::string("\0\xFF{{{\"\"\n\n", 9), old, old + " ", old + " nan\n", old + " 1 2\n",
        old.substr(0, old.size() - 3), std::string("nightshift_run_exit_code{x=\"\\"),
        std::string("nightshift_job_exit_code{name=\"\\\n")}) {
    const std::string text = metrics_text(run_of(jobs, 1), broken);
    EXPECT_EQ(read_exposition(text).count(old), 0U) << broken;
  }
  EXPECT_EQ(value_of(metrics_text(run_of(jobs, 1), "rubbish\n" + old + " 5\nmore"), old), "5");
}

TEST(Metrics, WhateverHappenedToTheOldFileTheNewOneIsWellFormed) {
  const std::vector<ReportedJob> jobs{job(1, JobStatus::success), job(2, JobStatus::failure)};
  const std::string good = metrics_text(run_of(jobs, 1), "");
  std::mt19937 random(1);
  for (int i = 0; i < 300; ++i) {
    std::string broken = good;
    for (int changes = 0; changes < 5; ++changes) {
      broken[random() % broken.size()] = static_cast<char>(random());
    }
    broken.resize(random() % broken.size());
    EXPECT_NO_THROW((void)read_exposition(metrics_text(run_of(jobs), broken))) << broken;
  }
}

TEST(WriteMetrics, MakesAFileThatEverybodyMayReadWhateverTheUmask) {
  const tests::TempDir dir;
  const std::vector<ReportedJob> jobs{job(1, JobStatus::success)};
  const mode_t before = umask(0077);
  EXPECT_EQ(write_metrics(dir / "night.prom", run_of(jobs)), std::nullopt);
  umask(before);

  struct stat status {};

  ASSERT_EQ(stat((dir / "night.prom").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0644U);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    files += entry.exists() ? 1 : 0;
  }
  EXPECT_EQ(files, 1) << "no temporary is left";
}

TEST(WriteMetrics, GoesOnFromTheOldFile) {
  const tests::TempDir dir;
  const std::vector<ReportedJob> good{job(1, JobStatus::success)};
  const std::vector<ReportedJob> bad{job(1, JobStatus::failure)};
  ASSERT_EQ(write_metrics(dir / "night.prom", run_of(good)), std::nullopt);
  ASSERT_EQ(write_metrics(dir / "night.prom", run_of(bad, 1)), std::nullopt);
  EXPECT_EQ(value_of(read_file(dir / "night.prom", 1 << 20),
                     "nightshift_job_last_success_timestamp_seconds" + k_labels),
            "1736891308.5");
}

TEST(WriteMetrics, IsAWarningWhereThereIsNoFolder) {
  const tests::TempDir dir;
  EXPECT_THAT(write_metrics(dir / "no/night.prom", run_of({})),
              Optional(HasSubstr("the metrics file was not written: cannot write")));
}

} // namespace
} // namespace nightshift

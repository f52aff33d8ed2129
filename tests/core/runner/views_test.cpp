// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_recorder.hpp"
#include "core/runner/views.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace nightshift {
namespace {

using testing::HasSubstr;

class ViewsTest : public testing::Test {
 protected:
  ViewsTest() {
    setenv("TZ", "UTC", 1);
    state_dir_.prepare();
  }

  void add_job() {
    JobRecorder recorder(state_dir_.make_job_folder(), tests::SteppingClock(), nullptr);
    recorder.emit(EventKind::job_created, tests::created_attributes());
    recorder.emit(EventKind::job_attempt, {{"attempt", 1}});
    recorder.emit(EventKind::stage_added, tests::stage_attributes("Data storage sync"), "sync");
    recorder.emit(EventKind::job_status, {{"status", "STARTED"}});
    recorder.log(Severity::warning, "odd\nname", "sync");
    recorder.emit(EventKind::stage_finished,
                  {{"parameters", {3419}}, {"counters", {{"listed", 3419}, {"new", 3419}}}},
                  "sync");
    recorder.emit(EventKind::job_status, {{"status", "SUCCESS"}, {"reason", "partial"}});
  }

  std::vector<JobSummary> list(const JobQuery& query = {}) {
    return list_jobs(state_dir_, query, [this](std::int64_t id) { unreadable_.push_back(id); });
  }

  [[nodiscard]] std::string text_of_job(std::int64_t id) const {
    return job_text(read_job_record(state_dir_.find_job(id).value()));
  }

  tests::TempDir folder_;
  StateDir state_dir_{folder_.path()};
  std::vector<std::int64_t> unreadable_;
};

TEST_F(ViewsTest, JobsAreListedNewestFirst) {
  add_job();
  add_job();
  const auto jobs = list();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].id, 2);
  EXPECT_THAT(jobs_text(jobs), HasSubstr("     2  SUCCESS   2025-01-14 21:48:29     3.00 s  Sync "
                                         "captures for deployment 250 (partial)\n"));
}

TEST_F(ViewsTest, AJobWithoutAJournalIsNamedAndLeftOut) {
  add_job();
  (void)state_dir_.make_job_folder();
  EXPECT_EQ(list().size(), 1U);
  EXPECT_THAT(unreadable_, testing::ElementsAre(2));
}

TEST_F(ViewsTest, TheNewestJobsAreAsManyAsAreAskedFor) {
  add_job();
  add_job();
  add_job();
  JobQuery query;
  query.most = 2;
  const auto jobs = list(query);
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[1].id, 2);
  query.most = 0;
  EXPECT_TRUE(list(query).empty());
}

TEST_F(ViewsTest, JobsAreFilteredByStatusDeploymentTypeAndTime) {
  add_job();
  const auto created = tests::SteppingClock::start();
  const auto count = [this](const JobQuery& query) { return list(query).size(); };
  EXPECT_EQ(count({.statuses = {JobStatus::failure, JobStatus::success}}), 1U);
  EXPECT_EQ(count({.statuses = {JobStatus::failure}}), 0U);
  EXPECT_EQ(count({.deployments = {249, 250}}), 1U);
  EXPECT_EQ(count({.deployments = {251}}), 0U);
  EXPECT_EQ(count({.types = {"data_storage_sync"}}), 1U);
  EXPECT_EQ(count({.types = {"hello"}}), 0U);
  EXPECT_EQ(count({.since = created}), 1U);
  EXPECT_EQ(count({.since = created + std::chrono::seconds(1)}), 0U);
}

TEST_F(ViewsTest, AJobIsShownWithEachOfItsAttempts) {
  JobRecorder recorder(state_dir_.make_job_folder(), tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  recorder.emit(EventKind::job_attempt, {{"attempt", 1}, {"host", "trap"}, {"pid", 77}});
  recorder.emit(
      EventKind::job_status,
      {{"status", "RETRY"},
       {"reason", "unavailable"},
       {"error", {{"class", "transient"}, {"code", "unavailable"}, {"message", "no answer"}}}});
  recorder.emit(EventKind::job_attempt, {{"attempt", 2}, {"host", "trap"}, {"pid", 77}});
  recorder.emit(EventKind::job_status, {{"status", "SUCCESS"}});
  EXPECT_THAT(text_of_job(1),
              HasSubstr("attempts\n"
                        "  1   2025-01-14 21:48:27 - 2025-01-14 21:48:28  RETRY    (unavailable)  "
                        "on trap, pid 77\n"
                        "      no answer\n"
                        "  2   2025-01-14 21:48:29 - 2025-01-14 21:48:30  SUCCESS   on trap, pid "
                        "77\n"));
}

TEST_F(ViewsTest, TheListAsADocumentHasNoLogs) {
  add_job();
  const Json document = jobs_document(state_dir_, list());
  EXPECT_EQ(document["count"], 1);
  EXPECT_TRUE(document["results"][0]["logs"]["stdout"].empty());
  EXPECT_FALSE(document["results"][0].contains("result"));
}

TEST_F(ViewsTest, AJobIsShownWithItsStagesAndItsLog) {
  add_job();
  const std::string text = text_of_job(1);
  EXPECT_THAT(text, HasSubstr("job #1 \"Sync captures for deployment 250\"\n"));
  EXPECT_THAT(text, HasSubstr("  status       SUCCESS (partial)\n"));
  EXPECT_THAT(text, HasSubstr("  deployment   #250 Costa Rica - Restoration\n"));
  EXPECT_THAT(text, HasSubstr("  captures     3,419 new, 0 changed, 0 unchanged, 0 missing\n"));
  EXPECT_THAT(text, HasSubstr("Total files: 3,419"));
  EXPECT_THAT(text, HasSubstr("WARNING  odd\\nname\n"));
}

TEST_F(ViewsTest, ALogLineHasItsLocalTimeAndSeverity) {
  tests::EventScript script(1);
  EXPECT_EQ(log_line_text(script.next(EventKind::log, Json::object(), {}, "hello")),
            "2025-01-14 21:48:27 INFO     hello\n");
}

} // namespace
} // namespace nightshift

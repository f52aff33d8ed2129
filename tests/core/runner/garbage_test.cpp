// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"
#include "core/runner/garbage.hpp"
#include "core/runner/run_folder.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <thread>

namespace nightshift {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class GarbageTest : public testing::Test {
 protected:
  GarbageTest() { state_dir_.prepare(); }

  // A job of a run of its own that ended `days` ago, or is in the state that was given.
  std::int64_t add_job(int days, JobStatus status = JobStatus::success) {
    const fs::path run = state_dir_.make_run_folder(now_);
    const JobFolder folder = state_dir_.make_job_folder();
    JobRecorder recorder(
        folder, [&] { return now_ - std::chrono::days(days); }, nullptr);
    recorder.emit(EventKind::job_created, tests::created_attributes());
    recorder.emit(EventKind::job_attempt, {{"attempt", 1}, {"run", run.filename().string()}});
    recorder.emit(EventKind::job_status, {{"status", to_string(status)}});
    folder_.write(fs::relative(run, folder_.path()).string() + "/report.json", "{}");
    fs::last_write_time(run / "report.json",
                        fs::file_time_type::clock::now() - std::chrono::days(days));
    return folder.id;
  }

  [[nodiscard]] std::vector<std::int64_t> found(const KeepRules& rules) const {
    std::vector<std::int64_t> ids;
    for (const Garbage::Job& job : find_garbage(state_dir_, rules, now_).jobs) {
      ids.push_back(job.summary.id);
    }
    return ids;
  }

  [[nodiscard]] static std::size_t count_in(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }

  static KeepRules days(int count) { return {std::chrono::hours(24) * count, std::nullopt}; }

  static KeepRules jobs(std::size_t count) { return {std::nullopt, count}; }

  tests::TempDir folder_;
  StateDir state_dir_{folder_.path()};
  TimePoint now_ = system_now();
};

TEST_F(GarbageTest, IsWhatEndedLongerAgoThanIsKept) {
  add_job(30);
  add_job(20);
  add_job(1);
  EXPECT_THAT(found(days(25)), ElementsAre(1));
  EXPECT_THAT(found(days(10)), ElementsAre(2, 1));
}

TEST_F(GarbageTest, IsNoRunThatIsUnderWayHoweverLongAgoItBegan) {
  add_job(1);
  std::optional<RunFolder> run(std::in_place, state_dir_, now_);
  const fs::path folder = run->report().parent_path();
  const auto look = [&] {
    fs::last_write_time(folder, fs::file_time_type::clock::now() - std::chrono::days(2));
    return find_garbage(state_dir_, days(0), now_).runs.size();
  };
  EXPECT_EQ(look(), 0U);
  run.reset();
  EXPECT_EQ(look(), 1U) << "it told no end, and is gone";
}

TEST_F(GarbageTest, IsNoRunThatLeftOutAJobThatStays) {
  const fs::path run = state_dir_.make_run_folder(now_);
  const JobFolder folder = state_dir_.make_job_folder();
  JobRecorder recorder(folder, system_now, nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  recorder.emit(EventKind::job_status,
                {{"status", "REVOKED"}, {"reason", "needs"}, {"run", run.filename().string()}});
  folder_.write(fs::relative(run, folder_.path()).string() + "/report.json", "{}");
  EXPECT_THAT(find_garbage(state_dir_, {std::chrono::hours(0), 1}, now_).runs, IsEmpty());
}

TEST_F(GarbageTest, IsWhatIsNotAmongTheNewest) {
  add_job(3);
  add_job(2);
  add_job(1);
  EXPECT_THAT(found(jobs(2)), ElementsAre(1));
  EXPECT_THAT(found(jobs(5)), IsEmpty());
}

TEST_F(GarbageTest, OfTwoRulesEitherKeeps) {
  add_job(30);
  add_job(20);
  add_job(1);
  EXPECT_THAT(found({std::chrono::days(25), 1}), ElementsAre(1));
  EXPECT_THAT(found({std::chrono::hours(0), 2}), ElementsAre(1));
}

TEST_F(GarbageTest, IsNeverAJobThatIsNotOver) {
  for (const JobStatus status : {JobStatus::created, JobStatus::pending, JobStatus::started,
                                 JobStatus::retry, JobStatus::canceling}) {
    add_job(30, status);
  }
  add_job(30, JobStatus::revoked);
  add_job(1);
  EXPECT_THAT(found(jobs(0)), ElementsAre(6));
  EXPECT_EQ(find_garbage(state_dir_, jobs(0), now_).unfinished_jobs, 5U);
}

TEST_F(GarbageTest, IsNeverAJobThatIsJustBeingMade) {
  (void)state_dir_.make_job_folder();
  add_job(1);
  EXPECT_THAT(found(jobs(0)), IsEmpty());
}

TEST_F(GarbageTest, AnIdIsNotGivenOutAgain) {
  add_job(30);
  const std::int64_t newest = add_job(30);
  Garbage garbage = find_garbage(state_dir_, jobs(0), now_);
  EXPECT_THAT(remove_garbage(garbage), IsEmpty());
  EXPECT_THAT(state_dir_.job_ids(), ElementsAre(newest));
  EXPECT_GT(state_dir_.make_job_folder().id, newest);
}

TEST_F(GarbageTest, RunsGoWithTheLastOfTheirJobs) {
  add_job(30);
  add_job(30);
  Garbage garbage = find_garbage(state_dir_, days(7), now_);
  ASSERT_EQ(garbage.runs.size(), 1U);
  EXPECT_THAT(remove_garbage(garbage), IsEmpty());
  EXPECT_EQ(count_in(folder_ / "runs"), 1U);
  EXPECT_EQ(count_in(folder_ / "jobs"), 1U);
}

TEST_F(GarbageTest, ARunThatHasJustBegunStays) {
  (void)state_dir_.make_run_folder(now_);
  EXPECT_TRUE(find_garbage(state_dir_, jobs(0), now_).runs.empty());
  EXPECT_EQ(find_garbage(state_dir_, jobs(0), now_ + std::chrono::days(2)).runs.size(), 1U)
      << "nothing is known of it, and it is old";
}

TEST_F(GarbageTest, AJobThatWasTakenUpAgainStays) {
  const std::int64_t id = add_job(30);
  add_job(1);
  Garbage garbage = find_garbage(state_dir_, days(7), now_);
  JobRecorder(state_dir_.find_job(id).value(), system_now, nullptr)
      .emit(EventKind::job_status, {{"status", "PENDING"}});
  EXPECT_THAT(remove_garbage(garbage), ElementsAre(HasSubstr("job 1 is under way again")));
  EXPECT_TRUE(garbage.jobs.empty());
  EXPECT_TRUE(state_dir_.find_job(id));
}

TEST_F(GarbageTest, AJobThatHasAnOwnerStays) {
  const std::int64_t id = add_job(30);
  add_job(1);
  const auto owner = JobOwner::take(state_dir_.find_job(id).value(), "a retry");
  Garbage garbage = find_garbage(state_dir_, days(7), now_);
  EXPECT_THAT(remove_garbage(garbage), ElementsAre(HasSubstr("job 1 is under way again")));
  EXPECT_TRUE(state_dir_.find_job(id));
}

TEST_F(GarbageTest, WhatAKilledRemovalLeftIsNoJobAndGoesNextTime) {
  add_job(1);
  folder_.write("jobs/.removed-7-1/events.jsonl", "half");
  EXPECT_THAT(state_dir_.job_ids(), ElementsAre(1));
  Garbage garbage = find_garbage(state_dir_, days(7), now_);
  ASSERT_EQ(garbage.left_overs.size(), 1U);
  EXPECT_GT(garbage.bytes(), 0);
  EXPECT_THAT(remove_garbage(garbage), IsEmpty());
  EXPECT_EQ(count_in(folder_ / "jobs"), 1U);
}

// Whatever of the removal has been done when it is killed: a job is there whole, or not at all.
TEST_F(GarbageTest, AKillLeavesNoHalfJob) {
  for (int i = 0; i < 40; ++i) {
    add_job(30);
  }
  for (int round = 0; round < 8; ++round) {
    tests::ChildProcess([&] {
      Garbage garbage = find_garbage(state_dir_, days(7), now_);
      garbage.jobs.resize(std::min<std::size_t>(garbage.jobs.size(), 4));
      std::thread([] { raise(SIGKILL); }).detach(); // at any instant from now on
      (void)remove_garbage(garbage);
    }).wait();
    for (const std::int64_t id : state_dir_.job_ids()) {
      EXPECT_EQ(read_job_record(state_dir_.find_job(id).value()).status, JobStatus::success) << id;
    }
  }
}

TEST_F(GarbageTest, IsToldInOneLineWithWhatItFrees) {
  add_job(30);
  add_job(1, JobStatus::started);
  const Garbage garbage = find_garbage(state_dir_, days(7), now_);
  EXPECT_THAT(to_text(garbage, false), HasSubstr("would remove 1 job and 1 run, "));
  EXPECT_THAT(to_text(garbage, false),
              HasSubstr("; 1 job would stay, 1 of them not over; say --apply"));
  EXPECT_THAT(to_text(garbage, true), HasSubstr("removed 1 job and 1 run, "));
  const Json document = to_document(garbage, false);
  EXPECT_EQ(document["jobs"][0]["id"], 1);
  EXPECT_EQ(document["bytes"], garbage.bytes());
  EXPECT_EQ(document["removed"], false);
}

} // namespace
} // namespace nightshift

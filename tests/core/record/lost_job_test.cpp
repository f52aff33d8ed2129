// SPDX-License-Identifier: Apache-2.0

#include "core/base/file.hpp"
#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"
#include "core/record/lost_job.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <thread>

namespace nightshift {
namespace {

void touch(const std::filesystem::path& path) {
  const std::ofstream file(path);
  ASSERT_TRUE(file.is_open()) << path;
}

using testing::AllOf;
using testing::HasSubstr;

constexpr std::size_t k_most = 1 << 20;

class LostJobTest : public testing::Test {
 protected:
  LostJobTest() {
    state_dir_.prepare();
    folder_ = state_dir_.make_job_folder();
  }

  // What an owner leaves that is killed in the middle of a stage.
  void lose() {
    const auto owner = JobOwner::take(folder_, "a run");
    JobRecorder recorder(folder_, tests::SteppingClock(), nullptr);
    recorder.reserve_space();
    recorder.emit(EventKind::job_created, tests::created_attributes());
    recorder.emit(EventKind::job_attempt,
                  {{"attempt", 1}, {"run", "a run"}, {"host", "ridge-north"}, {"pid", 4711}});
    recorder.emit(EventKind::job_status, {{"status", "STARTED"}});
    recorder.emit(EventKind::stage_added, tests::stage_attributes("Data storage sync"),
                  "data_storage_sync");
    recorder.emit(EventKind::stage_started, Json::object(), "data_storage_sync");
    recorder.emit(EventKind::progress,
                  {{"done", 1200},
                   {"total", 3400},
                   {"fraction", 0.35},
                   {"counters", {{"listed", 1200}, {"new", 1200}}},
                   {"parameters", Json::array({1200})}},
                  "data_storage_sync");
  }

  [[nodiscard]] Json document() const {
    return Json::parse(read_file(folder_.record(), k_most), nullptr, false);
  }

  [[nodiscard]] int ends() const {
    int count = 0;
    read_journal(folder_.journal(), [&](Event&& event) {
      count += event.kind == EventKind::job_status && event.attributes["status"] == "FAILURE";
    });
    return count;
  }

  tests::TempDir place_;
  StateDir state_dir_{place_.path()};
  JobFolder folder_;
};

TEST_F(LostJobTest, IsFinalisedWithWhatWasLastSeenOfIt) {
  lose();
  finalise_lost_jobs(state_dir_, nullptr);
  const JobRecord record = read_job_record(folder_);
  EXPECT_EQ(record.status, JobStatus::failure);
  EXPECT_EQ(record.reason, "lost");
  EXPECT_TRUE(record.finished);
  EXPECT_EQ(record.stages[0].status, JobStatus::failure);
  EXPECT_EQ(record.stages[0].done, 1200);
  EXPECT_EQ(record.stages[0].parameters[0].value, 1200);
  EXPECT_EQ(record.attempts[0].status, JobStatus::failure);
  EXPECT_THAT(record.error->message,
              AllOf(HasSubstr("data_storage_sync at 35 %"), HasSubstr("1,200 of 3,400"),
                    HasSubstr(std::to_string(getpid())), HasSubstr("2025-01-14")));
  EXPECT_EQ(document()["status"], "FAILURE");
  EXPECT_EQ(document()["runner"]["reason"], "lost");
  EXPECT_TRUE(state_dir_.live_ids().empty());
  EXPECT_FALSE(std::filesystem::exists(folder_.reserve()));
}

TEST_F(LostJobTest, IsLeftAloneWhileItsOwnerLives) {
  lose();
  {
    const auto owner = JobOwner::take_over(folder_);
    ASSERT_TRUE(owner);
    finalise_lost_jobs(state_dir_, nullptr);
    EXPECT_EQ(look_at_job(folder_).status, JobStatus::started);
  }
  EXPECT_EQ(look_at_job(folder_).reason, "lost");
}

TEST_F(LostJobTest, IsFinalisedOnceHoweverManyLook) {
  lose();
  {
    std::vector<std::jthread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        finalise_lost_jobs(state_dir_, nullptr);
        (void)look_at_job(folder_);
      });
    }
  }
  EXPECT_EQ(ends(), 1);
}

TEST_F(LostJobTest, AJobThatIsCreatedIsNotLost) {
  {
    const auto owner = JobOwner::take(folder_, "a run");
    JobRecorder(folder_, tests::SteppingClock(), nullptr)
        .emit(EventKind::job_created, tests::created_attributes());
  }
  finalise_lost_jobs(state_dir_, nullptr);
  EXPECT_EQ(look_at_job(folder_).status, JobStatus::created);
  EXPECT_TRUE(state_dir_.live_ids().empty());
}

TEST_F(LostJobTest, AnEndThatIsInTheJournalOnlyIsPutIntoTheRecord) {
  lose();
  Journal(folder_.journal())
      .append(tests::EventScript(1).next(EventKind::job_status, {{"status", "SUCCESS"}}));
  finalise_lost_jobs(state_dir_, nullptr);
  EXPECT_EQ(document()["status"], "SUCCESS");
  EXPECT_EQ(ends(), 0);
}

TEST_F(LostJobTest, WhatAKillLeftHalfWrittenIsTidied) {
  lose();
  const auto litter = folder_.path / ".nightshift-0123456789abcdef.tmp";
  std::ofstream(litter) << "{";
  finalise_lost_jobs(state_dir_, nullptr);
  EXPECT_FALSE(std::filesystem::exists(litter));
}

TEST_F(LostJobTest, AJobWithoutAFolderIsForgotten) {
  touch(state_dir_.path() / "live/99");
  finalise_lost_jobs(state_dir_, nullptr);
  EXPECT_TRUE(state_dir_.live_ids().empty());
}

TEST_F(LostJobTest, OneThatCannotBeFinalisedDoesNotKeepOthersFromIt) {
  lose();
  const JobFolder broken = state_dir_.make_job_folder();
  std::filesystem::create_directories(broken.journal());
  touch(broken.live_mark());
  finalise_lost_jobs(state_dir_, nullptr);
  EXPECT_EQ(document()["status"], "FAILURE");
}

TEST_F(LostJobTest, AReaderWhoMayNotWriteSeesItAsLostAsWell) {
  lose();
  std::filesystem::remove(folder_.owner());
  std::filesystem::create_directories(folder_.owner()); // no lock to be had, for root neither
  const JobRecord record = look_at_job(folder_);
  EXPECT_EQ(record.reason, "lost");
  EXPECT_THAT(record.error->message, HasSubstr("pid 4711 on ridge-north"));
  EXPECT_EQ(ends(), 0);
}

// A power cut leaves any beginning of the last event, perhaps with zeros behind it.
class TornJournalTest : public LostJobTest {
 protected:
  // Finalise with the journal being `bytes`; what must hold whatever was cut.
  void check(const std::string& bytes) {
    place_.write("jobs/1/events.jsonl", bytes);
    place_.write("jobs/1/job.json", "");
    touch(folder_.live_mark());
    finalise_lost_jobs(state_dir_, nullptr);
    JournalDamage damage;
    const JobRecord record = read_job_record(folder_, &damage);
    EXPECT_EQ(record.reason, "lost") << bytes.size();
    EXPECT_EQ(damage.bytes, 0U) << bytes.size();
    EXPECT_EQ(document()["status"], "FAILURE") << bytes.size();
    EXPECT_EQ(document()["runner"]["last_event"], record.last_sequence) << bytes.size();
  }
};

TEST_F(TornJournalTest, IsFinalisedWhereverTheLastEventIsCut) {
  lose();
  const std::string whole = read_file(folder_.journal(), k_most);
  const std::size_t last = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t cut = last; cut < whole.size(); ++cut) {
    check(whole.substr(0, cut));
    check(whole.substr(0, cut) + std::string(512, '\0'));
  }
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_document.hpp"
#include "core/record/job_recorder.hpp"
#include "tests/support/events.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace nightshift {
namespace {

JobFolder folder_in(const std::filesystem::path& path) {
  const StateDir state_dir(path);
  state_dir.prepare();
  return state_dir.make_job_folder();
}

Json document_of(const JobFolder& folder) {
  return Json::parse(std::ifstream(folder.record()), nullptr, false);
}

TEST(JobRecorder, WritesTheRecordAtOnceWhenAStatusChanges) {
  const tests::TempDir place;
  const JobFolder folder = folder_in(place.path());
  JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  EXPECT_EQ(document_of(folder)["status"], "CREATED");
  recorder.emit(EventKind::job_status, {{"status", "STARTED"}});
  EXPECT_EQ(document_of(folder)["status"], "STARTED");
}

TEST(JobRecorder, WhatIsToldTogetherIsWrittenOnceAtItsEnd) {
  const tests::TempDir place;
  const JobFolder folder = folder_in(place.path());
  JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  {
    const JobRecorder::Together together(recorder);
    recorder.emit(EventKind::job_status, {{"status", "PENDING"}});
    {
      const JobRecorder::Together within(recorder);
      recorder.emit(EventKind::job_status, {{"status", "STARTED"}});
    }
    EXPECT_EQ(document_of(folder)["status"], "CREATED");
    EXPECT_EQ(read_job_record(folder).status, JobStatus::started) << "the journal has it already";
  }
  EXPECT_EQ(document_of(folder)["status"], "STARTED");
}

TEST(JobRecorder, AnEndThatIsSealedBeforeWhatIsToldTogetherEndsIsWrittenOnce) {
  const tests::TempDir place;
  const JobFolder folder = folder_in(place.path());
  JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  const std::filesystem::path kept = folder.path / "kept";
  {
    const JobRecorder::Together together(recorder);
    recorder.emit(EventKind::job_status, {{"status", "FAILURE"}});
    recorder.seal();
    EXPECT_EQ(document_of(folder)["status"], "FAILURE");
    std::filesystem::create_hard_link(folder.record(), kept);
  }
  EXPECT_TRUE(std::filesystem::equivalent(folder.record(), kept));
}

TEST(JobRecorder, NothingIsWrittenAtTheEndOfWhatNeedNotBe) {
  const tests::TempDir place;
  const JobFolder folder = folder_in(place.path());
  JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  const std::filesystem::path kept = folder.path / "kept";
  std::filesystem::create_hard_link(folder.record(), kept);
  {
    const JobRecorder::Together together(recorder);
    recorder.log(Severity::info, "line");
  }
  EXPECT_TRUE(std::filesystem::equivalent(folder.record(), kept));
}

TEST(JobRecorder, WritesLinesAtMostOnceASecond) {
  const tests::TempDir place;
  const JobFolder folder = folder_in(place.path());
  JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  const auto written = std::filesystem::last_write_time(folder.record());
  for (int i = 0; i < 1000; ++i) {
    recorder.log(Severity::info, "line");
  }
  recorder.write_if_due();
  EXPECT_EQ(std::filesystem::last_write_time(folder.record()), written);
}

TEST(JobRecorder, WritesTheRestOnlyWhereThereIsOne) {
  const tests::TempDir place;
  const JobFolder folder = folder_in(place.path());
  JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  const std::filesystem::path kept = folder.path / "kept";
  std::filesystem::create_hard_link(folder.record(), kept);
  recorder.write_rest();
  EXPECT_TRUE(std::filesystem::equivalent(folder.record(), kept));
  recorder.emit(EventKind::stage_started, Json::object(), "data_storage_sync");
  EXPECT_TRUE(std::filesystem::equivalent(folder.record(), kept)) << "within a second";
  recorder.write_rest();
  EXPECT_FALSE(std::filesystem::equivalent(folder.record(), kept));
}

TEST(JobRecorder, HidesSecretsInWhateverIsTold) {
  const tests::TempDir place;
  const JobFolder folder = folder_in(place.path());
  {
    JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
    recorder.hide_with([](std::string text) {
      const auto at = text.find("moth");
      return at == std::string::npos ? text : text.replace(at, 4, "****");
    });
    recorder.emit(EventKind::job_created, tests::created_attributes());
    recorder.log(Severity::info, "a moth in a line");
    recorder.emit(EventKind::item_failed, {{"key", "a.jpg"}, {"why", "a moth in a reason"}});
    recorder.emit(EventKind::job_status,
                  {{"status", "FAILURE"},
                   {"error", {{"class", "permanent"}, {"code", "io"}, {"message", "a moth"}}}});
  }
  for (const auto& file : {folder.journal(), folder.record()}) {
    std::ifstream stream(file);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    EXPECT_EQ(text.find("moth"), std::string::npos) << file;
    EXPECT_NE(text.find("a **** in a line"), std::string::npos) << file;
  }
}

TEST(JobRecorder, LeavesNothingUnwrittenBehind) {
  const tests::TempDir place;
  const JobFolder folder = folder_in(place.path());
  {
    JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
    recorder.emit(EventKind::job_created, tests::created_attributes());
    recorder.log(Severity::info, "the last line");
  }
  EXPECT_EQ(document_of(folder)["logs"]["stdout"].size(), 1U);
}

TEST(JobRecorder, GoesOnFromAJournalThatIsThere) {
  const tests::TempDir place;
  const JobFolder folder = folder_in(place.path());
  JobRecorder(folder, tests::SteppingClock(), nullptr)
      .emit(EventKind::job_created, tests::created_attributes());
  JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_status, {{"status", "STARTED"}});
  EXPECT_EQ(recorder.record().name, "Sync captures for deployment 250");
  EXPECT_EQ(recorder.record().last_sequence, 2U);
}

TEST(JobRecorder, TheRecordIsWhatTheJournalRebuilds) {
  const tests::TempDir place;
  const JobFolder folder = folder_in(place.path());
  JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  recorder.emit(EventKind::job_attempt, {{"attempt", 1}, {"run", "r"}});
  recorder.emit(EventKind::stage_added, tests::stage_attributes("Data storage sync"), "sync");
  recorder.emit(EventKind::progress, {{"fraction", 0.5}, {"parameters", {3}}}, "sync");
  recorder.log(Severity::error, "a line", "sync");
  recorder.emit(EventKind::job_status, {{"status", "FAILURE"}, {"reason", "io"}});
  EXPECT_EQ(to_document(read_job_record(folder)), document_of(folder));
}

TEST(JobRecorder, TellsItsListenerEveryEventInOrder) {
  const tests::TempDir place;
  tests::RecordingListener listener;
  JobRecorder recorder(folder_in(place.path()), tests::SteppingClock(), &listener);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&recorder] {
      for (int k = 0; k < 50; ++k) {
        recorder.log(Severity::info, "line");
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::uint64_t expected = 0;
  for (const Event& event : listener.events()) {
    EXPECT_EQ(event.sequence, ++expected);
  }
  EXPECT_EQ(expected, 200U);
}

TEST(JobRecorder, TellsTheEndOnAFullDiskFromTheSpaceItKeptBack) {
  const tests::SmallDisk disk(std::size_t{512} << 10U);
  const JobFolder folder = folder_in(disk.path());
  JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  recorder.reserve_space();
  disk.fill();
  recorder.emit(EventKind::job_status, {{"status", "FAILURE"}, {"reason", "no_space"}});
  ASSERT_TRUE(recorder.failure());
  EXPECT_EQ(recorder.failure()->code(), error_code::k_no_space);
  EXPECT_EQ(document_of(folder)["status"], "FAILURE");
  EXPECT_EQ(read_job_record(folder).status, JobStatus::failure);
}

TEST(JobRecorder, WithoutSpaceKeptBackTheOldRecordStaysWhole) {
  const tests::SmallDisk disk(std::size_t{512} << 10U);
  const JobFolder folder = folder_in(disk.path());
  JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
  recorder.emit(EventKind::job_created, tests::created_attributes());
  disk.fill();
  for (int i = 0; i < 200; ++i) {
    recorder.emit(EventKind::job_status, {{"status", "STARTED"}});
  }
  EXPECT_TRUE(recorder.failure());
  EXPECT_FALSE(document_of(folder).is_discarded());
  JournalDamage damage;
  (void)read_job_record(folder, &damage);
  EXPECT_EQ(damage.lines, 0U);
}

TEST(JobRecorder, GivesTheSpaceBack) {
  const tests::TempDir place;
  const JobFolder folder = folder_in(place.path());
  JobRecorder recorder(folder, tests::SteppingClock(), nullptr);
  recorder.reserve_space();
  EXPECT_TRUE(std::filesystem::exists(folder.reserve()));
  recorder.release_space();
  EXPECT_FALSE(std::filesystem::exists(folder.reserve()));
}

} // namespace
} // namespace nightshift

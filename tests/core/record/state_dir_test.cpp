// SPDX-License-Identifier: Apache-2.0

#include "core/record/state_dir.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace nightshift {
namespace {

TEST(StateDir, GivesOutIdsAboveAllOthers) {
  const tests::TempDir folder;
  const StateDir state_dir(folder / "state");
  state_dir.prepare();
  EXPECT_EQ(state_dir.make_job_folder().id, 1);
  EXPECT_EQ(state_dir.make_job_folder().id, 2);
  std::filesystem::create_directories(folder / "state/jobs/1101");
  std::filesystem::last_write_time(folder / "state/jobs", {});
  std::filesystem::create_directories(folder / "state/jobs/notes");
  EXPECT_EQ(state_dir.make_job_folder().id, 1102);
  EXPECT_EQ(state_dir.job_ids(), (std::vector<std::int64_t>{1, 2, 1101, 1102}));
}

TEST(StateDir, ADamagedHintCostsALookAtTheFolderOnly) {
  const tests::TempDir folder;
  const StateDir state_dir(folder.path());
  state_dir.prepare();
  EXPECT_EQ(state_dir.make_job_folder().id, 1);
  for (const char* text : {"", "x", "1", "99999999999999999999999 0 0 0\n"}) {
    const std::int64_t last = state_dir.job_ids().back();
    folder.write("last_id", text);
    EXPECT_EQ(state_dir.make_job_folder().id, last + 1) << text;
  }
}

TEST(StateDir, KnowsWhichJobsMayBeAlive) {
  const tests::TempDir folder;
  const StateDir state_dir(folder.path());
  EXPECT_TRUE(state_dir.live_ids().empty());
  state_dir.prepare();
  folder.write("live/12", "");
  folder.write("live/3", "");
  folder.write("live/notes", "");
  EXPECT_EQ(state_dir.live_ids(), (std::vector<std::int64_t>{3, 12}));
  state_dir.forget_live(3);
  EXPECT_EQ(state_dir.live_ids(), (std::vector<std::int64_t>{12}));
}

TEST(StateDir, NeverGivesOneIdToTwo) {
  const tests::TempDir folder;
  const StateDir state_dir(folder.path());
  state_dir.prepare();
  std::vector<std::int64_t> ids(64);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (std::size_t k = 0; k < 8; ++k) {
        ids[i * 8 + k] = state_dir.make_job_folder().id;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(std::set<std::int64_t>(ids.begin(), ids.end()).size(), ids.size());
}

TEST(StateDir, FindsAJobByItsId) {
  const tests::TempDir folder;
  const StateDir state_dir(folder.path());
  EXPECT_FALSE(state_dir.find_job(1)) << "nothing is there yet, and that is no error";
  EXPECT_TRUE(state_dir.job_ids().empty());
  state_dir.prepare();
  const JobFolder made = state_dir.make_job_folder();
  ASSERT_TRUE(state_dir.find_job(made.id));
  EXPECT_EQ(state_dir.find_job(made.id)->path, made.path);
  EXPECT_EQ(state_dir.existing_job(made.id).path, made.path);
  EXPECT_THROW(static_cast<void>(state_dir.existing_job(made.id + 1)), JobError);
}

TEST(StateDir, RunsSortByTheirTime) {
  const tests::TempDir folder;
  const StateDir state_dir(folder.path());
  state_dir.prepare();
  const auto run = state_dir.make_run_folder(parse_utc("2025-01-14T21:48:29.104233Z").value());
  EXPECT_TRUE(run.filename().string().starts_with("20250114T214829Z-")) << run;
  EXPECT_TRUE(std::filesystem::is_directory(run));
}

TEST(StateDir, SaysWhatIsInTheWay) {
  const tests::TempDir folder;
  folder.write("state", "a file where the folder should be");
  try {
    StateDir(folder / "state").prepare();
    FAIL() << "prepared a file";
  } catch (const JobError& error) {
    EXPECT_EQ(error.code(), error_code::k_cannot_create);
    EXPECT_NE(std::string(error.what()).find("--state-dir"), std::string::npos) << error.what();
  }
}

TEST(StateDir, IsTheFirstOfFlagJobFileEnvironmentAndHome) {
  setenv("HOME", "/home/u", 1);
  unsetenv("NIGHTSHIFT_STATE_DIR");
  unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(find_state_dir({}, {}).path(), "/home/u/.local/state/nightshift");
  setenv("XDG_STATE_HOME", "/xdg", 1);
  EXPECT_EQ(find_state_dir({}, {}).path(), "/xdg/nightshift");
  setenv("NIGHTSHIFT_STATE_DIR", "/own", 1);
  EXPECT_EQ(find_state_dir({}, {}).path(), "/own");
  EXPECT_EQ(find_state_dir({}, "/of/file").path(), "/of/file");
  EXPECT_EQ(find_state_dir("/asked", "/of/file").path(), "/asked");
  unsetenv("NIGHTSHIFT_STATE_DIR");
  unsetenv("XDG_STATE_HOME");
}

TEST(StateDir, IsUnknownWithoutAHome) {
  unsetenv("NIGHTSHIFT_STATE_DIR");
  unsetenv("XDG_STATE_HOME");
  unsetenv("HOME");
  EXPECT_THROW((void)find_state_dir({}, {}), JobError);
}

} // namespace
} // namespace nightshift

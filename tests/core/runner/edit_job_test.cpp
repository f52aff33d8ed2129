// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"
#include "core/runner/edit_job.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

class EditJobTest : public testing::Test {
 protected:
  EditJobTest() {
    state_.prepare();
    folder_ = state_.make_job_folder();
    emit(EventKind::job_created, tests::created_attributes());
  }

  void emit(EventKind kind, Json attributes) const {
    JobRecorder(folder_, system_now, nullptr).emit(kind, std::move(attributes));
  }

  tests::TempDir place_;
  StateDir state_{place_ / "state"};
  JobFolder folder_;
};

TEST_F(EditJobTest, ChangesTheJobAndWhatItIsStartedFrom) {
  JobEdit edit;
  edit.name = "Only a look";
  edit.delay = std::chrono::seconds(3);
  edit.limit = 10;
  edit.shuffle = false;
  edit_job(folder_, edit);
  const JobRecord record = read_job_record(folder_);
  EXPECT_EQ(record.name, "Only a look");
  EXPECT_EQ(record.delay_seconds, 3);
  EXPECT_EQ(record.limit, 10);
  EXPECT_FALSE(record.shuffle);
  EXPECT_NE(record.seed, 0U);
  EXPECT_EQ(record.definition["name"], "Only a look");
  EXPECT_EQ(record.definition["delay_ms"], 3000);
  EXPECT_EQ(record.definition["limit"], 10);
  EXPECT_EQ(record.definition["seed"], record.seed);
  EXPECT_EQ(record.definition["shuffle"], false);
  EXPECT_EQ(record.definition["type"], "data_storage_sync") << "the rest stays";
  EXPECT_EQ(record.status, JobStatus::created);
}

TEST_F(EditJobTest, ALimitCanBeTakenAway) {
  JobEdit edit;
  edit.limit = 10;
  edit_job(folder_, edit);
  edit.limit = std::optional<std::int64_t>();
  edit_job(folder_, edit);
  EXPECT_FALSE(read_job_record(folder_).limit);
  EXPECT_TRUE(read_job_record(folder_).definition["limit"].is_null());
}

TEST_F(EditJobTest, AnEndedJobCanBeRenamedOnly) {
  emit(EventKind::job_status, {{"status", "SUCCESS"}});
  JobEdit edit;
  edit.name = "Kept";
  edit_job(folder_, edit);
  EXPECT_EQ(read_job_record(folder_).name, "Kept");
  edit.shuffle = false;
  EXPECT_EQ(tests::error_of([&] { edit_job(folder_, edit); }).code(), "busy");
}

TEST_F(EditJobTest, ARunningJobIsItsOwners) {
  JobEdit edit;
  edit.name = "Mine";
  const auto owner = JobOwner::take_over(folder_);
  EXPECT_EQ(tests::error_of([&] { edit_job(folder_, edit); }).code(), "busy");
  emit(EventKind::job_status, {{"status", "STARTED"}});
  EXPECT_EQ(tests::error_of([&] { edit_job(folder_, edit); }).code(), "busy");
  EXPECT_EQ(read_job_record(folder_).name, "Sync captures for deployment 250");
}

} // namespace
} // namespace nightshift

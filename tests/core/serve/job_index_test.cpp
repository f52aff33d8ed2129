// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"
#include "core/runner/garbage.hpp"
#include "core/serve/job_index.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

namespace nightshift::serve {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class JobIndexTest : public testing::Test {
 protected:
  JobIndexTest() { state_.prepare(); }

  JobFolder make_job() const {
    JobFolder folder = state_.make_job_folder();
    JobRecorder recorder(folder, system_now, nullptr);
    recorder.emit(EventKind::job_created, tests::created_attributes());
    return folder;
  }

  static void set_status(const JobFolder& folder, JobStatus status) {
    auto owner = JobOwner::take_over(folder);
    ASSERT_TRUE(owner);
    JobRecorder(folder, system_now, nullptr)
        .emit(EventKind::job_status, {{"status", to_string(status)}});
    owner->finish();
  }

  // As they look long after whatever happened in them.
  void let_folders_settle() const {
    for (const char* const name : {"jobs", "live"}) {
      const timespec long_ago[2]{{1'700'000'000, 0}, {1'700'000'000, 0}};
      utimensat(AT_FDCWD, (state_.path() / name).c_str(), long_ago, 0);
    }
  }

  [[nodiscard]] std::vector<std::string_view> statuses() {
    std::vector<std::string_view> all;
    const JobIndex::Jobs jobs = index_.jobs();
    for (const JobSummary& job : *jobs) {
      all.push_back(to_string(job.status));
    }
    return all;
  }

  tests::TempDir place_;
  StateDir state_{place_ / "state"};
  JobIndex index_{state_};
};

TEST_F(JobIndexTest, SeesJobsComeChangeAndGo) {
  EXPECT_THAT(statuses(), IsEmpty());
  const JobFolder one = make_job();
  const JobFolder two = make_job();
  EXPECT_THAT(statuses(), ElementsAre("CREATED", "CREATED"));
  set_status(two, JobStatus::success);
  EXPECT_THAT(statuses(), ElementsAre("CREATED", "SUCCESS"));
  remove_job(state_, two);
  EXPECT_THAT(statuses(), ElementsAre("CREATED"));
  EXPECT_EQ(make_job().id, 3) << "an id is never given out again";
}

TEST_F(JobIndexTest, AnOpenJobIsLookedAtThoughTheFoldersAreUnchanged) {
  const JobFolder job = make_job();
  let_folders_settle();
  EXPECT_THAT(statuses(), ElementsAre("CREATED"));
  { JobRecorder(job, system_now, nullptr).emit(EventKind::job_status, {{"status", "FAILURE"}}); }
  let_folders_settle();
  EXPECT_THAT(statuses(), ElementsAre("FAILURE"));
}

TEST_F(JobIndexTest, AnEndedJobThatSomebodyTookUpIsLookedAtAgain) {
  const JobFolder job = make_job();
  set_status(job, JobStatus::success);
  let_folders_settle();
  EXPECT_THAT(statuses(), ElementsAre("SUCCESS"));
  set_status(job, JobStatus::revoked);
  EXPECT_THAT(statuses(), ElementsAre("REVOKED"));
}

TEST_F(JobIndexTest, ALostJobIsFinalised) {
  const JobFolder job = make_job();
  {
    auto owner = JobOwner::take_over(job); // dropped without its end told: as if killed
    JobRecorder(job, system_now, nullptr).emit(EventKind::job_status, {{"status", "STARTED"}});
  }
  EXPECT_THAT(statuses(), ElementsAre("FAILURE"));
  EXPECT_EQ(index_.jobs()->front().reason, "lost");
}

TEST_F(JobIndexTest, AJobThatIsJustBeingMadeAppearsWhenItIs) {
  const JobFolder folder = state_.make_job_folder();
  let_folders_settle();
  EXPECT_THAT(statuses(), IsEmpty());
  EXPECT_THAT(statuses(), IsEmpty());
  {
    JobRecorder(folder, system_now, nullptr)
        .emit(EventKind::job_created, tests::created_attributes());
  }
  let_folders_settle();
  EXPECT_THAT(statuses(), ElementsAre("CREATED"));
}

} // namespace
} // namespace nightshift::serve

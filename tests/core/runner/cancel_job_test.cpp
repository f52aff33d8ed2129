// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"
#include "core/runner/cancel_job.hpp"
#include "core/runner/cancel_watch.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

constexpr std::chrono::minutes k_patience{1};

class CancelJobTest : public testing::Test {
 protected:
  CancelJobTest() {
    const StateDir state_dir(place_.path());
    state_dir.prepare();
    folder_ = state_dir.make_job_folder();
    recorder_.emplace(folder_, system_now, nullptr);
    recorder_->emit(EventKind::job_created, tests::created_attributes());
  }

  CancelResult cancel(std::chrono::milliseconds patience = k_patience) {
    return cancel_job(folder_, {"wrong bucket", "ann"}, patience);
  }

  void set(const char* status) { recorder_->emit(EventKind::job_status, {{"status", status}}); }

  tests::TempDir place_;
  JobFolder folder_;
  std::optional<JobRecorder> recorder_;
};

TEST_F(CancelJobTest, AJobThatWasNeverBegunIsRevoked) {
  const CancelResult result = cancel();
  EXPECT_EQ(result.answer, CancelAnswer::revoked);
  EXPECT_EQ(result.record.status, JobStatus::revoked);
  EXPECT_EQ(result.record.reason, "cancelled");
  EXPECT_TRUE(result.record.finished);
  EXPECT_EQ(result.record.error->message, "cancelled by ann: wrong bucket");
}

TEST_F(CancelJobTest, AJobUnderWayIsAskedFor) {
  const auto owner = JobOwner::take(folder_, "a run");
  set("STARTED");
  CancelWatch watch;
  watch.add(folder_, [this](const CancelRequest& request) {
    EXPECT_EQ(request.reason, "wrong bucket");
    set("CANCELING");
  });
  EXPECT_EQ(cancel().answer, CancelAnswer::canceling);
}

TEST_F(CancelJobTest, ARequestStaysWhereNobodyAnswers) {
  const auto owner = JobOwner::take(folder_, "a run");
  set("STARTED");
  EXPECT_EQ(cancel(std::chrono::milliseconds{0}).answer, CancelAnswer::unanswered);
  EXPECT_TRUE(read_cancel_request(folder_));
}

TEST_F(CancelJobTest, OneThatHasEndedStaysAsItIs) {
  set("SUCCESS");
  const CancelResult result = cancel();
  EXPECT_EQ(result.answer, CancelAnswer::ended);
  EXPECT_EQ(result.record.status, JobStatus::success);
  EXPECT_FALSE(read_cancel_request(folder_));
}

TEST_F(CancelJobTest, OneThatIsLostIsFinalised) {
  set("STARTED");
  const CancelResult result = cancel();
  EXPECT_EQ(result.answer, CancelAnswer::lost);
  EXPECT_EQ(result.record.status, JobStatus::failure);
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/record/cancel_request.hpp"
#include "core/runner/deployment_turn.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <future>
#include <memory>
#include <stop_token>
#include <thread>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Knows when a job has begun to wait.
class WaitingListener final : public EventListener {
 public:
  void on_event(const Event& event) noexcept override {
    if (event.message.starts_with("Waiting")) {
      waits_.set_value();
    }
  }

  void await() { waits_.get_future().wait(); }

 private:
  std::promise<void> waits_;
};

class DeploymentTurnTest : public testing::Test {
 protected:
  DeploymentTurnTest() {
    const StateDir state_dir(place_ / "state");
    state_dir.prepare();
    holder_ = state_dir.make_job_folder();
    recorder_ = std::make_unique<JobRecorder>(state_dir.make_job_folder(), system_now, &listener_);
  }

  [[nodiscard]] OwnerFacts facts(std::int64_t job, const std::string& run) const {
    return {own_process(), run, job, (place_ / "state").string(), {}};
  }

  [[nodiscard]] std::unique_ptr<DeploymentTurn> turn(std::int64_t job, const std::string& run,
                                                     std::int64_t deployment = 250) const {
    return std::make_unique<DeploymentTurn>(place_ / "locks", deployment, facts(job, run));
  }

  std::optional<JobOutcome> take(DeploymentTurn& turn, OverlapPolicy policy) {
    return turn.take({policy, {}}, *recorder_, stop_.get_token(),
                     [this](std::int64_t job) { return job == left_behind_; });
  }

  // The job of another run that has the deployment now.
  std::unique_ptr<DeploymentTurn> hold() {
    auto holder = turn(holder_.id, "another run");
    EXPECT_FALSE(take(*holder, OverlapPolicy::fail));
    return holder;
  }

  tests::TempDir place_;
  JobFolder holder_;
  WaitingListener listener_;
  std::unique_ptr<JobRecorder> recorder_;
  std::stop_source stop_;
  std::atomic<std::int64_t> left_behind_{0};
};

TEST_F(DeploymentTurnTest, OneJobAtATimeHasADeployment) {
  const auto holder = hold();
  const auto refused = take(*turn(2, "a run"), OverlapPolicy::fail);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, JobStatus::failure);
  EXPECT_EQ(refused->reason, "overlap");
  EXPECT_EQ(refused->error->code, error_code::k_busy);
  EXPECT_THAT(refused->error->message,
              AllOf(HasSubstr("deployment 250"), HasSubstr(std::to_string(getpid())),
                    HasSubstr(own_process().host), HasSubstr("since"), HasSubstr("job 1 in"),
                    HasSubstr((place_ / "state").string())));
  EXPECT_FALSE(refused->transient) << "it is not tried again";
}

TEST_F(DeploymentTurnTest, OthersMayBeWrittenMeanwhile) {
  const auto holder = hold();
  EXPECT_FALSE(take(*turn(2, "a run", 251), OverlapPolicy::fail));
}

TEST_F(DeploymentTurnTest, ASkippedJobIsRevoked) {
  const auto holder = hold();
  const auto refused = take(*turn(2, "a run"), OverlapPolicy::skip);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, JobStatus::revoked);
  EXPECT_EQ(refused->reason, "overlap");
}

TEST_F(DeploymentTurnTest, IsGivenBackAtTheEnd) {
  hold().reset();
  EXPECT_FALSE(take(*turn(2, "a run"), OverlapPolicy::fail));
}

TEST_F(DeploymentTurnTest, AWaitingJobGoesOnWhenTheOtherHasEnded) {
  auto holder = hold();
  auto waiting = std::async(std::launch::async, [this] {
    return take(*turn(2, "a run"), OverlapPolicy::wait).has_value();
  });
  listener_.await();
  EXPECT_EQ(recorder_->record().status, JobStatus::pending);
  holder.reset();
  EXPECT_FALSE(waiting.get());
}

TEST_F(DeploymentTurnTest, AJobOfTheSameRunIsWaitedForWhateverThePolicy) {
  auto holder = hold();
  auto waiting = std::async(std::launch::async, [this] {
    return take(*turn(2, "another run"), OverlapPolicy::fail).has_value();
  });
  listener_.await();
  holder.reset();
  EXPECT_FALSE(waiting.get());
}

TEST_F(DeploymentTurnTest, AJobOfTheSameRunThatWasLeftBehindIsNotWaitedFor) {
  const auto holder = hold();
  auto waiting = std::async(std::launch::async,
                            [this] { return take(*turn(2, "another run"), OverlapPolicy::wait); });
  listener_.await();
  left_behind_ = holder_.id;
  const auto refused = waiting.get();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, JobStatus::failure);
  EXPECT_EQ(refused->reason, "overlap");
  EXPECT_THAT(refused->error->message, HasSubstr("job 1 of this run was left behind"));
}

TEST_F(DeploymentTurnTest, AJobOfTheSameRunIsNotAskedToCancel) {
  auto holder = hold();
  auto waiting = std::async(std::launch::async, [this] {
    return take(*turn(2, "another run"), OverlapPolicy::replace).has_value();
  });
  listener_.await();
  holder.reset();
  EXPECT_FALSE(waiting.get());
  EXPECT_FALSE(read_cancel_request(holder_));
}

TEST_F(DeploymentTurnTest, PatienceIsForOtherRuns) {
  auto holder = hold();
  auto waiting = std::async(std::launch::async, [this] {
    return turn(2, "another run")
        ->take({OverlapPolicy::wait, std::chrono::milliseconds{0}}, *recorder_, stop_.get_token(),
               [](std::int64_t) { return false; })
        .has_value();
  });
  listener_.await();
  holder.reset();
  EXPECT_FALSE(waiting.get());
}

TEST_F(DeploymentTurnTest, PatienceEnds) {
  const auto holder = hold();
  const auto refused = turn(2, "a run")
                           ->take({OverlapPolicy::wait, std::chrono::milliseconds{1}}, *recorder_,
                                  stop_.get_token(), [](std::int64_t) { return false; });
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, JobStatus::failure);
  EXPECT_THAT(refused->error->message, HasSubstr("after waiting for 1ms"));
}

TEST_F(DeploymentTurnTest, AStopEndsTheWaiting) {
  const auto holder = hold();
  auto waiting = std::async(std::launch::async, [this] {
    return take(*turn(2, "a run"), OverlapPolicy::wait).has_value();
  });
  listener_.await();
  stop_.request_stop();
  EXPECT_THROW((void)waiting.get(), JobError);
}

TEST_F(DeploymentTurnTest, ReplacingAsksTheHolderToCancel) {
  auto holder = hold();
  auto waiting = std::async(std::launch::async, [this] {
    return take(*turn(2, "a run"), OverlapPolicy::replace).has_value();
  });
  listener_.await();
  while (!read_cancel_request(holder_)) {
    std::this_thread::yield();
  }
  EXPECT_THAT(read_cancel_request(holder_)->reason, HasSubstr("job 2"));
  holder.reset();
  EXPECT_FALSE(waiting.get());
}

TEST_F(DeploymentTurnTest, AHolderThatWasKilledHoldsNothing) {
  tests::ChildProcess child([this] {
    const auto holder = hold();
    std::raise(SIGKILL);
  });
  EXPECT_EQ(child.wait(), -SIGKILL);
  EXPECT_FALSE(take(*turn(2, "a run"), OverlapPolicy::fail));
}

} // namespace
} // namespace nightshift

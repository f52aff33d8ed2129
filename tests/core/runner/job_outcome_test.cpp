// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_outcome.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace nightshift {
namespace {

template <class Thrown>
JobOutcome outcome_of(const Thrown& thrown) {
  try {
    throw thrown;
  } catch (...) {
    return outcome_of_current_exception();
  }
}

TEST(JobOutcome, OfAJobErrorKeepsItsClassCodeAndSentence) {
  const JobOutcome outcome = outcome_of(permanent_error("mass_loss", "900 are gone"));
  EXPECT_EQ(outcome.status, JobStatus::failure);
  EXPECT_EQ(outcome.reason, "mass_loss");
  EXPECT_EQ(outcome.error->error_class, "permanent");
  EXPECT_EQ(outcome.error->message, "900 are gone");
  EXPECT_FALSE(outcome.transient);
}

TEST(JobOutcome, OfATransientErrorAllowsAnotherAttempt) {
  using std::chrono::milliseconds;
  const JobOutcome outcome =
      outcome_of(JobError(ErrorClass::transient, "busy", "locked", milliseconds(250)));
  EXPECT_TRUE(outcome.transient);
  EXPECT_EQ(outcome.retry_after, milliseconds(250));
}

TEST(JobOutcome, OfWhateverElseIsThrownIsPermanent) {
  EXPECT_EQ(outcome_of(std::runtime_error("oops")).reason, "internal");
  EXPECT_NE(outcome_of(std::runtime_error("oops")).error->message.find("oops"), std::string::npos);
  EXPECT_EQ(outcome_of(42).reason, "internal");
  EXPECT_FALSE(outcome_of(42).transient);
}

TEST(JobOutcome, OfAStopDependsOnWhoAsked) {
  RunLimits limits;
  limits.timeout = std::chrono::hours(2);
  const JobOutcome late = outcome_of_stop(StopReason::timeout, limits, {});
  EXPECT_EQ(late.status, JobStatus::failure);
  EXPECT_EQ(late.reason, "timeout");
  EXPECT_NE(late.error->message.find("2h"), std::string::npos);

  const JobOutcome interrupted = outcome_of_stop(StopReason::interrupted, limits, {});
  EXPECT_EQ(interrupted.status, JobStatus::revoked);
  EXPECT_EQ(interrupted.reason, "interrupted");

  EXPECT_EQ(outcome_of_stop(StopReason::checkpoint, limits, {}).reason, "checkpoint");

  const JobOutcome unrecorded =
      outcome_of_stop(StopReason::unrecorded, limits, permanent_error("no_space", "disk full"));
  EXPECT_EQ(unrecorded.status, JobStatus::failure);
  EXPECT_EQ(unrecorded.reason, "no_space");
  EXPECT_EQ(unrecorded.error->message, "disk full");
}

} // namespace
} // namespace nightshift

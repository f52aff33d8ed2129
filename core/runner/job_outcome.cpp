// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_outcome.hpp"

#include <nightshift/units.hpp>

#include <fmt/format.h>

#include <exception>

namespace nightshift {
namespace {

JobOutcome failure_outcome(const std::string& code, const std::string& message) {
  JobOutcome outcome;
  outcome.status = JobStatus::failure;
  outcome.reason = code;
  outcome.error = ErrorRecord{"permanent", code, message};
  return outcome;
}

JobOutcome revoked_outcome(const std::string& reason, const std::string& message) {
  JobOutcome outcome;
  outcome.status = JobStatus::revoked;
  outcome.reason = reason;
  outcome.error = ErrorRecord{"cancelled", reason, message};
  outcome.cancelled = true;
  return outcome;
}

} // namespace

JobOutcome outcome_of_current_exception() {
  try {
    throw;
  } catch (const JobError& error) {
    JobOutcome outcome = failure_outcome(error.code(), error.what());
    outcome.error->error_class = to_string(error.error_class());
    outcome.retry_after = error.retry_after();
    outcome.transient = error.error_class() == ErrorClass::transient;
    outcome.cancelled = error.error_class() == ErrorClass::cancelled;
    return outcome;
  } catch (const std::exception& error) {
    return failure_outcome(error_code::k_internal,
                           fmt::format("a stage ended unexpectedly: {}", error.what()));
  } catch (...) { // thrown by a plugin, of no type that could say more
    return failure_outcome(error_code::k_internal,
                           "a stage ended unexpectedly: its plugin threw what is no exception");
  }
}

JobOutcome outcome_of_stop(StopReason reason, const RunLimits& limits,
                           const std::optional<JobError>& failure) {
  switch (reason) {
  case StopReason::timeout:
    return failure_outcome(
        error_code::k_timeout,
        fmt::format("the job took longer than its timeout of {}",
                    print_duration(limits.timeout.value_or(std::chrono::milliseconds{0}))));
  case StopReason::unrecorded:
    return failure_outcome(failure ? failure->code() : error_code::k_io,
                           failure ? failure->what() : "the job's events cannot be written");
  case StopReason::checkpoint:
    return revoked_outcome("checkpoint", "stopped on USR1; run it again to go on");
  case StopReason::none:
  case StopReason::cancelled: // see cancelled_outcome
  case StopReason::interrupted:
    break;
  }
  return interrupted_outcome();
}

JobOutcome cancelled_outcome(const std::string& why) {
  return revoked_outcome("cancelled", why);
}

JobOutcome interrupted_outcome() {
  return revoked_outcome("interrupted", "interrupted; run it again to go on");
}

} // namespace nightshift

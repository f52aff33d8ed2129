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
  case StopReason::stage_timeout:
    return failure_outcome(
        error_code::k_timeout,
        fmt::format("a stage took longer than its stage_timeout of {}",
                    print_duration(limits.stage_timeout.value_or(std::chrono::milliseconds{0}))));
  case StopReason::stalled:
    return failure_outcome("stalled", fmt::format("nothing moved for {}; the log says where each "
                                                  "thread was",
                                                  print_duration(limits.stall_timeout)));
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
  return revoked_outcome("interrupted", "interrupted; run it again to go on");
}

JobOutcome cancelled_outcome(const std::string& why) {
  return revoked_outcome("cancelled", why);
}

JobOutcome outcome_of_abandonment(StopReason reason, const std::string& stage,
                                  std::chrono::milliseconds grace) {
  const std::string what = stage.empty() ? "the job" : fmt::format("the stage \"{}\"", stage);
  if (reason == StopReason::interrupted || reason == StopReason::checkpoint) {
    return revoked_outcome(reason == StopReason::checkpoint ? "checkpoint" : "interrupted",
                           fmt::format("stopped before {} had ended; run it again to go on", what));
  }
  return failure_outcome(
      "stuck", fmt::format("{} did not end within {} of being asked to, and was left behind; its "
                           "plugin does not watch the stop token",
                           what, print_duration(grace)));
}

} // namespace nightshift

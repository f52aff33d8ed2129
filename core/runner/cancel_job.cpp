// SPDX-License-Identifier: Apache-2.0

#include "core/runner/cancel_job.hpp"

#include "core/base/file_watch.hpp"
#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"
#include "core/record/lost_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nightshift {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A job that nobody has begun: there is no owner to ask. False if somebody has begun it now.
bool revoke_created(const JobFolder& folder, const CancelRequest& request) {
  auto owner = JobOwner::take_over(folder);
  if (!owner) {
    return false;
  }
  JobRecorder recorder(folder, system_now, nullptr);
  if (recorder.record().status == JobStatus::created) {
    const std::string why = to_text(request);
    recorder.log(Severity::warning, why);
    recorder.emit_logged(
        EventKind::job_status, Severity::info,
        fmt::format("Changing status of job {} to REVOKED", folder.id),
        {{"status", to_string(JobStatus::revoked)},
         {"reason", "cancelled"},
         {"error", {{"class", "cancelled"}, {"code", "cancelled"}, {"message", why}}}},
        {});
  }
  if (const auto failure = recorder.failure()) {
    throw *failure;
  }
  owner->finish();
  return true;
}

CancelAnswer answer_of(const JobRecord& record, JobStatus before) {
  if (record.status == JobStatus::canceling) {
    return CancelAnswer::canceling;
  }
  if (!is_final(record.status)) {
    return CancelAnswer::unanswered;
  }
  if (is_final(before)) {
    return CancelAnswer::ended;
  }
  return record.reason == "lost"        ? CancelAnswer::lost
         : record.reason == "cancelled" ? CancelAnswer::revoked
                                        : CancelAnswer::ended;
}

} // namespace

CancelResult cancel_job(const JobFolder& folder, const CancelRequest& request,
                        std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds k_look_again{500}; // where nothing tells of a change
  const JobStatus before = read_job_record(folder).status;
  FileWatch watch;
  watch.add(folder.path);
  for (const auto end = SteadyClock::now() + patience;;) {
    CancelResult result;
    result.record = look_at_job(folder);
    result.answer = answer_of(result.record, before);
    if (result.answer != CancelAnswer::unanswered) {
      return result;
    }
    if (result.record.status == JobStatus::created && revoke_created(folder, request)) {
      continue;
    }
    // Again, if need be: an owner who has just begun drops the requests of former times.
    if (!read_cancel_request(folder)) {
      write_cancel_request(folder, request);
    }
    // Not before it was asked for once, however slow this machine is.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - SteadyClock::now());
    if (left.count() <= 0) {
      return result;
    }
    watch.wait(std::min(left, k_look_again));
  }
}

} // namespace nightshift

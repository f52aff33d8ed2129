// SPDX-License-Identifier: Apache-2.0

#include "core/runner/retry_job.hpp"

#include <nightshift/job_status.hpp>

#include <fmt/format.h>

namespace nightshift {

void begin_again(JobRecorder& recorder) {
  const JobRecord record = recorder.record();
  recorder.log(Severity::info, fmt::format("Retrying job #{} \"{}\"", record.id, record.name));
  recorder.emit_logged(EventKind::job_status, Severity::info,
                       fmt::format("Changing status of job {} to RETRY", record.id),
                       {{"status", to_string(JobStatus::retry)}}, {});
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// Jobs whose owner is gone: killed, out of memory, the machine restarted. Whoever sees one next
// finalises it, once: FAILURE with reason `lost`, and what was last seen of it. A job that is
// CREATED was not begun and is not lost.

#pragma once

#include "core/record/event.hpp"
#include "core/record/job_record.hpp"
#include "core/record/state_dir.hpp"

#include <nightshift/job_status.hpp>

#include <string>

namespace nightshift {

// How a job ended whose process could not tell.
struct JobEnding {
  JobStatus status = JobStatus::failure;
  std::string reason;
  std::string why; // a sentence
};

// Tell the end of a job whose process is known to be gone, unless the process did. `listener` may
// be null. Throws `JobError`.
void finalise_ended(const JobFolder& folder, const JobEnding& ending, EventListener* listener);

// The job's record; a lost job is finalised first or, where that cannot be written, shown as if it
// were. Throws `JobError` if there is no journal that can be read.
[[nodiscard]] JobRecord look_at_job(const JobFolder& folder);

// Finalise the job if it is lost, and tidy what its owner left. `listener` may be null. Throws
// `JobError`.
void finalise_if_lost(const JobFolder& folder, EventListener* listener);

// The same for all jobs that were alive when last seen. A job that cannot be finalised is left to
// the next one who looks.
void finalise_lost_jobs(const StateDir& state_dir, EventListener* listener);

} // namespace nightshift

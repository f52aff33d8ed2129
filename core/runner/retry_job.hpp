// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/record/job_recorder.hpp"

namespace nightshift {

// Take a job that has ended back to its beginning, as Antenna does: RETRY, without an end and
// without progress. The attempt that follows tells the rest.
void begin_again(JobRecorder& recorder);

} // namespace nightshift

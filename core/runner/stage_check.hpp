// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/config/job_file.hpp"

#include <nightshift/progress.hpp>

namespace nightshift {

// Throws `not_reconciled` if a stage that ended well has objects unaccounted for, `too_many_failed`
// if more of them failed than the job may lose.
void check_stage(const StageProgress& progress, const RunLimits& limits);

} // namespace nightshift

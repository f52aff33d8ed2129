// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/record/cancel_request.hpp"
#include "core/record/job_record.hpp"
#include "core/record/state_dir.hpp"

#include <chrono>
#include <cstdint>

namespace nightshift {

enum class CancelAnswer : std::uint8_t {
  revoked,    // it ended so, or was never begun
  canceling,  // its owner has seen the request
  ended,      // it had ended already, or ended otherwise before it could be stopped
  lost,       // its owner is gone; it is finalised
  unanswered, // its owner has not seen the request yet; it stays
};

struct CancelResult {
  CancelAnswer answer = CancelAnswer::unanswered;
  JobRecord record; // afterwards
};

// Have a job cancelled, by a request to its owner if it has one, and wait up to `patience` for an
// answer. Throws `JobError` if the job cannot be read or the request not be written.
[[nodiscard]] CancelResult cancel_job(const JobFolder& folder, const CancelRequest& request,
                                      std::chrono::milliseconds patience);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// How a job is asked to stop from outside: by a file in its folder, which its owner watches for. So
// it works for whoever may write there, from another machine too, and needs no signal.

#pragma once

#include "core/record/state_dir.hpp"

#include <optional>
#include <string>

namespace nightshift {

struct CancelRequest {
  std::string reason; // a person's words; may be ""
  std::string by;     // "ann on ridge-north"
};

// Of the user who runs this process.
[[nodiscard]] CancelRequest make_cancel_request(std::string reason);

// "cancelled by ann on ridge-north: wrong bucket"
[[nodiscard]] std::string to_text(const CancelRequest& request);

// Put it in the job's folder, atomically. Throws `JobError`.
void write_cancel_request(const JobFolder& folder, const CancelRequest& request);

// The request in the job's folder, if there is one; one that cannot be read counts as well.
[[nodiscard]] std::optional<CancelRequest> read_cancel_request(const JobFolder& folder);

} // namespace nightshift

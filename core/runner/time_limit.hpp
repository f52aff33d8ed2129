// SPDX-License-Identifier: Apache-2.0
//
// How long a run may go on before it stops by itself: a batch scheduler that ends it gives no time
// to save anything, or too little.

#pragma once

#include "core/base/time.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace nightshift {

struct TimeLimit {
  std::string limit; // a duration, or "auto": the scheduler's
  std::optional<std::chrono::milliseconds> stop_before = {}; // none: 1min of "auto", else 0
};

// From `now` until the run is to stop, 0 if it is late already. Throws `JobError` (`config`) if
// `limit` is neither, leaves nothing, or the scheduler does not tell when it ends the job.
[[nodiscard]] std::chrono::milliseconds
time_to_run(const TimeLimit& limit, const std::function<const char*(const char*)>& environment,
            TimePoint now);

} // namespace nightshift

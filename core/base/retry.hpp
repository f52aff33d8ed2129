// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace nightshift {

struct RetryPolicy {
  std::chrono::milliseconds first_delay{1000};
  std::chrono::milliseconds longest_delay{60'000};
};

// How long to wait before attempt `attempt` + 1 (attempts count from 1): full jitter, a random time
// up to first_delay * 2^(attempt - 1), capped; at least `asked_for` (a Retry-After).
// Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
[[nodiscard]] std::chrono::milliseconds
retry_delay(const RetryPolicy& policy, int attempt,
            std::optional<std::chrono::milliseconds> asked_for, std::mt19937_64& random);

} // namespace nightshift

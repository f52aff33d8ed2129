// SPDX-License-Identifier: Apache-2.0

#include "core/base/retry.hpp"

#include <algorithm>

namespace nightshift {

std::chrono::milliseconds retry_delay(const RetryPolicy& policy, int attempt,
                                      std::optional<std::chrono::milliseconds> asked_for,
                                      std::mt19937_64& random) {
  auto longest = policy.first_delay;
  for (int doubled = 1; doubled < attempt && longest < policy.longest_delay; ++doubled) {
    longest *= 2;
  }
  longest = std::min(longest, policy.longest_delay);
  std::uniform_int_distribution<std::chrono::milliseconds::rep> jitter(0, longest.count());
  const std::chrono::milliseconds delay(jitter(random));
  return std::max(delay, asked_for.value_or(delay));
}

} // namespace nightshift

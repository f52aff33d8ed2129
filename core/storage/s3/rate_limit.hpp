// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <functional>
#include <mutex>

namespace nightshift::s3 {

// Where the time comes from that waits are measured by; tests put in their own.
using SteadyClock = std::function<std::chrono::steady_clock::time_point()>;

// A token bucket that holds one second's worth: what is not used is not saved up for longer. Any
// thread.
class RateLimit {
 public:
  // So much a second; 0: without limit.
  RateLimit(double per_second, SteadyClock now);

  // Use up `amount`, which may be more than there is: the time to wait until that is made up for.
  [[nodiscard]] std::chrono::milliseconds take(double amount);

 private:
  const double per_second_;
  const SteadyClock now_;
  std::mutex mutex_; // of what follows
  double left_;      // below 0 where more was used up than there was
  std::chrono::steady_clock::time_point at_;
};

} // namespace nightshift::s3

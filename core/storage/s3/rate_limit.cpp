// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/rate_limit.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::s3 {

RateLimit::RateLimit(double per_second, SteadyClock now)
    : per_second_(per_second),
      now_(std::move(now)),
      left_(per_second),
      at_(now_()) {}

std::chrono::milliseconds RateLimit::take(double amount) {
  if (per_second_ <= 0) {
    return std::chrono::milliseconds{0};
  }
  const std::scoped_lock lock(mutex_);
  const auto now = now_();
  const std::chrono::duration<double> passed = now - std::exchange(at_, now);
  left_ = std::min(left_ + passed.count() * per_second_, per_second_) - amount;
  const std::chrono::duration<double> debt(std::max(-left_ / per_second_, 0.0));
  return std::chrono::ceil<std::chrono::milliseconds>(debt);
}

} // namespace nightshift::s3

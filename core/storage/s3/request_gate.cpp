// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/request_gate.hpp"

#include <nightshift/error.hpp>

#include <algorithm>

namespace nightshift::s3 {

RequestGate::Pass RequestGate::enter(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!room_.wait(lock, stop, [this] { return inside_ < limit_; }) || stop.stop_requested()) {
    throw cancelled_error();
  }
  ++inside_;
  return {*this, round_};
}

int RequestGate::limit() const {
  const std::scoped_lock lock(mutex_);
  return limit_;
}

void RequestGate::leave() {
  {
    const std::scoped_lock lock(mutex_);
    --inside_;
  }
  room_.notify_all();
}

void RequestGate::note_success() {
  const std::scoped_lock lock(mutex_);
  if (limit_ < most_ && ++successes_ >= limit_) {
    ++limit_;
    successes_ = 0;
  }
}

void RequestGate::note_slow_down(std::uint64_t round) {
  const std::scoped_lock lock(mutex_);
  if (round == round_) {
    limit_ = std::max(limit_ / 2, 1);
    successes_ = 0;
    ++round_;
  }
}

} // namespace nightshift::s3

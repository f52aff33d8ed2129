// SPDX-License-Identifier: Apache-2.0

#include "core/runner/taker_use.hpp"

#include <pthread.h>

namespace nightshift {

namespace {

using Duration = TakerUse::Duration;

Duration read_clock(clockid_t clock) noexcept {
  std::timespec time{};
  (void)clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

Duration wall_now() noexcept {
  return std::chrono::steady_clock::now().time_since_epoch();
}

} // namespace

TakerUse::Part::Part(TakerUse& use) : use_(use) {
  (void)pthread_getcpuclockid(pthread_self(), &cpu_clock_);
  begun_ = {read_clock(cpu_clock_), wall_now()};
  const std::scoped_lock lock(use_.mutex_);
  use_.parts_.push_back(this);
}

TakerUse::Part::~Part() {
  const Reading own = since_begun();
  const std::scoped_lock lock(use_.mutex_);
  use_.left_.cpu += own.cpu;
  use_.left_.wall += own.wall;
  use_.parts_.remove(this);
}

TakerUse::Reading TakerUse::Part::since_begun() const noexcept {
  return {read_clock(cpu_clock_) - begun_.cpu, wall_now() - begun_.wall};
}

TakerUse::Reading TakerUse::read() const {
  const std::scoped_lock lock(mutex_);
  Reading sum = left_;
  for (const Part* part : parts_) {
    const Reading own = part->since_begun();
    sum.cpu += own.cpu;
    sum.wall += own.wall;
  }
  return sum;
}

bool mostly_wait(TakerUse::Reading from, TakerUse::Reading to) noexcept {
  return 4 * (to.cpu - from.cpu) < to.wall - from.wall;
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/runner/taker_use.hpp"

#include <pthread.h>

namespace nightshift {

TakerUse::Part::Part(TakerUse& use) : use_(use) {
  (void)pthread_getcpuclockid(pthread_self(), &cpu_clock_);
  begun_ = read_processor_time(cpu_clock_);
  const std::scoped_lock lock(use_.mutex_);
  use_.parts_.push_back(this);
}

TakerUse::Part::~Part() {
  const ProcessorTime own = since_begun();
  const std::scoped_lock lock(use_.mutex_);
  use_.left_ += own;
  use_.parts_.remove(this);
}

ProcessorTime TakerUse::Part::since_begun() const noexcept {
  return read_processor_time(cpu_clock_) - begun_;
}

ProcessorTime TakerUse::read() const {
  const std::scoped_lock lock(mutex_);
  ProcessorTime sum = left_;
  for (const Part* part : parts_) {
    sum += part->since_begun();
  }
  return sum;
}

bool mostly_wait(const ProcessorTime& passed) noexcept {
  return 4 * passed.cpu < passed.wall;
}

} // namespace nightshift

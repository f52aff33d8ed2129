// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/runner/processor_time.hpp"

#include <ctime>
#include <list>
#include <mutex>

namespace nightshift {

// What the threads that take part in something have of the processors. Any thread.
class TakerUse {
 public:
  // The thread that makes it takes part while it lives.
  class Part {
   public:
    explicit Part(TakerUse& use);
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    ~Part();

   private:
    friend class TakerUse;

    [[nodiscard]] ProcessorTime since_begun() const noexcept;

    TakerUse& use_;
    clockid_t cpu_clock_{}; // which others may read, too
    ProcessorTime begun_;
  };

  // Of all threads since each took part, those that have left included.
  [[nodiscard]] ProcessorTime read() const;

 private:
  mutable std::mutex mutex_; // of what follows
  std::list<const Part*> parts_;
  ProcessorTime left_;
};

// Whether threads mostly wait for something else than a processor: less than a quarter of their
// time have they had one. Where eight share two processors and wait for nothing, it is a quarter.
[[nodiscard]] bool mostly_wait(const ProcessorTime& passed) noexcept;

} // namespace nightshift

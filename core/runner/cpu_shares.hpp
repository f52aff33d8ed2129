// SPDX-License-Identifier: Apache-2.0
//
// The CPU budget, divided between the jobs that run right now: one alone has all of it, and as soon
// as another begins both have half.

#pragma once

#include <atomic>

namespace nightshift {

// Any thread.
class CpuShares {
 public:
  explicit CpuShares(int threads) : threads_(threads) {}

  CpuShares(const CpuShares&) = delete;
  CpuShares& operator=(const CpuShares&) = delete;
  ~CpuShares() = default;

  // Counts as a job that runs while it lives.
  class Holder {
   public:
    explicit Holder(CpuShares& shares) : shares_(shares) { ++shares_.holders_; }

    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

    ~Holder() { --shares_.holders_; }

   private:
    CpuShares& shares_;
  };

  // How many threads each may compute with, at least 1. What does not divide evenly is nobody's:
  // the budget is a promise to others on the machine.
  [[nodiscard]] int share() const noexcept;

 private:
  const int threads_;
  std::atomic<int> holders_{0};
};

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// The CPU budget, divided between the jobs that run right now: one alone has all of it, and as soon
// as another begins both have half.

#pragma once

#include <algorithm>
#include <atomic>
#include <limits>

namespace nightshift {

// Any thread.
class CpuShares {
 public:
  // No more than `most_holders` count: others wait for their turn.
  explicit CpuShares(int threads, int most_holders = std::numeric_limits<int>::max())
      : threads_(threads),
        most_holders_(std::max(most_holders, 1)) {}

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

  // The whole budget.
  [[nodiscard]] int threads() const noexcept;

  // How many threads each may compute with, at least 1. What does not divide evenly is nobody's:
  // the budget is a promise to others on the machine.
  [[nodiscard]] int share() const noexcept;

 private:
  const int threads_;
  const int most_holders_;
  std::atomic<int> holders_{0};
};

} // namespace nightshift

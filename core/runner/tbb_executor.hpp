// SPDX-License-Identifier: Apache-2.0
//
// Executors on oneTBB. Its name appears in tbb_executor.cpp and nowhere else.

#pragma once

#include "core/runner/cpu_shares.hpp"

#include <nightshift/executor.hpp>

#include <memory>
#include <stop_token>

namespace nightshift {

// Lets the process have `threads` threads in parallel work while the object lives. Debian 12's
// oneTBB counts neither container quotas nor a batch system's grant, so without this an arena gets
// as many threads as the affinity mask has processors, whatever its size. One at a time, in main.
class ThreadBudget {
 public:
  explicit ThreadBudget(int threads);
  ThreadBudget(const ThreadBudget&) = delete;
  ThreadBudget& operator=(const ThreadBudget&) = delete;
  ~ThreadBudget();

 private:
  class State;
  std::unique_ptr<State> state_;
};

// An executor with threads of its own, up to `concurrency` of the budget; the calling thread is one
// of them. Once `stop` is requested, calls end as soon as the bodies under way have returned.
[[nodiscard]] std::unique_ptr<Executor> make_tbb_executor(int concurrency, std::stop_token stop);

// As above, but each call gets as many threads as a job's share of the CPU budget is when it
// begins. `shares` is borrowed.
[[nodiscard]] std::unique_ptr<Executor> make_tbb_executor(const CpuShares& shares,
                                                          std::stop_token stop);

// As above, for bodies that wait for storage, if it is slow: what grows begins with as many threads
// as a share of `processors` is. One more joins, up to a share of `threads`, whenever in the last
// milliseconds a processor was idle or those at work mostly waited, and stays to the end. With
// storage as fast as memory more threads would only take the processor from each other, and keep a
// folder each in memory. Both are borrowed.
[[nodiscard]] std::unique_ptr<Executor>
make_storage_executor(const CpuShares& threads, const CpuShares& processors, std::stop_token stop);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// The jobs under way: what signals and the clock reach.

#pragma once

#include "core/runner/job_outcome.hpp"

#include <cstddef>
#include <map>
#include <mutex>
#include <vector>

namespace nightshift {

// A job as others than the thread that runs it see it. Any thread.
class RunningJob {
 public:
  RunningJob() = default;
  RunningJob(const RunningJob&) = delete;
  RunningJob& operator=(const RunningJob&) = delete;
  virtual ~RunningJob() = default;

  // Have it stop soon. The first reason counts.
  virtual void stop(StopReason reason) = 0;

  // Tell progress, keep the heartbeat, watch the clocks. Several times a second.
  virtual void tick() = 0;

  // Whether it was asked to stop and has not within its grace.
  [[nodiscard]] virtual bool is_overdue() const = 0;

  // Tell its end now, whatever its thread does; from then on nothing that the thread does is
  // recorded, and it may never end. False if that is not so: the job ends, or has ended, by itself.
  virtual bool abandon() = 0;
};

class RunningJobs {
 public:
  // `job` is borrowed until `remove`.
  void add(std::size_t index, RunningJob& job);

  void remove(std::size_t index);

  // Stop those under way, and those to come as soon as they are added.
  void stop(StopReason reason);

  void tick();

  // Abandon those that are overdue, or all of them; which were abandoned. They are removed.
  [[nodiscard]] std::vector<std::size_t> abandon_overdue();
  [[nodiscard]] std::vector<std::size_t> abandon_all();

  // Why jobs are not to begin any more; none if they are.
  [[nodiscard]] StopReason stop_reason() const;

 private:
  template <class Predicate>
  std::vector<std::size_t> abandon_if(Predicate predicate);

  mutable std::mutex mutex_;
  std::map<std::size_t, RunningJob*> jobs_;
  StopReason reason_ = StopReason::none;
};

} // namespace nightshift

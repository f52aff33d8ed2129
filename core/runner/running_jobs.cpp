// SPDX-License-Identifier: Apache-2.0

#include "core/runner/running_jobs.hpp"

namespace nightshift {

void RunningJobs::add(std::size_t index, RunningJob& job) {
  const std::scoped_lock lock(mutex_);
  jobs_[index] = &job;
  if (reason_ != StopReason::none) {
    job.stop(reason_);
  }
}

void RunningJobs::remove(std::size_t index) {
  const std::scoped_lock lock(mutex_);
  jobs_.erase(index);
}

void RunningJobs::stop(StopReason reason) {
  const std::scoped_lock lock(mutex_);
  reason_ = reason;
  for (const auto& [index, job] : jobs_) {
    job->stop(reason);
  }
}

void RunningJobs::tick() {
  const std::scoped_lock lock(mutex_);
  for (const auto& [index, job] : jobs_) {
    job->tick();
  }
}

template <class Predicate>
std::vector<std::size_t> RunningJobs::abandon_if(Predicate predicate) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::size_t> abandoned;
  for (const auto& [index, job] : jobs_) {
    if (predicate(*job) && job->abandon()) {
      abandoned.push_back(index);
    }
  }
  for (const std::size_t index : abandoned) {
    jobs_.erase(index);
  }
  return abandoned;
}

std::vector<std::size_t> RunningJobs::abandon_overdue() {
  return abandon_if([](const RunningJob& job) { return job.is_overdue(); });
}

std::vector<std::size_t> RunningJobs::abandon_all() {
  return abandon_if([](const RunningJob&) { return true; });
}

StopReason RunningJobs::stop_reason() const {
  const std::scoped_lock lock(mutex_);
  return reason_;
}

} // namespace nightshift

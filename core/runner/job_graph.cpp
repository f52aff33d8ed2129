// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_graph.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace nightshift {

JobGraph::JobGraph(const std::vector<GraphJob>& jobs, const std::vector<int>& pools)
    : nodes_(jobs.size()),
      pools_(pools.size() + 1),
      left_(jobs.size()) {
  for (std::size_t i = 0; i < pools.size(); ++i) {
    pools_[i + 1].free = std::max(pools[i], 1);
  }
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    nodes_[job].waiting_for = jobs[job].needs.size() + jobs[job].after.size();
    nodes_[job].pool = jobs[job].pool ? *jobs[job].pool + 1 : 0;
    for (const std::size_t need : jobs[job].needs) {
      nodes_[need].needed_by.push_back(job);
    }
    for (const std::size_t before : jobs[job].after) {
      nodes_[before].followed_by.push_back(job);
    }
    if (nodes_[job].waiting_for == 0) {
      make_ready(job);
    }
  }
}

void JobGraph::run(int parallel, std::function<bool(std::size_t)> run_one,
                   std::function<void(std::size_t)> leave_out) {
  run_one_ = std::move(run_one);
  leave_out_ = std::move(leave_out);
  std::unique_lock lock(mutex_);
  const auto workers = std::min(left_, static_cast<std::size_t>(std::max(parallel, 1)));
  while (workers_.size() < workers && start_worker()) {
  }
  if (workers_.empty() && left_ > 0) { // then one after another, on this thread
    Worker& self = workers_.emplace_back();
    lock.unlock();
    work(self);
    lock.lock();
  }
  changed_.wait(lock, [this] { return left_ == 0; });
  lock.unlock();
  for (Worker& worker : workers_) { // nobody adds to them once nothing is left
    if (!worker.given_up && worker.thread.joinable()) {
      worker.thread.join();
    }
  }
}

// False if the process may have no more threads.
bool JobGraph::start_worker() {
  Worker& worker = workers_.emplace_back();
  try {
    worker.thread = std::thread([this, &worker] { work(worker); });
  } catch (const std::system_error&) {
    workers_.pop_back();
    return false;
  }
  return true;
}

void JobGraph::work(Worker& self) {
  std::unique_lock lock(mutex_);
  for (;;) {
    Pool* pool = nullptr;
    changed_.wait(lock, [&] { return left_ == 0 || (pool = next_pool()) != nullptr; });
    if (left_ == 0) {
      return;
    }
    const std::size_t job = pool->ready.top();
    pool->ready.pop();
    --pool->free;
    self.job = job;
    const bool doomed = nodes_[job].doomed;
    lock.unlock();
    bool succeeded = false;
    if (doomed) {
      leave_out_(job);
    } else {
      succeeded = run_one_(job);
    }
    lock.lock();
    if (self.given_up) {
      return;
    }
    self.job.reset();
    finish(job, succeeded);
  }
}

void JobGraph::make_ready(std::size_t job) {
  if (nodes_[job].doomed) { // leaving it out takes no place
    nodes_[job].pool = 0;
  }
  pools_[nodes_[job].pool].ready.push(job);
}

void JobGraph::wait_for_one_less(std::size_t job) {
  if (--nodes_[job].waiting_for == 0) {
    make_ready(job);
  }
}

// The one that holds the lowest number among those that may go on; null if there is none.
JobGraph::Pool* JobGraph::next_pool() {
  Pool* next = nullptr;
  for (Pool& pool : pools_) {
    if (pool.free > 0 && !pool.ready.empty() &&
        (next == nullptr || pool.ready.top() < next->ready.top())) {
      next = &pool;
    }
  }
  return next;
}

void JobGraph::finish(std::size_t job, bool succeeded) {
  ++pools_[nodes_[job].pool].free;
  for (const std::size_t other : nodes_[job].needed_by) {
    nodes_[other].doomed = nodes_[other].doomed || !succeeded;
    wait_for_one_less(other);
  }
  for (const std::size_t other : nodes_[job].followed_by) {
    wait_for_one_less(other);
  }
  --left_;
  changed_.notify_all();
}

void JobGraph::give_up(std::size_t job) {
  std::unique_lock lock(mutex_);
  const auto found = std::find_if(workers_.begin(), workers_.end(),
                                  [&](const Worker& worker) { return worker.job == job; });
  if (found == workers_.end() || found->given_up) {
    return;
  }
  found->given_up = true;
  if (found->thread.joinable()) {
    found->thread.detach();
  }
  gave_up_any_ = true;
  finish(job, false);
  if (left_ > 0 && !start_worker() &&
      std::all_of(workers_.begin(), workers_.end(),
                  [](const Worker& each) { return each.given_up; })) {
    leave_out_the_rest(lock);
  }
}

// Where nobody is left to run them.
void JobGraph::leave_out_the_rest(std::unique_lock<std::mutex>& lock) {
  while (Pool* const pool = next_pool()) {
    const std::size_t job = pool->ready.top();
    pool->ready.pop();
    --pool->free;
    lock.unlock();
    leave_out_(job);
    lock.lock();
    finish(job, false);
  }
}

bool JobGraph::gave_up_any() const {
  const std::scoped_lock lock(mutex_);
  return gave_up_any_;
}

} // namespace nightshift

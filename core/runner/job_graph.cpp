// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_graph.hpp"

#include <algorithm>
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
    nodes_[job].waiting_for = jobs[job].needs.size();
    nodes_[job].pool = jobs[job].pool ? *jobs[job].pool + 1 : 0;
    for (const std::size_t need : jobs[job].needs) {
      nodes_[need].needed_by.push_back(job);
    }
    if (jobs[job].needs.empty()) {
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
  for (std::size_t i = 0; i < workers; ++i) {
    start_worker();
  }
  changed_.wait(lock, [this] { return left_ == 0; });
  lock.unlock();
  for (Worker& worker : workers_) { // nobody adds to them once nothing is left
    if (!worker.given_up) {
      worker.thread.join();
    }
  }
}

void JobGraph::start_worker() {
  Worker& worker = workers_.emplace_back();
  worker.thread = std::thread([this, &worker] { work(worker); });
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
    if (--nodes_[other].waiting_for == 0) {
      make_ready(other);
    }
  }
  --left_;
  changed_.notify_all();
}

void JobGraph::give_up(std::size_t job) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::find_if(workers_.begin(), workers_.end(),
                                  [&](const Worker& worker) { return worker.job == job; });
  if (found == workers_.end() || found->given_up) {
    return;
  }
  found->given_up = true;
  found->thread.detach();
  gave_up_any_ = true;
  finish(job, false);
  if (left_ > 0) {
    start_worker();
  }
}

bool JobGraph::gave_up_any() const {
  const std::scoped_lock lock(mutex_);
  return gave_up_any_;
}

} // namespace nightshift

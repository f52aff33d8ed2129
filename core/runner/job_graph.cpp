// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_graph.hpp"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <queue>
#include <thread>

namespace nightshift {
namespace {

class JobGraph {
 public:
  JobGraph(const std::vector<std::vector<std::size_t>>& needs, FunctionRef<bool(std::size_t)> run,
           FunctionRef<void(std::size_t)> leave_out)
      : run_(run),
        leave_out_(leave_out),
        nodes_(needs.size()),
        left_(needs.size()) {
    for (std::size_t job = 0; job < needs.size(); ++job) {
      nodes_[job].waiting_for = needs[job].size();
      for (const std::size_t need : needs[job]) {
        nodes_[need].needed_by.push_back(job);
      }
      if (needs[job].empty()) {
        ready_.push(job);
      }
    }
  }

  // One worker's share: until nothing is left.
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return !ready_.empty() || left_ == 0; });
      if (left_ == 0) {
        return;
      }
      const std::size_t job = ready_.top();
      ready_.pop();
      const bool doomed = nodes_[job].doomed;
      lock.unlock();
      bool succeeded = false;
      if (doomed) {
        leave_out_(job);
      } else {
        succeeded = run_(job);
      }
      lock.lock();
      finish(job, succeeded);
    }
  }

 private:
  struct Node {
    std::size_t waiting_for = 0;
    bool doomed = false; // one that it needs did not succeed
    std::vector<std::size_t> needed_by;
  };

  void finish(std::size_t job, bool succeeded) {
    for (const std::size_t other : nodes_[job].needed_by) {
      nodes_[other].doomed = nodes_[other].doomed || !succeeded;
      if (--nodes_[other].waiting_for == 0) {
        ready_.push(other);
      }
    }
    --left_;
    changed_.notify_all();
  }

  FunctionRef<bool(std::size_t)> run_;
  FunctionRef<void(std::size_t)> leave_out_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Node> nodes_;
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready_;
  std::size_t left_;
};

} // namespace

void run_job_graph(const std::vector<std::vector<std::size_t>>& needs, int parallel,
                   FunctionRef<bool(std::size_t)> run, FunctionRef<void(std::size_t)> leave_out) {
  JobGraph graph(needs, run, leave_out);
  const auto workers = std::min(needs.size(), static_cast<std::size_t>(std::max(parallel, 1)));
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < workers; ++i) {
    threads.emplace_back([&graph] { graph.work(); });
  }
  graph.work();
  for (std::thread& thread : threads) {
    thread.join();
  }
}

} // namespace nightshift

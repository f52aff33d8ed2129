// SPDX-License-Identifier: Apache-2.0
//
// Which job runs when: up to so many at once, each after all that it needs or follows, and of those
// that share a pool no more than the pool holds. A job that never comes back can be given up;
// another thread takes over the rest.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <limits>
#include <list>
#include <mutex>
#include <optional>
#include <queue>
#include <thread>
#include <vector>

namespace nightshift {

struct GraphJob {
  std::vector<std::size_t> needs;       // numbers of jobs that must succeed first; no cycle
  std::optional<std::size_t> pool = {}; // index of the pool that it takes a place of
  std::vector<std::size_t> after = {};  // numbers of jobs that must have ended first; no cycle
};

class JobGraph {
 public:
  // `pools` holds the number of places of each, at least 1.
  JobGraph(const std::vector<GraphJob>& jobs, const std::vector<int>& pools);
  JobGraph(const JobGraph&) = delete;
  JobGraph& operator=(const JobGraph&) = delete;
  ~JobGraph() = default;

  // Run all jobs, up to `parallel` at once, on threads of their own (as far as there are any to be
  // had, else on the caller's); lowest numbers first where
  // there is a choice. `run_one` does a job and says whether it succeeded; for a job that needs one
  // that did not, `leave_out` is called instead. Neither may throw. Returns when every job was run,
  // left out or given up. Once.
  void run(int parallel, std::function<bool(std::size_t job)> run_one,
           std::function<void(std::size_t job)> leave_out);

  // Count a job under way as failed, whatever becomes of the call that does it. From then on the
  // graph, and all that the call uses, must outlive the process's last thread. Any thread.
  void give_up(std::size_t job);

  [[nodiscard]] bool gave_up_any() const;

 private:
  using Numbers = std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>>;

  struct Node {
    std::size_t waiting_for = 0;
    std::size_t pool = 0;
    bool doomed = false; // one that it needs did not succeed
    std::vector<std::size_t> needed_by;
    std::vector<std::size_t> followed_by;
  };

  struct Pool {
    int free = std::numeric_limits<int>::max();
    Numbers ready;
  };

  struct Worker {
    std::optional<std::size_t> job;
    bool given_up = false;
    std::thread thread;
  };

  [[nodiscard]] bool start_worker();
  void work(Worker& self);
  void make_ready(std::size_t job);
  void wait_for_one_less(std::size_t job);
  [[nodiscard]] Pool* next_pool();
  void finish(std::size_t job, bool succeeded);
  void leave_out_the_rest(std::unique_lock<std::mutex>& lock);

  std::function<bool(std::size_t)> run_one_;
  std::function<void(std::size_t)> leave_out_;
  mutable std::mutex mutex_; // of what follows
  std::condition_variable changed_;
  std::vector<Node> nodes_;
  std::vector<Pool> pools_; // the first is of jobs that are in none
  std::list<Worker> workers_;
  std::size_t left_;
  bool gave_up_any_ = false;
};

} // namespace nightshift

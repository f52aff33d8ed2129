// SPDX-License-Identifier: Apache-2.0
//
// Several workers without chance: only one runs at a time, and it gives its turn away only where it
// waits. So a test can count how long something would take in units of what it waits for, instead
// of measuring a machine, and a failure under a seed comes again under that seed.

#pragma once

#include <nightshift/executor.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace nightshift::tests {

class RoundExecutor final : public Executor {
 public:
  // With a `seed`, whose turn is next is drawn, and a wait may last any number of turns; without,
  // all waits of a round end at once.
  explicit RoundExecutor(std::size_t workers, std::optional<std::uint64_t> seed = std::nullopt)
      : states_(workers),
        random_(seed ? std::optional<std::mt19937_64>(*seed) : std::nullopt) {}

  [[nodiscard]] std::size_t concurrency() const noexcept override { return states_.size(); }

  void bulk(std::size_t count, std::size_t grain,
            FunctionRef<void(std::size_t, std::size_t)> body) override {
    for (std::size_t at = 0; at < count; at += grain) {
      body(at, std::min(count, at + grain));
    }
  }

  // One call at a time.
  void grow(std::vector<WorkItem> items, FunctionRef<void(void*, WorkFeeder)> body) override {
    std::reverse(items.begin(), items.end());
    waiting_items_ = std::move(items);
    std::fill(states_.begin(), states_.end(), State::idle);
    is_over_ = false;
    failure_ = nullptr;
    pass_turn();
    {
      std::vector<std::jthread> crew;
      for (std::size_t worker = 0; worker < states_.size(); ++worker) {
        crew.emplace_back([this, worker, body] { work(worker, body); });
      }
    }
    waiting_items_.clear();
    if (failure_) {
      std::rethrow_exception(failure_);
    }
  }

  // In a body: until the next round.
  void wait() {
    std::unique_lock lock(mutex_);
    const std::size_t worker = turn_;
    states_[worker] = State::waiting;
    pass_turn();
    changed_.wait(lock, [&] { return turn_ == worker && states_[worker] == State::running; });
  }

  [[nodiscard]] std::size_t rounds() const noexcept { return rounds_; }

 private:
  enum class State : std::uint8_t { idle, waiting, ready, running };

  void work(std::size_t worker, FunctionRef<void(void*, WorkFeeder)> body) {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return turn_ == worker || is_over_; });
      if (is_over_) {
        return;
      }
      WorkItem item = std::move(waiting_items_.back());
      waiting_items_.pop_back();
      lock.unlock();
      run(std::move(item), body);
      lock.lock();
      states_[worker] = State::idle;
      pass_turn();
    }
  }

  void run(WorkItem item, FunctionRef<void(void*, WorkFeeder)> body) {
    try {
      body(item.get(), [this](WorkItem next) {
        const std::scoped_lock lock(mutex_);
        waiting_items_.push_back(std::move(next));
      });
    } catch (...) { // rethrown by grow
      const std::scoped_lock lock(mutex_);
      failure_ = failure_ ? failure_ : std::current_exception();
      waiting_items_.clear();
    }
  }

  [[nodiscard]] bool may_run(State state) const noexcept {
    return state == State::ready || (state == State::waiting && random_) ||
           (state == State::idle && !waiting_items_.empty());
  }

  void pass_turn() {
    std::vector<std::size_t> candidates = runnable();
    if (candidates.empty()) {
      const auto waits = std::count(states_.begin(), states_.end(), State::waiting);
      rounds_ += waits != 0 ? 1 : 0;
      std::replace(states_.begin(), states_.end(), State::waiting, State::ready);
      candidates = runnable();
    }
    if (candidates.empty()) {
      is_over_ = true;
    } else {
      turn_ = candidates[random_ ? (*random_)() % candidates.size() : 0];
      states_[turn_] = State::running;
    }
    changed_.notify_all();
  }

  [[nodiscard]] std::vector<std::size_t> runnable() const {
    std::vector<std::size_t> workers;
    for (std::size_t worker = 0; worker < states_.size(); ++worker) {
      if (may_run(states_[worker])) {
        workers.push_back(worker);
      }
    }
    return workers;
  }

  std::mutex mutex_; // over what follows
  std::condition_variable changed_;
  std::vector<State> states_;
  std::vector<WorkItem> waiting_items_;
  std::size_t turn_ = 0;
  std::size_t rounds_ = 0;
  bool is_over_ = false;
  std::exception_ptr failure_;
  std::optional<std::mt19937_64> random_;
};

} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0
//
// Real threads and nothing else: what holds here under ThreadSanitizer holds for the runner's
// scheduler as well, whose own synchronisation would hide or invent races.

#pragma once

#include <nightshift/error.hpp>
#include <nightshift/executor.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace nightshift::tests {

// Starts `threads` threads for each call and ends them with it; the caller only waits.
class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(std::size_t threads, std::stop_token stop = {})
      : threads_(threads),
        stop_(std::move(stop)) {}

  [[nodiscard]] std::size_t concurrency() const noexcept override { return threads_; }

  void bulk(std::size_t count, std::size_t grain,
            FunctionRef<void(std::size_t, std::size_t)> body) override {
    std::atomic<std::size_t> next{0};
    std::atomic<bool> abandoned{false};
    const auto work = [&] {
      while (!abandoned) {
        const std::size_t at = next.fetch_add(grain);
        if (at >= count) {
          return;
        }
        throw_if_stopped();
        body(at, std::min(count, at + grain));
      }
    };
    run_crew(work, [&] { abandoned = true; });
  }

  void grow(std::vector<WorkItem> items, FunctionRef<void(void*, WorkFeeder)> body) override {
    std::reverse(items.begin(), items.end());
    Stack stack;
    stack.waiting = std::move(items);
    const auto work = [&] {
      while (const WorkItem item = take(stack)) {
        throw_if_stopped();
        body(item.get(), [&stack](WorkItem next) { put(stack, std::move(next)); });
        finish(stack);
      }
    };
    run_crew(work, [&] { abandon_all(stack); });
  }

 private:
  struct Stack {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<WorkItem> waiting; // the newest at the back
    std::size_t busy = 0;          // items taken and not finished: each may still feed more
    bool abandoned = false;
  };

  // The newest item, or none once all work is done or abandoned.
  static WorkItem take(Stack& stack) {
    std::unique_lock lock(stack.mutex);
    stack.changed.wait(
        lock, [&] { return !stack.waiting.empty() || stack.busy == 0 || stack.abandoned; });
    if (stack.waiting.empty() || stack.abandoned) {
      return {nullptr, [](void*) {}};
    }
    WorkItem item = std::move(stack.waiting.back());
    stack.waiting.pop_back();
    ++stack.busy;
    return item;
  }

  static void put(Stack& stack, WorkItem item) {
    const std::scoped_lock lock(stack.mutex);
    stack.waiting.push_back(std::move(item));
    stack.changed.notify_one();
  }

  static void finish(Stack& stack) {
    const std::scoped_lock lock(stack.mutex);
    if (--stack.busy == 0) {
      stack.changed.notify_all();
    }
  }

  static void abandon_all(Stack& stack) {
    const std::scoped_lock lock(stack.mutex);
    stack.abandoned = true;
    stack.changed.notify_all();
  }

  void throw_if_stopped() const {
    if (stop_.stop_requested()) {
      throw cancelled_error();
    }
  }

  // The first exception of any thread.
  class Failure {
   public:
    void keep_current() {
      const std::scoped_lock lock(mutex_);
      first_ = first_ ? first_ : std::current_exception();
    }

    void rethrow() const {
      if (first_) {
        std::rethrow_exception(first_);
      }
    }

   private:
    std::mutex mutex_;
    std::exception_ptr first_;
  };

  // Run `work` on every thread. When it throws on one, have the others `abandon` theirs.
  void run_crew(FunctionRef<void()> work, FunctionRef<void()> abandon) const {
    Failure failure;
    const auto guarded = [&] {
      try {
        work();
      } catch (...) { // rethrown below
        failure.keep_current();
        abandon();
      }
    };
    std::vector<std::jthread> crew;
    crew.reserve(threads_);
    for (std::size_t i = 0; i < threads_; ++i) {
      crew.emplace_back(guarded);
    }
    crew.clear(); // joins
    failure.rethrow();
  }

  std::size_t threads_;
  std::stop_token stop_;
};

} // namespace nightshift::tests

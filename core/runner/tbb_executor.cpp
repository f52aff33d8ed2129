// SPDX-License-Identifier: Apache-2.0
//
// ThreadSanitizer cannot see the synchronisation inside Debian's libtbb and would report every use
// of it. So this file is compiled without it (CMakeLists.txt), and tells it what callers may rely
// on: what was written before an operation, or before an item was fed, is seen by the bodies, and
// what bodies wrote is seen after the operation. Races between bodies are still found.
// Nothing else that synchronises may live here: it would not be seen.

#include "core/runner/tbb_executor.hpp"

#include "core/runner/idle_processors.hpp"
#include "core/runner/taker_use.hpp"
#include "core/runner/work_stack.hpp"

#include <nightshift/error.hpp>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

extern "C" {
[[gnu::weak]] void tsan_acquire(void* address) asm("__tsan_acquire");
[[gnu::weak]] void tsan_release(void* address) asm("__tsan_release");
}

namespace nightshift {
namespace {

void seen_from(void* address) {
  if (tsan_acquire != nullptr) {
    tsan_acquire(address);
  }
}

void shown_to(void* address) {
  if (tsan_release != nullptr) {
    tsan_release(address);
  }
}

// One parallel call: stops the rest when a body throws or a stop is requested, and carries the
// first exception to the caller.
class Operation {
 public:
  explicit Operation(std::stop_token stop) : stop_(std::move(stop)) { shown_to(&begun_); }

  [[nodiscard]] tbb::task_group_context& context() noexcept { return context_; }

  // Whether bodies yet to begin should be left out. TBB itself is never told to cancel: then it
  // would destroy items when the caller may have gone on.
  [[nodiscard]] bool is_over() const noexcept { return failed_.test() || stop_.stop_requested(); }

  template <class Body>
  void run(Body&& body) noexcept {
    seen_from(&begun_);
    try {
      body();
    } catch (...) { // rethrown by finish
      if (!failed_.test_and_set()) {
        failure_ = std::current_exception();
      }
    }
    shown_to(&ended_);
  }

  void finish() {
    seen_from(&ended_);
    if (failure_) {
      std::rethrow_exception(failure_);
    }
    if (stop_.stop_requested()) {
      throw cancelled_error();
    }
  }

 private:
  tbb::task_group_context context_{tbb::task_group_context::isolated};
  std::stop_token stop_;
  std::atomic_flag failed_;
  std::exception_ptr failure_;
  char begun_ = 0; // addresses for the sanitizer
  char ended_ = 0;
};

// What there is and what comes of it, done by as many threads as there is work for.
class Growth {
 public:
  Growth(WorkStack& work, int processors, Operation& operation,
         FunctionRef<void(void*, WorkFeeder)> body)
      : work_(work),
        processors_(processors),
        operation_(operation),
        body_(body),
        takers_(operation.context()) {}

  void run() {
    call_takers();
    take_part();
    takers_.wait();
  }

 private:
  void call_takers() {
    for (;;) {
      switch (work_.call()) {
      case WorkStack::Call::nobody:
        return;
      case WorkStack::Call::taker:
        takers_.run([this] { take_part(); });
        break;
      case WorkStack::Call::reserve:
        takers_.run([this] { stand_by(); });
        break;
      }
    }
  }

  void stand_by() {
    operation_.run([this] {
      IdleProcessors idle(processors_);
      ProcessorTime last = takers_use_.read();
      const auto is_of_use = [&] {
        const ProcessorTime now = takers_use_.read();
        const bool they_wait = mostly_wait(now - std::exchange(last, now));
        return idle.are_there() || they_wait;
      };
      if (work_.stand_by(is_of_use)) {
        call_takers();
        take_all();
      }
    });
  }

  void take_part() {
    operation_.run([this] { take_all(); });
  }

  // Until nobody has anything left to do.
  void take_all() {
    const TakerUse::Part part(takers_use_);
    while (const WorkItem item = work_.take()) {
      operation_.run([&] { do_one(item.get()); });
      work_.done();
    }
  }

  void do_one(void* item) {
    if (!operation_.is_over()) {
      body_(item, [this](WorkItem next) {
        work_.add(std::move(next));
        call_takers();
      });
    }
  }

  WorkStack& work_;
  const int processors_;
  Operation& operation_;
  const FunctionRef<void(void*, WorkFeeder)> body_;
  TakerUse takers_use_;
  tbb::task_group takers_;
};

class TbbExecutor final : public Executor {
 public:
  // Without `shares` always `concurrency`; without `processors` all threads are at work at once.
  TbbExecutor(int concurrency, const CpuShares* shares, const CpuShares* processors,
              std::stop_token stop)
      : concurrency_(std::max(concurrency, 1)),
        shares_(shares),
        processors_(processors),
        stop_(std::move(stop)) {}

  [[nodiscard]] std::size_t concurrency() const noexcept override {
    return static_cast<std::size_t>(threads());
  }

  void bulk(std::size_t count, std::size_t grain,
            FunctionRef<void(std::size_t, std::size_t)> body) override {
    Operation operation(stop_);
    const auto run_range = [&](const tbb::blocked_range<std::size_t>& range) {
      // In steps of a grain, so that a stop or a failure elsewhere is noticed soon.
      for (std::size_t at = range.begin(); at < range.end() && !operation.is_over(); at += grain) {
        operation.run([&] { body(at, std::min(range.end(), at + grain)); });
      }
    };
    tbb::task_arena arena(threads()); // its size cannot change later; making one takes microseconds
    arena.execute([&] {
      tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain), run_range,
                        tbb::auto_partitioner{}, operation.context());
    });
    operation.finish();
  }

  void grow(std::vector<WorkItem> items, FunctionRef<void(void*, WorkFeeder)> body) override {
    TakerLimits limits{.ready = threads(), .most = threads()};
    int processors = limits.most;
    if (processors_ != nullptr) {
      limits.ready = processors_->share();
      processors = processors_->threads();
    }
    WorkStack work(std::move(items), limits); // before the operation, whose bodies see it
    Operation operation(stop_);
    tbb::task_arena arena(limits.most);
    arena.execute([&] { Growth(work, processors, operation, body).run(); });
    operation.finish();
  }

 private:
  [[nodiscard]] int threads() const noexcept {
    return shares_ != nullptr ? shares_->share() : concurrency_;
  }

  const int concurrency_;
  const CpuShares* const shares_;
  const CpuShares* const processors_;
  std::stop_token stop_;
};

} // namespace

class ThreadBudget::State {
 public:
  explicit State(int threads)
      : control_(tbb::global_control::max_allowed_parallelism,
                 static_cast<std::size_t>(std::max(threads, 1))) {}

 private:
  tbb::global_control control_;
};

ThreadBudget::ThreadBudget(int threads) : state_(std::make_unique<State>(threads)) {}

ThreadBudget::~ThreadBudget() = default;

std::unique_ptr<Executor> make_tbb_executor(int concurrency, std::stop_token stop) {
  return std::make_unique<TbbExecutor>(concurrency, nullptr, nullptr, std::move(stop));
}

std::unique_ptr<Executor> make_tbb_executor(const CpuShares& shares, std::stop_token stop) {
  return std::make_unique<TbbExecutor>(1, &shares, nullptr, std::move(stop));
}

std::unique_ptr<Executor> make_storage_executor(const CpuShares& threads,
                                                const CpuShares& processors, std::stop_token stop) {
  return std::make_unique<TbbExecutor>(1, &threads, &processors, std::move(stop));
}

} // namespace nightshift

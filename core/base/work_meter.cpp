// SPDX-License-Identifier: Apache-2.0

#include "core/base/work_meter.hpp"

#include "core/base/file.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>

namespace nightshift {

namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

// How long a thread was ready without having a processor. Source: Documentation/scheduler/
// sched-stats.rst of Linux, /proc/<pid>/schedstat, the second number.
class ReadyTime {
 public:
  // The calling thread's.
  ReadyTime() : file_(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {}

  [[nodiscard]] nanoseconds get() const noexcept {
    std::array<char, 64> text; // the kernel fills it
    const ssize_t size = ::pread(file_.get(), text.data(), text.size() - 1, 0);
    if (size <= 0) {
      return nanoseconds{0};
    }
    text[static_cast<std::size_t>(size)] = '\0';
    char* rest = nullptr;
    (void)std::strtoll(text.data(), &rest, 10);
    return nanoseconds(std::strtoll(rest, nullptr, 10));
  }

 private:
  Fd file_;
};

using SteadyTime = std::chrono::steady_clock::time_point;

// What the calling thread has used so far, and when that was asked. Times between two samples go
// from `before` to `after`, so that none of what a thread uses can be more than the time it took.
struct ThreadSample {
  SteadyTime before;
  nanoseconds cpu;
  nanoseconds ready;
  rusage use;
  SteadyTime after;
};

// The time that the thread works for one meter.
struct Slice {
  WorkMeter* meter = nullptr;
  ThreadSample began{};
};

constinit thread_local Slice t_slice;

ThreadSample sample() noexcept {
  static const thread_local ReadyTime t_ready_time;
  ThreadSample sample{};
  sample.before = std::chrono::steady_clock::now();
  sample.ready = t_ready_time.get();
  timespec cpu{};
  // Its own CPU time in getrusage may be a tick behind.
  (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
  (void)getrusage(RUSAGE_THREAD, &sample.use);
  sample.cpu = std::chrono::seconds(cpu.tv_sec) + nanoseconds(cpu.tv_nsec);
  sample.after = std::chrono::steady_clock::now();
  return sample;
}

microseconds between(const timeval& from, const timeval& to) noexcept {
  return std::chrono::seconds(to.tv_sec - from.tv_sec) + microseconds(to.tv_usec - from.tv_usec);
}

ThreadUse between(const ThreadSample& from, const ThreadSample& to) noexcept {
  ThreadUse use;
  use.wall = to.after - from.before;
  use.cpu = to.cpu - from.cpu;
  use.user = between(from.use.ru_utime, to.use.ru_utime);
  use.system = between(from.use.ru_stime, to.use.ru_stime);
  use.ready = to.ready - from.ready;
  use.minor_faults = to.use.ru_minflt - from.use.ru_minflt;
  use.major_faults = to.use.ru_majflt - from.use.ru_majflt;
  use.voluntary_switches = to.use.ru_nvcsw - from.use.ru_nvcsw;
  use.involuntary_switches = to.use.ru_nivcsw - from.use.ru_nivcsw;
  return use;
}

} // namespace

WorkMeter* current_work_meter() noexcept {
  return t_slice.meter;
}

void WorkMeter::enter() noexcept {
  const std::int64_t now = threads_.fetch_add(1, std::memory_order_relaxed) + 1;
  std::int64_t most = most_threads_.load(std::memory_order_relaxed);
  while (now > most && !most_threads_.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
  }
}

void WorkMeter::leave(const ThreadUse& use) noexcept {
  const auto add = [](Count& count, std::int64_t number) {
    count.fetch_add(number, std::memory_order_relaxed);
  };
  add(threads_, -1);
  add(wall_ns_, use.wall.count());
  add(cpu_ns_, use.cpu.count());
  add(user_us_, use.user.count());
  add(system_us_, use.system.count());
  add(ready_ns_, use.ready.count());
  add(minor_faults_, use.minor_faults);
  add(major_faults_, use.major_faults);
  add(voluntary_switches_, use.voluntary_switches);
  add(involuntary_switches_, use.involuntary_switches);
}

ThreadUse WorkMeter::thread_use() const noexcept {
  const auto get = [](const Count& count) { return count.load(std::memory_order_relaxed); };
  ThreadUse use;
  use.most_threads = get(most_threads_);
  use.wall = nanoseconds(get(wall_ns_));
  use.cpu = nanoseconds(get(cpu_ns_));
  use.user = microseconds(get(user_us_));
  use.system = microseconds(get(system_us_));
  use.ready = nanoseconds(get(ready_ns_));
  use.minor_faults = get(minor_faults_);
  use.major_faults = get(major_faults_);
  use.voluntary_switches = get(voluntary_switches_);
  use.involuntary_switches = get(involuntary_switches_);
  return use;
}

WorkMeter::Scope::Scope(WorkMeter* meter) noexcept
    : meter_(meter == t_slice.meter ? nullptr : meter) {
  if (meter_ == nullptr) {
    return;
  }
  const ThreadSample now = sample();
  before_ = t_slice.meter;
  if (before_ != nullptr) {
    before_->leave(between(t_slice.began, now));
  }
  meter_->enter();
  t_slice = {meter_, now};
}

WorkMeter::Scope::~Scope() {
  if (meter_ == nullptr) {
    return;
  }
  const ThreadSample now = sample();
  meter_->leave(between(t_slice.began, now));
  if (before_ != nullptr) {
    before_->enter();
  }
  t_slice = {before_, now};
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// What a piece of work costs, measured only where somebody wants to know: a meter gets the CPU
// time, page faults and switches of whichever threads work for it, and what they ask of the system
// and of stores. Who asks need not know for whom: the thread does. Where it works for no meter,
// `tally` costs a look at a variable of the thread, so it is for batches, not for each object.

#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nightshift {

// What is counted. The first four are system calls by their names ("open" is openat and openat2),
// made for listings and to read objects and manifests.
enum class Tally : std::uint8_t {
  open,
  getdents64,
  statx,
  read,
  read_bytes, // by those
  requests,   // to object stores
  repeated,   // of the requests: those that were made again
  received_bytes,
  commits, // of transactions of the catalogue
};

inline constexpr std::array<std::string_view, 9> k_tally_names{
    "open",     "getdents64", "statx",          "read",   "read_bytes",
    "requests", "repeated",   "received_bytes", "commits"};

// What threads wait for, in ways of our own making.
enum class Wait : std::uint8_t {
  request,   // an object store's answer
  held_back, // the limits of a source, or the time before a request is made again
};

inline constexpr std::array<std::string_view, 2> k_wait_names{"request_s", "held_back_s"};

// Summed over the threads.
struct ThreadUse {
  std::int64_t most_threads = 0;      // at work at once
  std::chrono::nanoseconds wall{};    // at work
  std::chrono::nanoseconds cpu{};     // exact
  std::chrono::microseconds user{};   // as the kernel splits it, by the ticks of its clock
  std::chrono::microseconds system{}; // the same
  std::chrono::nanoseconds ready{};   // without a processor; 0 where the kernel does not count it
  std::int64_t minor_faults = 0;      // pages that were in memory already
  std::int64_t major_faults = 0;      // pages that had to be read
  std::int64_t voluntary_switches = 0;
  std::int64_t involuntary_switches = 0;
};

// Any thread.
class WorkMeter {
 public:
  class Scope;

  WorkMeter() = default;
  WorkMeter(const WorkMeter&) = delete;
  WorkMeter& operator=(const WorkMeter&) = delete;

  void add(Tally what, std::int64_t count) noexcept {
    tallies_[static_cast<std::size_t>(what)].fetch_add(count, std::memory_order_relaxed);
  }

  void add(Wait what, std::chrono::nanoseconds time) noexcept {
    waits_[static_cast<std::size_t>(what)].fetch_add(time.count(), std::memory_order_relaxed);
  }

  [[nodiscard]] std::int64_t get(Tally what) const noexcept {
    return tallies_[static_cast<std::size_t>(what)].load(std::memory_order_relaxed);
  }

  [[nodiscard]] std::chrono::nanoseconds get(Wait what) const noexcept {
    return std::chrono::nanoseconds(
        waits_[static_cast<std::size_t>(what)].load(std::memory_order_relaxed));
  }

  // Of the scopes that have ended.
  [[nodiscard]] ThreadUse thread_use() const noexcept;

 private:
  using Count = std::atomic<std::int64_t>;

  void enter() noexcept;
  void leave(const ThreadUse& use) noexcept;

  std::array<Count, k_tally_names.size()> tallies_{};
  std::array<Count, k_wait_names.size()> waits_{};
  Count threads_{0};
  Count most_threads_{0};
  Count wall_ns_{0};
  Count cpu_ns_{0};
  Count user_us_{0};
  Count system_us_{0};
  Count ready_ns_{0};
  Count minor_faults_{0};
  Count major_faults_{0};
  Count voluntary_switches_{0};
  Count involuntary_switches_{0};
};

// The calling thread works for `meter` while this lives, and not for the one that it worked for
// before. With null, or with that same one, nothing changes and nothing is measured.
class WorkMeter::Scope {
 public:
  // `meter` is borrowed.
  explicit Scope(WorkMeter* meter) noexcept;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope();

 private:
  WorkMeter* meter_; // null: nothing to end
  WorkMeter* before_ = nullptr;
};

// The meter that the calling thread works for; null for none.
[[nodiscard]] WorkMeter* current_work_meter() noexcept;

inline void tally(Tally what, std::int64_t count = 1) noexcept {
  if (WorkMeter* const meter = current_work_meter()) {
    meter->add(what, count);
  }
}

// The calling thread waits while this lives.
class WaitTimer {
 public:
  explicit WaitTimer(Wait what) noexcept : meter_(current_work_meter()), what_(what) {
    if (meter_ != nullptr) {
      began_ = std::chrono::steady_clock::now();
    }
  }

  WaitTimer(const WaitTimer&) = delete;
  WaitTimer& operator=(const WaitTimer&) = delete;

  ~WaitTimer() {
    if (meter_ != nullptr) {
      meter_->add(what_, std::chrono::steady_clock::now() - began_);
    }
  }

 private:
  WorkMeter* const meter_;
  const Wait what_;
  std::chrono::steady_clock::time_point began_;
};

} // namespace nightshift

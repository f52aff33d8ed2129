// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>

namespace nightshift {

// What a bounded queue between threads did, for a run's profile: how much went through it, how much
// waited in it, and who waited for whom. Any thread may write and read at any time.
class QueueMeter {
 public:
  using Clock = std::chrono::steady_clock;
  using Nanoseconds = std::chrono::nanoseconds;

  struct Use {
    std::int64_t items = 0;
    std::int64_t bytes = 0;        // of the items
    std::int64_t sum_waiting = 0;  // of how many items waited each time one had come, itself too
    std::int64_t most_waiting = 0; // of the same
    std::int64_t most_bytes = 0;   // kept at once, those of the item being consumed too
    std::int64_t held_back = 0;    // items that had to wait for room
    Nanoseconds held_back_time{};  // of their producers, summed
    Nanoseconds consuming_wall{};  // that somebody was consuming
    Nanoseconds consuming_cpu{};   // of the consuming thread meanwhile
    Nanoseconds open{};            // from the queue's beginning to its end
  };

  // Measures one consumption; with null, nothing.
  class Consuming {
   public:
    explicit Consuming(QueueMeter* meter) noexcept : meter_(meter) {
      if (meter_ != nullptr) {
        began_ = Clock::now();
        cpu_began_ = thread_cpu();
      }
    }

    Consuming(const Consuming&) = delete;
    Consuming& operator=(const Consuming&) = delete;

    ~Consuming() {
      if (meter_ != nullptr) {
        add(meter_->consuming_wall_, (Clock::now() - began_).count());
        add(meter_->consuming_cpu_, (thread_cpu() - cpu_began_).count());
      }
    }

   private:
    QueueMeter* const meter_;
    Clock::time_point began_;
    Nanoseconds cpu_began_{};
  };

  QueueMeter() = default;
  QueueMeter(const QueueMeter&) = delete;
  QueueMeter& operator=(const QueueMeter&) = delete;

  // An item of `bytes` has come; now `items_waiting` of them wait, and `bytes_kept` are kept.
  void arrived(std::size_t bytes, std::size_t items_waiting, std::size_t bytes_kept) noexcept {
    add(items_, 1);
    add(bytes_, static_cast<std::int64_t>(bytes));
    add(sum_waiting_, static_cast<std::int64_t>(items_waiting));
    raise(most_waiting_, static_cast<std::int64_t>(items_waiting));
    raise(most_bytes_, static_cast<std::int64_t>(bytes_kept));
  }

  // A producer had to wait that long until there was room.
  void held_back(Nanoseconds time) noexcept {
    add(held_back_, 1);
    add(held_back_time_, time.count());
  }

  // The queue has ended that long after it began.
  void ended(Nanoseconds open) noexcept { add(open_, open.count()); }

  [[nodiscard]] Use use() const noexcept {
    const auto get = [](const Count& count) { return count.load(std::memory_order_relaxed); };
    return {get(items_),
            get(bytes_),
            get(sum_waiting_),
            get(most_waiting_),
            get(most_bytes_),
            get(held_back_),
            Nanoseconds(get(held_back_time_)),
            Nanoseconds(get(consuming_wall_)),
            Nanoseconds(get(consuming_cpu_)),
            Nanoseconds(get(open_))};
  }

 private:
  using Count = std::atomic<std::int64_t>;

  static void add(Count& count, std::int64_t number) noexcept {
    count.fetch_add(number, std::memory_order_relaxed);
  }

  static void raise(Count& most, std::int64_t number) noexcept {
    std::int64_t now = most.load(std::memory_order_relaxed);
    while (number > now && !most.compare_exchange_weak(now, number, std::memory_order_relaxed)) {
    }
  }

  static Nanoseconds thread_cpu() noexcept {
    std::timespec time{};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
  }

  Count items_{0};
  Count bytes_{0};
  Count sum_waiting_{0};
  Count most_waiting_{0};
  Count most_bytes_{0};
  Count held_back_{0};
  Count held_back_time_{0}; // this and what follows in nanoseconds
  Count consuming_wall_{0};
  Count consuming_cpu_{0};
  Count open_{0};
};

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// Many producers, one consumer at a time, and no thread of its own: whoever arrives when nobody is
// consuming consumes for all (flat combining: Hendler, Incze, Shavit, Tzafrir, SPAA 2010). That is
// how a parallel listing feeds the one writer of the catalogue: the writer is whichever lister is
// there, and the others go on listing meanwhile.

#pragma once

#include <nightshift/queue_meter.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <utility>

namespace nightshift {

// `Item` is movable and has `std::size_t memory() const`. `consume` is called with one item at a
// time, in the order of arrival, each call after the one before has ended (with all its effects
// visible), on a producer's thread.
template <class Item, class Consume>
class Funnel {
 public:
  // At most about `capacity` bytes wait; a single larger item still passes. `meter` is borrowed;
  // null measures nothing.
  Funnel(std::size_t capacity, Consume consume, QueueMeter* meter = nullptr)
      : capacity_(capacity),
        consume_(std::move(consume)),
        meter_(meter) {
    if (meter_ != nullptr) {
      began_ = QueueMeter::Clock::now();
    }
  }

  Funnel(const Funnel&) = delete;
  Funnel& operator=(const Funnel&) = delete;

  ~Funnel() {
    if (meter_ != nullptr) {
      meter_->ended(QueueMeter::Clock::now() - began_);
    }
  }

  // Have `item` consumed, now or by another producer. Blocks while too much is waiting, and
  // then until half of the capacity is free again. Once a `consume` has thrown, every further
  // `push` throws the same.
  void push(Item item) {
    std::unique_lock lock(mutex_);
    wait_for_room(lock);
    rethrow_failure();
    const std::size_t bytes = item.memory();
    waiting_bytes_ += bytes;
    waiting_.push_back(std::move(item));
    if (meter_ != nullptr) {
      meter_->arrived(bytes, waiting_.size(), waiting_bytes_);
    }
    if (!consuming_) {
      consume_all(lock);
      rethrow_failure();
    }
  }

 private:
  [[nodiscard]] bool has_room(std::size_t below) const noexcept {
    return !consuming_ || waiting_bytes_ < below || failure_;
  }

  // For those who are held back: were each small item to make room for the next, a million of them
  // would each wake all producers.
  [[nodiscard]] bool has_much_room() const noexcept { return has_room(capacity_ / 2 + 1); }

  void wait_for_room(std::unique_lock<std::mutex>& lock) {
    if (has_room(capacity_)) {
      return;
    }
    const auto began =
        meter_ != nullptr ? QueueMeter::Clock::now() : QueueMeter::Clock::time_point();
    room_.wait(lock, [this] { return has_much_room(); });
    if (meter_ != nullptr) {
      meter_->held_back(QueueMeter::Clock::now() - began);
    }
  }

  void rethrow_failure() const {
    if (failure_) {
      std::rethrow_exception(failure_);
    }
  }

  void consume_all(std::unique_lock<std::mutex>& lock) {
    consuming_ = true;
    while (!waiting_.empty() && !failure_) {
      Item item = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      const std::size_t bytes = item.memory();
      std::exception_ptr failure;
      try {
        const QueueMeter::Consuming consuming(meter_);
        consume_(std::move(item));
      } catch (...) { // kept, and rethrown to every producer
        failure = std::current_exception();
      }
      lock.lock();
      const bool had_much_room = has_much_room();
      waiting_bytes_ -= bytes;
      failure_ = failure;
      if (!had_much_room && has_much_room()) {
        room_.notify_all();
      }
    }
    consuming_ = false;
    room_.notify_all();
  }

  const std::size_t capacity_;
  Consume consume_;
  QueueMeter* const meter_;
  QueueMeter::Clock::time_point began_; // with a meter
  std::mutex mutex_;
  std::condition_variable room_;
  std::deque<Item> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool consuming_ = false;
  std::exception_ptr failure_;
};

} // namespace nightshift

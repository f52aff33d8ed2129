// SPDX-License-Identifier: Apache-2.0

#include "core/runner/work_stack.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace nightshift {

namespace {

// Short beside what is listed meanwhile, and long enough that asking costs nothing.
constexpr std::chrono::milliseconds k_standing_by{10};

std::size_t beyond(int fewer, int more) noexcept {
  return static_cast<std::size_t>(std::max(more - fewer, 0));
}

} // namespace

WorkStack::WorkStack(std::vector<WorkItem> items, TakerLimits limits)
    : items_(std::move(items)),
      uncalled_takers_(beyond(1, std::min(limits.ready, limits.most))),
      uncalled_reserves_(beyond(std::max(limits.ready, 1), limits.most)) {}

void WorkStack::add(WorkItem item) {
  {
    const std::scoped_lock lock(mutex_);
    items_.push_back(std::move(item));
  }
  changed_.notify_one();
}

WorkStack::Call WorkStack::call() {
  const std::scoped_lock lock(mutex_);
  if (!wants_taker()) {
    return Call::nobody;
  }
  if (uncalled_takers_ != 0) {
    --uncalled_takers_;
    ++free_takers_;
    return Call::taker;
  }
  if (uncalled_reserves_ == 0 || has_reserve_) {
    return Call::nobody;
  }
  --uncalled_reserves_;
  has_reserve_ = true;
  return Call::reserve;
}

bool WorkStack::stand_by(FunctionRef<bool()> is_of_use) {
  std::unique_lock lock(mutex_);
  while (!over_.wait_for(lock, k_standing_by, [this] { return is_over(); })) {
    lock.unlock();
    const bool would_help = is_of_use();
    lock.lock();
    if (would_help && wants_taker()) {
      has_reserve_ = false;
      ++free_takers_;
      return true;
    }
  }
  return false;
}

WorkItem WorkStack::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !items_.empty() || is_over(); });
  if (items_.empty()) {
    return {nullptr, nullptr};
  }
  WorkItem item = std::move(items_.back());
  items_.pop_back();
  ++under_way_;
  --free_takers_;
  return item;
}

void WorkStack::done() {
  const std::scoped_lock lock(mutex_);
  ++free_takers_;
  --under_way_;
  if (is_over()) {
    changed_.notify_all();
    over_.notify_all();
  }
}

} // namespace nightshift

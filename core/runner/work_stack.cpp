// SPDX-License-Identifier: Apache-2.0

#include "core/runner/work_stack.hpp"

#include <algorithm>
#include <utility>

namespace nightshift {

WorkStack::WorkStack(std::vector<WorkItem> items, int most_takers)
    : items_(std::move(items)),
      uncalled_takers_(static_cast<std::size_t>(std::max(most_takers, 1)) - 1) {}

void WorkStack::add(WorkItem item) {
  {
    const std::scoped_lock lock(mutex_);
    items_.push_back(std::move(item));
  }
  changed_.notify_one();
}

bool WorkStack::calls_taker() {
  const std::scoped_lock lock(mutex_);
  if (uncalled_takers_ == 0 || items_.size() <= free_takers_) {
    return false;
  }
  --uncalled_takers_;
  ++free_takers_;
  return true;
}

WorkItem WorkStack::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !items_.empty() || under_way_ == 0; });
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
  if (--under_way_ == 0 && items_.empty()) {
    changed_.notify_all();
  }
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/runner/work_stack.hpp"

#include <utility>

namespace nightshift {

WorkStack::WorkStack(std::vector<WorkItem> items) : items_(std::move(items)) {}

void WorkStack::add(WorkItem item) {
  {
    const std::scoped_lock lock(mutex_);
    items_.push_back(std::move(item));
  }
  changed_.notify_one();
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
  return item;
}

void WorkStack::done() {
  const std::scoped_lock lock(mutex_);
  if (--under_way_ == 0 && items_.empty()) {
    changed_.notify_all();
  }
}

} // namespace nightshift

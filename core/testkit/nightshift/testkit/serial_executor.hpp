// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/error.hpp>
#include <nightshift/executor.hpp>

#include <algorithm>
#include <stop_token>
#include <utility>
#include <vector>

namespace nightshift::testkit {

// Runs everything on the calling thread, in a fixed order.
class SerialExecutor final : public Executor {
 public:
  explicit SerialExecutor(std::stop_token stop = {}) : stop_(std::move(stop)) {}

  [[nodiscard]] std::size_t concurrency() const noexcept override { return 1; }

  void bulk(std::size_t count, std::size_t grain,
            FunctionRef<void(std::size_t, std::size_t)> body) override {
    for (std::size_t at = 0; at < count; at += grain) {
      throw_if_stopped();
      body(at, std::min(count, at + grain));
    }
  }

  void grow(std::vector<WorkItem> items, FunctionRef<void(void*, WorkFeeder)> body) override {
    std::reverse(items.begin(), items.end());
    while (!items.empty()) {
      throw_if_stopped();
      const WorkItem item = std::move(items.back());
      items.pop_back();
      body(item.get(), [&items](WorkItem next) { items.push_back(std::move(next)); });
    }
  }

 private:
  void throw_if_stopped() const {
    if (stop_.stop_requested()) {
      throw cancelled_error();
    }
  }

  std::stop_token stop_;
};

} // namespace nightshift::testkit

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace nightshift {

// Calls `tick` every `interval`, on a thread of its own, until it is destroyed.
class Ticker {
 public:
  Ticker(std::chrono::milliseconds interval, std::function<void()> tick);

 private:
  std::jthread thread_;
};

} // namespace nightshift

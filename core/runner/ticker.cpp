// SPDX-License-Identifier: Apache-2.0

#include "core/runner/ticker.hpp"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace nightshift {

Ticker::Ticker(std::chrono::milliseconds interval, std::function<void()> tick)
    : thread_([interval, tick = std::move(tick)](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        while (!wake.wait_for(lock, stop, interval, [&] { return stop.stop_requested(); })) {
          tick();
        }
      }) {}

} // namespace nightshift

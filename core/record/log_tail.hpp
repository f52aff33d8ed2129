// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/record/event.hpp"

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

namespace nightshift {

// Keeps the last log lines of all jobs of a run, from INFO on, and hands every event on. Safe to
// use from several threads.
class LogTail final : public EventListener {
 public:
  // Of `bytes` at most. `next` is borrowed and may be null.
  LogTail(std::size_t bytes, EventListener* next) : most_(bytes), next_(next) {}

  void on_event(const Event& event) noexcept override;

  // As many whole lines as go into `bytes`, oldest first; each ends in a newline.
  [[nodiscard]] std::string text(std::size_t bytes) const;

 private:
  const std::size_t most_;
  EventListener* const next_;
  mutable std::mutex mutex_; // of what follows
  std::deque<std::string> lines_;
  std::size_t size_ = 0;
};

} // namespace nightshift

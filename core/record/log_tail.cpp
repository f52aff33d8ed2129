// SPDX-License-Identifier: Apache-2.0

#include "core/record/log_tail.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace nightshift {

void LogTail::on_event(const Event& event) noexcept {
  if (!event.message.empty() && event.severity >= Severity::info) {
    std::string line = fmt::format("{} job {}: {}\n", local_log_text(event.time), event.job,
                                   one_line(event.message));
    const std::scoped_lock lock(mutex_);
    size_ += line.size();
    lines_.push_back(std::move(line));
    while (size_ > most_) {
      size_ -= lines_.front().size();
      lines_.pop_front();
    }
  }
  if (next_ != nullptr) {
    next_->on_event(event);
  }
}

std::string LogTail::text(std::size_t bytes) const {
  const std::scoped_lock lock(mutex_);
  std::size_t left_out = 0;
  std::size_t size = size_;
  while (size > bytes) {
    size -= lines_[left_out].size();
    ++left_out;
  }
  std::string text;
  for (std::size_t i = left_out; i < lines_.size(); ++i) {
    text += lines_[i];
  }
  return text;
}

} // namespace nightshift

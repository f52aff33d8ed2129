// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/logger.hpp>

#include <mutex>
#include <string>
#include <vector>

namespace nightshift::testkit {

// Keeps every line, at every severity.
class RecordingLogger final : public Logger {
 public:
  struct Line {
    Severity severity;
    std::string message;

    friend bool operator==(const Line&, const Line&) = default;
  };

  [[nodiscard]] bool enabled(Severity) const noexcept override { return true; }

  void write(Severity severity, std::string_view message) noexcept override {
    const std::scoped_lock lock(mutex_);
    lines_.push_back({severity, std::string(message)});
  }

  [[nodiscard]] std::vector<Line> lines() const {
    const std::scoped_lock lock(mutex_);
    return lines_;
  }

  [[nodiscard]] std::vector<std::string> messages() const {
    std::vector<std::string> messages;
    for (const Line& line : lines()) {
      messages.push_back(line.message);
    }
    return messages;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

} // namespace nightshift::testkit

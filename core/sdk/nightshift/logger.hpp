// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

namespace nightshift {

enum class Severity : std::uint8_t { debug, info, warning, error, critical };

// The log-level names of Antenna's record lines.
[[nodiscard]] constexpr std::string_view to_string(Severity severity) noexcept {
  switch (severity) {
  case Severity::debug:
    return "DEBUG";
  case Severity::info:
    return "INFO";
  case Severity::warning:
    return "WARNING";
  case Severity::error:
    return "ERROR";
  case Severity::critical:
    return "CRITICAL";
  }
  return "INFO";
}

// A job's log. The runner adds the job, the stage and the time, and decides where lines go: record,
// journal, console. Any thread may write. A line that cannot be written throws nothing; to format
// one throws what running out of memory does, and what the formatter of a type of one's own does.
class Logger {
 public:
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;
  virtual ~Logger() = default;

  [[nodiscard]] virtual bool enabled(Severity severity) const noexcept = 0;

  virtual void write(Severity severity, std::string_view message) noexcept = 0;

  template <class... Args>
  void log(Severity severity, fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(severity)) {
      fmt::memory_buffer buffer;
      fmt::format_to(std::back_inserter(buffer), text, std::forward<Args>(args)...);
      write(severity, {buffer.data(), buffer.size()});
    }
  }

  template <class... Args>
  void debug(fmt::format_string<Args...> text, Args&&... args) {
    log(Severity::debug, text, std::forward<Args>(args)...);
  }

  template <class... Args>
  void info(fmt::format_string<Args...> text, Args&&... args) {
    log(Severity::info, text, std::forward<Args>(args)...);
  }

  template <class... Args>
  void warning(fmt::format_string<Args...> text, Args&&... args) {
    log(Severity::warning, text, std::forward<Args>(args)...);
  }

  template <class... Args>
  void error(fmt::format_string<Args...> text, Args&&... args) {
    log(Severity::error, text, std::forward<Args>(args)...);
  }

 protected:
  Logger() = default;
};

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/record/console.hpp"

#include "core/base/text.hpp"

#include <nightshift/error.hpp>
#include <nightshift/job_status.hpp>
#include <nightshift/progress.hpp>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace nightshift {
namespace {

constexpr std::string_view k_erase_line = "\r\x1B[K";
constexpr int k_bar_width = 24;

void write_stderr(std::string_view text) {
  // Nothing can be done about a console that takes no more.
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Log lines above a progress line that is taken away before each and put back after it.
class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void set_progress_line(std::string line) {
    const std::scoped_lock lock(mutex_);
    if (line != progress_line_) {
      write_stderr(fmt::format("{}{}", k_erase_line, line));
      progress_line_ = std::move(line);
    }
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    base_sink::formatter_->format(message, line);
    if (progress_line_.empty()) {
      write_stderr({line.data(), line.size()});
      return;
    }
    write_stderr(fmt::format("{}{}{}", k_erase_line, std::string_view(line.data(), line.size()),
                             progress_line_));
  }

  void flush_() override {}

  std::string progress_line_;
};

spdlog::level::level_enum level_of(Severity severity) {
  switch (severity) {
  case Severity::debug:
    return spdlog::level::debug;
  case Severity::info:
    return spdlog::level::info;
  case Severity::warning:
    return spdlog::level::warn;
  case Severity::error:
    return spdlog::level::err;
  case Severity::critical:
    return spdlog::level::critical;
  }
  return spdlog::level::info;
}

spdlog::level::level_enum lowest_level(const ConsoleSettings& settings) {
  switch (settings.mode) {
  case ConsoleMode::silent:
    return spdlog::level::off;
  case ConsoleMode::quiet:
    return spdlog::level::err;
  case ConsoleMode::lines:
  case ConsoleMode::terminal:
    break;
  }
  return settings.debug ? spdlog::level::debug : spdlog::level::info;
}

// "WARN" and its colour, where wanted, at a fixed width.
class SeverityFlag final : public spdlog::custom_flag_formatter {
 public:
  explicit SeverityFlag(bool colour) : colour_(colour) {}

  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& to) override {
    struct Shown {
      std::string_view name;
      std::string_view colour;
    };

    static constexpr Shown k_shown[] = {
        {"TRACE", ""},         {"DEBUG", "\x1B[2m"},    {"INFO", ""}, {"WARN", "\x1B[33m"},
        {"ERROR", "\x1B[31m"}, {"FATAL", "\x1B[1;31m"}, {"", ""}};
    const Shown& shown = k_shown[static_cast<std::size_t>(message.level)];
    const bool coloured = colour_ && !shown.colour.empty();
    fmt::format_to(std::back_inserter(to), "{}{:<5}{}", coloured ? shown.colour : "", shown.name,
                   coloured ? "\x1B[0m" : "");
  }

  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<SeverityFlag>(colour_);
  }

 private:
  bool colour_;
};

std::unique_ptr<spdlog::formatter> line_format(const std::string& pattern, bool colour) {
  auto format = std::make_unique<spdlog::pattern_formatter>();
  format->add_flag<SeverityFlag>('*', colour).set_pattern(pattern);
  return format;
}

// How far the jobs under way are, on one line.
class ProgressLine {
 public:
  void take(const Event& event) {
    if (event.kind == EventKind::progress) {
      Job& job = jobs_[event.job];
      job.fraction = event.attributes.value("fraction", 0.0);
      job.known = event.attributes.value("total", std::int64_t{0}) > 0;
      const auto counters = event.attributes.find("counters");
      if (counters != event.attributes.end()) {
        job.listed = std::max(job.listed, counters->value("listed", std::int64_t{0}));
      }
    } else if (event.kind == EventKind::job_status) {
      const auto status = job_status_from(event.attributes.value("status", std::string()));
      if (status == JobStatus::started) {
        jobs_[event.job].started = event.time;
      } else if (status && is_final(*status)) {
        jobs_.erase(event.job);
        ++ended_;
      }
    }
  }

  [[nodiscard]] std::string text(TimePoint now, int width) const {
    if (jobs_.empty()) {
      return {};
    }
    double fraction = 0;
    std::int64_t listed = 0;
    TimePoint started = now;
    for (const auto& [id, job] : jobs_) {
      fraction += job.fraction / static_cast<double>(jobs_.size());
      listed += job.listed;
      started = std::min(started, job.started);
    }
    const double seconds = std::chrono::duration<double>(now - started).count();
    const int filled = static_cast<int>(fraction * k_bar_width);
    std::string line = fmt::format("[{:#<{}}{:.<{}}] {:3.0f} %", "", filled, "",
                                   k_bar_width - filled, fraction * 100);
    if (listed > 0 && seconds > 0) {
      const double rate = static_cast<double>(listed) / seconds;
      line += fmt::format("  {} listed, {}/s", grouped(listed),
                          grouped(static_cast<std::int64_t>(rate)));
    }
    if (jobs_.size() > 1 || ended_ > 0) {
      line += fmt::format("; {} running, {} done", jobs_.size(), ended_);
    }
    return line.substr(0, static_cast<std::size_t>(std::max(width - 1, 0)));
  }

 private:
  struct Job {
    TimePoint started;
    double fraction = 0;
    bool known = false;
    std::int64_t listed = 0;
  };

  std::map<std::int64_t, Job> jobs_;
  std::size_t ended_ = 0;
};

class Console final : public EventListener {
 public:
  explicit Console(const ConsoleSettings& settings)
      : settings_(settings),
        stderr_sink_(std::make_shared<StderrSink>()),
        stderr_("nightshift", stderr_sink_) {
    stderr_sink_->set_formatter(line_format("%H:%M:%S %* %v", settings.colour));
    stderr_.set_level(lowest_level(settings));
    if (settings.log_file) {
      open_log_file(*settings.log_file);
    }
  }

  void on_event(const Event& event) noexcept override {
    const std::scoped_lock lock(mutex_);
    progress_.take(event);
    if (!event.message.empty()) {
      const std::string line = fmt::format("job {}: {}", event.job, one_line(event.message));
      stderr_.log(level_of(event.severity), line);
      if (log_file_) {
        log_file_->log(level_of(event.severity), line);
      }
    }
    if (settings_.mode == ConsoleMode::terminal) {
      stderr_sink_->set_progress_line(progress_.text(event.time, settings_.width));
    }
  }

 private:
  void open_log_file(const std::filesystem::path& path) {
    try {
      auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string());
      sink->set_formatter(line_format("%Y-%m-%d %H:%M:%S.%f %* %v", false));
      log_file_ = std::make_unique<spdlog::logger>("nightshift", std::move(sink));
      log_file_->set_level(spdlog::level::debug);
      log_file_->flush_on(spdlog::level::debug);
    } catch (const spdlog::spdlog_ex& error) {
      throw permanent_error(
          error_code::k_cannot_create,
          fmt::format("cannot open the log file {}: {}", path.string(), error.what()));
    }
  }

  const ConsoleSettings settings_;
  std::mutex mutex_;
  std::shared_ptr<StderrSink> stderr_sink_; // spdlog keeps sinks in shared pointers
  spdlog::logger stderr_;
  std::unique_ptr<spdlog::logger> log_file_;
  ProgressLine progress_;
};

} // namespace

bool is_terminal(int fd) {
  const char* term = std::getenv("TERM"); // NOLINT(concurrency-mt-unsafe)
  return isatty(fd) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

bool wants_colours(int fd) {
  const char* no_colour = std::getenv("NO_COLOR"); // NOLINT(concurrency-mt-unsafe)
  return is_terminal(fd) && (no_colour == nullptr || *no_colour == '\0');
}

ConsoleSettings console_settings_for_stderr() {
  ConsoleSettings settings;
  if (!is_terminal(STDERR_FILENO)) {
    return settings;
  }
  settings.mode = ConsoleMode::terminal;
  settings.colour = wants_colours(STDERR_FILENO);
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    settings.width = size.ws_col;
  }
  return settings;
}

std::unique_ptr<EventListener> open_console(const ConsoleSettings& settings) {
  return std::make_unique<Console>(settings);
}

} // namespace nightshift

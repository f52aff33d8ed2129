// SPDX-License-Identifier: Apache-2.0

#include "core/runner/watched_run.hpp"

#include "core/record/failure_notice.hpp"
#include "core/record/log_tail.hpp"
#include "core/runner/metrics.hpp"
#include "core/runner/ping.hpp"
#include "core/runner/run_failure.hpp"

#include <algorithm>
#include <utility>

namespace nightshift {
namespace {

// What follows the log lines in a ping.
std::string closing_words(const WatchedRun& run) {
  if (!run.outcome) {
    return run.failure;
  }
  if (run.exit_code != ExitCode::ok) {
    return failure_notice(run.outcome->report, run.outcome->state_dir);
  }
  const std::string text = to_text(run.outcome->report);
  return text.substr(text.rfind('\n', text.size() - 2) + 1); // its last line adds up
}

// A run of which every job was skipped proves nothing: the switch must not take it for a success,
// or a job that hangs would never be noticed.
bool says_nothing(const WatchedRun& run) {
  if (!run.outcome || run.exit_code != ExitCode::ok || run.outcome->report.jobs.empty()) {
    return false;
  }
  const auto& jobs = run.outcome->report.jobs;
  return std::all_of(jobs.begin(), jobs.end(), was_skipped);
}

void finish_ping(Ping& ping, const LogTail& log, const WatchedRun& run) {
  const std::string closing = closing_words(run).substr(0, Ping::k_longest_body);
  ping.finish(says_nothing(run) ? "log" : std::to_string(static_cast<int>(run.exit_code)),
              log.text(Ping::k_longest_body - closing.size()) + closing);
}

RunMetrics metrics_of(const WatchedRun& run, TimePoint started, bool all_jobs) {
  RunMetrics metrics;
  metrics.started = started;
  metrics.finished = system_now();
  metrics.exit_code = static_cast<int>(run.exit_code);
  metrics.all_jobs = all_jobs;
  if (run.outcome) {
    metrics.jobs = run.outcome->report.jobs;
  }
  return metrics;
}

// Tells those outside how the run went.
struct Witness {
  const WatchOptions& watch;
  const TimePoint started;
  Ping& ping;
  const LogTail& log;

  void tell(WatchedRun& result) const {
    if (watch.metrics_file) {
      const RunMetrics metrics = metrics_of(result, started, watch.all_jobs);
      if (auto problem = write_metrics(*watch.metrics_file, metrics)) {
        result.warnings.push_back(*std::move(problem));
      }
    }
    finish_ping(ping, log, result);
    if (auto problem = ping.warning()) {
      result.warnings.push_back(*std::move(problem));
    }
  }
};

} // namespace

WatchedRun run_watched(const WatchOptions& watch, RunOptions options,
                       const std::function<RunOutcome(const RunOptions&)>& run) {
  const TimePoint started = system_now();
  LogTail log(Ping::k_longest_body, options.listener);
  Ping ping(watch.ping_timeouts);
  if (!watch.ping_url.empty()) {
    check_ping_url(watch.ping_url, "--ping or NIGHTSHIFT_PING_URL");
    ping.start(watch.ping_url);
  }
  options.listener = &log;
  options.ping = &ping;
  const Witness witness{watch, started, ping, log};
  options.last_words = [&](const RunOutcome& outcome) {
    WatchedRun last;
    last.exit_code = outcome.exit_code;
    last.outcome = outcome;
    witness.tell(last);
    if (watch.last_words) {
      watch.last_words(last);
    }
  };
  WatchedRun result;
  try {
    result.outcome = run(options);
    result.exit_code = result.outcome->exit_code;
  } catch (...) { // whatever it is, it is told to all who rely on hearing of it
    RunFailure failure = failure_of_current_exception();
    result.exit_code = failure.exit_code;
    result.failure = std::move(failure.text);
  }
  witness.tell(result);
  return result;
}

} // namespace nightshift

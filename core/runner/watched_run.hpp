// SPDX-License-Identifier: Apache-2.0
//
// A run that others rely on hearing of: it pings a dead-man switch and keeps a metrics file, also
// where it could not even begin. Neither can harm it: what cannot be told is a warning.

#pragma once

#include "core/base/http.hpp"
#include "core/runner/run.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

struct WatchedRun;

struct WatchOptions {
  std::string ping_url; // "": the job file's own, if it has one
  HttpTimeouts ping_timeouts;
  std::optional<std::filesystem::path> metrics_file;
  bool all_jobs = false; // the run is of all jobs of a job file

  // Said instead of returning, where the run leaves a stage behind (RunOptions::last_words).
  std::function<void(const WatchedRun&)> last_words;
};

struct WatchedRun {
  ExitCode exit_code = ExitCode::ok;
  std::optional<RunOutcome> outcome; // nothing if the run could not begin
  std::string failure;               // then, why; ends in a newline
  std::vector<std::string> warnings; // sentences
};

// Call `run`, with `options` completed, and tell of it. Throws `JobError` if `ping_url` is none.
[[nodiscard]] WatchedRun run_watched(const WatchOptions& watch, RunOptions options,
                                     const std::function<RunOutcome(const RunOptions&)>& run);

} // namespace nightshift

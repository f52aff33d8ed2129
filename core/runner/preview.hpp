// SPDX-License-Identifier: Apache-2.0
//
// What a run of a job file would do: its stages are done for real, storages listed and all, but on
// a copy of the catalogue and without records. So the figures are those of a run, and nothing is
// written but in a folder for temporary files, which goes at the end.

#pragma once

#include "core/runner/exit_code.hpp"
#include "core/runner/run.hpp"

#include <nightshift/progress.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

struct SessionChanges {
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t gone = 0;
};

struct JobPreview {
  enum class Outcome : std::uint8_t {
    success,
    failure,
    skipped,   // it would not be begun
    untried,   // one of its job types cannot be tried without being run
    unfinished // the preview was stopped before
  };

  std::string name;
  std::string definition_name;
  std::string type;
  std::shared_ptr<const Deployment> deployment; // null: it has none
  Outcome outcome = Outcome::unfinished;
  std::string reason;  // code: "needs", "mass_loss", ...; "" for a success
  std::string message; // a sentence
  std::array<std::int64_t, k_counter_names.size()> counters{};
  SessionChanges sessions;
  std::vector<std::string> warnings; // the first few that its stages told, errors included

  [[nodiscard]] std::int64_t counter(Counter counter) const noexcept {
    return counters[static_cast<std::size_t>(counter)];
  }
};

[[nodiscard]] std::string_view to_string(JobPreview::Outcome outcome) noexcept;

struct PreviewOptions {
  std::optional<int> threads;
  std::optional<int> jobs; // at most so many at once
  bool allow_missing = false;
};

struct Preview {
  std::string catalogue; // for people; "" if no job needs one
  bool catalogue_exists = false;
  std::string problem; // why a run would be refused although this could be found out; or ""
  std::vector<JobPreview> jobs;
  ExitCode exit_code = ExitCode::ok; // of the preview: a job that would fail is no failure of it
};

// INT and TERM end it early. Throws as `run_job_file` does, as long as that has begun nothing.
[[nodiscard]] Preview preview_job_file(const JobFileOptions& options, const PreviewOptions& preview,
                                       PluginRegistry& registry);

} // namespace nightshift

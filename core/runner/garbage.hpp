// SPDX-License-Identifier: Apache-2.0
//
// What may go from a state directory: jobs that came to an end long ago, and the reports of runs
// of which no job is left. The newest job always stays, since ids are given out above all that are
// there, and none may be given out twice.

#pragma once

#include "core/base/json.hpp"
#include "core/record/job_summary.hpp"
#include "core/record/state_dir.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

// What to keep. Where both are given, a job stays that either of them keeps.
struct KeepRules {
  std::optional<std::chrono::hours> age; // jobs that ended less long ago
  std::optional<std::size_t> jobs;       // the newest so many
};

struct Garbage {
  struct Folder {
    std::filesystem::path path;
    std::int64_t bytes = 0; // on disk
  };

  struct Job : Folder {
    JobSummary summary;
  };

  std::vector<Job> jobs; // newest first
  std::vector<Folder> runs;
  std::vector<Folder> left_overs; // of a removal that was killed
  std::size_t kept_jobs = 0;
  std::size_t unfinished_jobs = 0; // among the kept

  [[nodiscard]] std::int64_t bytes() const noexcept;
};

// Only looks.
[[nodiscard]] Garbage find_garbage(const StateDir& state_dir, const KeepRules& rules,
                                   TimePoint now);

// Remove what was found, and drop from `garbage` what could not be or is not over any more, with a
// sentence for each. A job vanishes whole or not at all, whenever this is killed.
[[nodiscard]] std::vector<std::string> remove_garbage(Garbage& garbage);

// Remove one job, whether or not it is the newest. Throws `JobError`: `busy` if it is not over.
void remove_job(const StateDir& state_dir, const JobFolder& folder);

// `removed`: it is gone; else it would go.
[[nodiscard]] std::string to_text(const Garbage& garbage, bool removed);
[[nodiscard]] Json to_document(const Garbage& garbage, bool removed);

} // namespace nightshift

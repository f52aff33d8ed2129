// SPDX-License-Identifier: Apache-2.0
//
// Where jobs and runs are kept:
//
//   jobs/<id>/                            one folder a job; its files: `JobFolder`
//   live/<id>                             a job that has an owner, or was left by one
//   runs/<run>/{report.json,owner.json}   one folder a run
//   last_id                               where to begin to look for a free id
//   removed_id                            ids up to it are never given out again
//
// Ids are given out by mkdir, which is atomic on shared filesystems too.

#pragma once

#include "core/base/time.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

// The files of one job.
struct JobFolder {
  std::int64_t id = 0;
  std::filesystem::path path;

  [[nodiscard]] std::filesystem::path record() const { return path / "job.json"; }

  [[nodiscard]] std::filesystem::path journal() const { return path / "events.jsonl"; }

  // Locked by the process that does the job, and what that says of itself.
  [[nodiscard]] std::filesystem::path owner() const { return path / "owner.json"; }

  // Put here by whoever wants the job cancelled.
  [[nodiscard]] std::filesystem::path cancel_request() const { return path / "cancel.json"; }

  // There while the job has an owner, and when it lost it.
  [[nodiscard]] std::filesystem::path live_mark() const {
    return path.parent_path().parent_path() / "live" / path.filename();
  }

  // What could not be examined.
  [[nodiscard]] std::filesystem::path quarantine() const { return path / "failed.jsonl"; }

  // Space kept back while the job runs, so that a full disk does not keep its end from being told.
  [[nodiscard]] std::filesystem::path reserve() const { return path / ".reserve"; }
};

class StateDir {
 public:
  // A state directory that need not exist yet; nothing is touched.
  explicit StateDir(std::filesystem::path path) : path_(std::move(path)) {}

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  // Make the directory and see that a file can be written in it. Throws `JobError`.
  void prepare() const;

  // A new folder with an id above all others. Does not look at them, as long as `last_id` is true:
  // there may be many.
  [[nodiscard]] JobFolder make_job_folder() const;

  // Where job `id` is, if there is one.
  [[nodiscard]] JobFolder job_folder(std::int64_t id) const;

  // The folder of job `id`; nothing if there is none.
  [[nodiscard]] std::optional<JobFolder> find_job(std::int64_t id) const;

  // The same for a job that somebody asked for. Throws `not_found`.
  [[nodiscard]] JobFolder existing_job(std::int64_t id) const;

  // All ids, ascending; none if the directory does not exist.
  [[nodiscard]] std::vector<std::int64_t> job_ids() const;

  // Of jobs that have or had an owner and are not known to have ended; ascending.
  [[nodiscard]] std::vector<std::int64_t> live_ids() const;

  // The job is about to be removed: its id is not given out again, even if it is the newest. Throws
  // `JobError`.
  void retire_id(std::int64_t id) const;

  // Such a job has no folder any more.
  void forget_live(std::int64_t id) const noexcept;

  // A new folder for a run, named by its time and a random part: they sort by time.
  [[nodiscard]] std::filesystem::path make_run_folder(TimePoint now) const;

 private:
  [[nodiscard]] std::optional<JobFolder> try_make_job_folder(std::int64_t id) const;

  std::filesystem::path path_;
};

// --state-dir (`asked`), else the job file's, else $NIGHTSHIFT_STATE_DIR, else
// $XDG_STATE_HOME/nightshift, else ~/.local/state/nightshift; absolute. Throws `JobError` if none
// of them is known.
[[nodiscard]] StateDir find_state_dir(const std::optional<std::filesystem::path>& asked,
                                      const std::optional<std::filesystem::path>& of_job_file);

} // namespace nightshift

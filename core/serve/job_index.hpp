// SPDX-License-Identifier: Apache-2.0
//
// What lists show of all jobs, kept in memory and brought up to date when asked. A job that has
// ended changes only under an owner, who leaves a trace in the folder live/: while that folder and
// the one of jobs look as they did, only the jobs that are not over are looked at again.

#pragma once

#include "core/record/job_summary.hpp"
#include "core/record/state_dir.hpp"
#include "core/serve/record_cache.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

namespace nightshift::serve {

class JobIndex {
 public:
  using Jobs = std::shared_ptr<const std::vector<JobSummary>>;

  explicit JobIndex(StateDir state_dir) : state_dir_(std::move(state_dir)) {}

  // As they are now, ids ascending. Lost jobs are finalised. A job that is just being made, or of
  // which nothing can be read, is left out. Any thread.
  [[nodiscard]] Jobs jobs();

 private:
  struct Entry {
    std::optional<FileStamp> stamp; // of the record; none: it was read from the journal
    JobSummary summary;
  };

  // How the two folders looked.
  struct Folders {
    std::optional<FileStamp> jobs;
    std::optional<FileStamp> live;

    friend bool operator==(const Folders&, const Folders&) = default;
  };

  [[nodiscard]] bool look_at_all();
  [[nodiscard]] bool look_at_open();
  bool look_at(std::int64_t id);

  const StateDir state_dir_;
  std::mutex mutex_; // of what follows
  std::map<std::int64_t, Entry> entries_;
  std::set<std::int64_t> unread_;  // jobs that are just being made, or damaged
  std::optional<Folders> folders_; // none: to be looked at again
  Jobs jobs_;
};

} // namespace nightshift::serve

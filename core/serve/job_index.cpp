// SPDX-License-Identifier: Apache-2.0

#include "core/serve/job_index.hpp"

#include "core/base/time.hpp"
#include "core/record/lost_job.hpp"

#include <nightshift/error.hpp>

#include <algorithm>
#include <utility>

namespace nightshift::serve {
namespace {

// Two changes within a tick of the file system's clock look like one: what has only just changed is
// not taken for known.
bool is_settled(const std::optional<FileStamp>& folder) {
  constexpr std::chrono::seconds k_long_ago{2};
  const auto now = std::chrono::nanoseconds(system_now().time_since_epoch());
  return !folder || now - std::chrono::nanoseconds(folder->changed_ns) >= k_long_ago;
}

bool is_open(JobStatus status) {
  return !is_final(status);
}

} // namespace

JobIndex::Jobs JobIndex::jobs() {
  finalise_lost_jobs(state_dir_, nullptr);
  const std::scoped_lock lock(mutex_);
  const Folders folders{stamp_of(state_dir_.path() / "jobs"), stamp_of(state_dir_.path() / "live")};
  const bool known = folders_ && *folders_ == folders;
  const bool changed = known ? look_at_open() : look_at_all();
  const bool settled = is_settled(folders.jobs) && is_settled(folders.live);
  folders_ = known || settled ? std::optional(folders) : std::nullopt;
  if (changed || !jobs_) {
    auto jobs = std::make_shared<std::vector<JobSummary>>();
    jobs->reserve(entries_.size());
    for (const auto& [id, entry] : entries_) {
      jobs->push_back(entry.summary);
    }
    jobs_ = std::move(jobs);
  }
  return jobs_;
}

// Whether anything was otherwise than known.
bool JobIndex::look_at_all() {
  const std::vector<std::int64_t> ids = state_dir_.job_ids();
  bool changed = false;
  for (const std::int64_t id : ids) {
    changed = look_at(id) || changed;
  }
  const auto gone = std::erase_if(entries_, [&](const auto& entry) {
    return !std::binary_search(ids.begin(), ids.end(), entry.first);
  });
  std::erase_if(unread_,
                [&](std::int64_t id) { return !std::binary_search(ids.begin(), ids.end(), id); });
  return changed || gone > 0;
}

bool JobIndex::look_at_open() {
  std::vector<std::int64_t> open(unread_.begin(), unread_.end());
  for (const auto& [id, entry] : entries_) {
    if (is_open(entry.summary.status)) {
      open.push_back(id);
    }
  }
  bool changed = false;
  for (const std::int64_t id : open) {
    changed = look_at(id) || changed;
  }
  return changed;
}

bool JobIndex::look_at(std::int64_t id) {
  const auto known = entries_.find(id);
  const JobFolder folder{id, state_dir_.path() / "jobs" / std::to_string(id)};
  const auto stamp = stamp_of(folder.record());
  if (known != entries_.end() && stamp && known->second.stamp == stamp) {
    return false;
  }
  try {
    entries_[id] = {stamp, read_job_summary(folder)};
    unread_.erase(id);
    return true;
  } catch (const JobError&) { // it is just being made, or removed
    unread_.insert(id);
    return entries_.erase(id) > 0;
  }
}

} // namespace nightshift::serve

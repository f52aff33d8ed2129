// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/live_ranges.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::s3 {

namespace {

bool reaches(const LiveRange& range, std::string_view folder) {
  if (range.only) {
    return *range.only == folder;
  }
  return (range.until.empty() || range.until >= folder) &&
         (range.at < folder || is_above(folder, range.at));
}

} // namespace

void SharedFolder::settle() {
  if (budget_.change(settled_, writer_.memory())) {
    const std::size_t before = writer_.memory();
    writer_.shed();
    static_cast<void>(budget_.change(before, writer_.memory()));
  }
  settled_ = writer_.memory();
}

void SharedFolder::finish() {
  writer_.finish();
  static_cast<void>(budget_.change(settled_, 0));
}

LiveRanges::Id LiveRanges::add(LiveRange range) {
  const std::scoped_lock lock(mutex_);
  return ranges_.insert(ranges_.end(), std::move(range));
}

std::size_t LiveRanges::reserve(std::size_t workers) {
  const std::scoped_lock lock(mutex_);
  const std::size_t busy = ranges_.size() + reserved_;
  const std::size_t idle = workers > busy ? workers - busy : 0;
  reserved_ += idle;
  return idle;
}

void LiveRanges::give_back(std::size_t reserved) {
  const std::scoped_lock lock(mutex_);
  reserved_ -= reserved;
}

std::vector<LiveRanges::Id> LiveRanges::split(Id range,
                                              const std::vector<std::string>& boundaries) {
  const std::scoped_lock lock(mutex_);
  std::vector<Id> pieces;
  for (std::size_t i = 0; i < boundaries.size(); ++i) {
    const std::string& until = i + 1 < boundaries.size() ? boundaries[i + 1] : range->until;
    pieces.push_back(ranges_.insert(ranges_.end(), {boundaries[i], until, range->only}));
  }
  range->until = boundaries.front();
  reserved_ -= boundaries.size();
  return pieces;
}

void LiveRanges::advance(Id range, std::string_view at) {
  std::vector<Folders::node_type> done;
  {
    const std::scoped_lock lock(mutex_);
    const LiveRange before = *range;
    range->at = at;
    done = take_out_of_reach(before);
  }
  finish(std::move(done));
}

void LiveRanges::remove(Id range) {
  std::vector<Folders::node_type> done;
  {
    const std::scoped_lock lock(mutex_);
    const LiveRange before = std::move(*range);
    ranges_.erase(range);
    done = take_out_of_reach(before);
  }
  finish(std::move(done));
}

SharedFolder& LiveRanges::share(std::string_view folder, std::optional<PartWriter> begun) {
  const std::scoped_lock lock(mutex_);
  if (const auto known = folders_.find(folder); known != folders_.end()) {
    return known->second;
  }
  PartWriter writer = begun ? std::move(*begun) : PartWriter(std::string(folder), limits_, sink_);
  return folders_.try_emplace(std::string(folder), std::move(writer), budget_).first->second;
}

SharedFolder* LiveRanges::find(std::string_view folder) {
  const std::scoped_lock lock(mutex_);
  const auto found = folders_.find(folder);
  return found != folders_.end() ? &found->second : nullptr;
}

// Folders that a range reached and now none does.
std::vector<LiveRanges::Folders::node_type> LiveRanges::take_out_of_reach(const LiveRange& before) {
  std::vector<Folders::node_type> taken;
  for (auto at = folders_.begin(); at != folders_.end();) {
    const std::string_view folder = at->first;
    const auto folder_at = at++;
    if (reaches(before, folder) &&
        std::none_of(ranges_.begin(), ranges_.end(),
                     [&](const LiveRange& range) { return reaches(range, folder); })) {
      taken.push_back(folders_.extract(folder_at));
    }
  }
  return taken;
}

void LiveRanges::finish(std::vector<Folders::node_type>&& folders) {
  for (Folders::node_type& folder : folders) {
    folder.mapped().finish();
  }
}

} // namespace nightshift::s3

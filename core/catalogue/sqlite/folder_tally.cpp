// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/folder_tally.hpp"

#include <nightshift/grouping.hpp>

namespace nightshift::sqlite {

namespace {

constexpr std::size_t k_times_in_memory = 1U << 17U; // 1 MiB

} // namespace

void FolderTally::add_present(std::optional<std::int64_t> time, std::int64_t size) {
  ++captures_;
  bytes_ += size;
  if (!time) {
    ++undated_;
    return;
  }
  hull_.add(*time);
  if (times_kept_ && times_.size() == k_times_in_memory) {
    times_kept_ = false;
    times_ = {};
  }
  if (times_kept_) {
    times_.push_back(*time);
  }
}

std::optional<std::vector<Fragment>> FolderTally::fragments(std::int64_t folder_id,
                                                            std::chrono::seconds max_gap) {
  if (!times_kept_) {
    return std::nullopt;
  }
  return fragments_of(folder_id, times_, max_gap);
}

} // namespace nightshift::sqlite

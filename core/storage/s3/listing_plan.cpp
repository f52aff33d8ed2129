// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/listing_plan.hpp"

#include <algorithm>

namespace nightshift::s3 {

namespace {

std::vector<KeyRange> between(std::span<const KeyRange> proven) {
  std::vector<KeyRange> ranges;
  std::string after;
  for (const KeyRange& range : proven) {
    if (after < range.after) {
      ranges.push_back({after, range.after});
    }
    if (range.until.empty()) {
      return ranges;
    }
    after = range.until;
  }
  ranges.push_back({after, ""});
  return ranges;
}

// Whether keys below `prefix` may lie in `range`.
bool may_hold(const KeyRange& range, std::string_view prefix) {
  return (range.after < prefix || range.after.starts_with(prefix)) &&
         (range.until.empty() || range.until >= prefix);
}

} // namespace

ListingPlan plan_listing(const ListQuery& query) {
  ListingPlan plan;
  for (KeyRange& range : between(query.proven)) {
    if (may_hold(range, query.prefix)) {
      plan.ranges.push_back(std::move(range));
    }
  }
  for (const KeyRange& range : query.proven) {
    for (const std::string& end : {range.after, range.until}) {
      each_folder_above(end, query.prefix,
                        [&](std::string_view folder) { plan.own.emplace(folder); });
    }
  }
  for (const std::string& folder : query.again) {
    const bool is_proven =
        std::any_of(query.proven.begin(), query.proven.end(),
                    [&](const KeyRange& range) { return range.contains(folder); });
    if (is_proven && folder.starts_with(query.prefix)) {
      plan.own.insert(folder);
    }
  }
  return plan;
}

} // namespace nightshift::s3

// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/listing_plan.hpp"

#include "core/storage/litter.hpp"

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

// What lies in litter counts for the folder that the litter lies in, and is no capture.
bool is_or_lies_in_litter(std::string_view folder, std::string_view scope) {
  for (std::size_t begin = scope.size(); begin < folder.size();) {
    const std::size_t slash = folder.find('/', begin);
    if (is_litter(folder.substr(begin, slash - begin), EntryKind::folder)) {
      return true;
    }
    begin = slash == std::string_view::npos ? slash : slash + 1;
  }
  return false;
}

} // namespace

ListingPlan plan_listing(const ListQuery& query) {
  ListingPlan plan;
  for (KeyRange& range : between(query.proven)) {
    if (may_hold(range, query.prefix)) {
      plan.ranges.push_back(std::move(range));
    }
  }
  const auto list_by_itself = [&](std::string_view folder) {
    if (folder.starts_with(query.prefix) && !is_or_lies_in_litter(folder, query.prefix)) {
      plan.own.emplace(folder);
    }
  };
  for (const KeyRange& range : query.proven) {
    for (const std::string& end : {range.after, range.until}) {
      each_folder_above(end, query.prefix, list_by_itself);
    }
  }
  for (const std::string& folder : query.again) {
    const bool is_proven =
        std::any_of(query.proven.begin(), query.proven.end(),
                    [&](const KeyRange& range) { return range.contains(folder); });
    if (is_proven) {
      list_by_itself(folder);
    }
  }
  return plan;
}

} // namespace nightshift::s3

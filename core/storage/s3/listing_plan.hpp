// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/storage.hpp>

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::s3 {

using FolderSet = std::set<std::string, std::less<>>;

// What a listing has to list of what a query asks for: all keys, unless one that was cut short has
// proven some ranges of them.
struct ListingPlan {
  std::vector<KeyRange> ranges; // ascending, disjoint: whatever lies in them, but for
  FolderSet own; // the own objects of these folders, none of them litter, which are listed whole
};

[[nodiscard]] ListingPlan plan_listing(const ListQuery& query);

// Call `visit(folder)` for the root and each folder that `key` lies in, from the outermost on, if
// it lies in `scope` or is that.
template <class Visit>
void each_folder_above(std::string_view key, std::string_view scope, Visit visit) {
  if (!key.starts_with(scope)) {
    return;
  }
  visit(scope);
  for (std::size_t slash = key.find('/', scope.size()); slash != std::string_view::npos;
       slash = key.find('/', slash + 1)) {
    visit(key.substr(0, slash + 1));
  }
}

} // namespace nightshift::s3

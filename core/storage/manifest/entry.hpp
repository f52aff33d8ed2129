// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/function_ref.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::manifest {

// Where something stands: a line of one of the files that a manifest is made of.
struct Place {
  std::uint32_t file = 0; // an index into the names of the files
  std::int64_t line = 0;  // from 1

  friend bool operator==(const Place&, const Place&) = default;

  friend bool operator<(const Place& a, const Place& b) noexcept {
    return a.file != b.file ? a.file < b.file : a.line < b.line;
  }
};

// "listing.csv:12"
[[nodiscard]] std::string to_string(const Place& place, const std::vector<std::string>& files);

// One object, as a manifest tells of it.
struct Entry {
  std::string_view key;           // not yet without the source's root; never empty
  std::int64_t size = 0;          // bytes
  std::int64_t last_modified = 0; // nanoseconds since 1970-01-01T00:00:00Z; 0 if it is not told
  std::string_view etag = {};     // "" if there is none
  Place place = {};
};

// Takes an entry, whose texts are gone afterwards.
using EntrySink = FunctionRef<void(const Entry& entry)>;

} // namespace nightshift::manifest

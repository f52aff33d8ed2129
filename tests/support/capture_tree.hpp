// SPDX-License-Identifier: Apache-2.0
//
// The captures of a storage as a test imagines them, and their way into a catalogue.

#pragma once

#include <nightshift/catalogue.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::tests {

// Seconds of a camera's clock: so many minutes after 21:00 on a day of August 2023.
constexpr std::int64_t evening(int day, std::int64_t minutes = 0) {
  return 1'690'848'000 + (day - 1) * 86'400 + 21 * 3'600 + minutes * 60;
}

inline WallTime wall(std::int64_t seconds) {
  return WallTime{std::chrono::seconds{seconds}};
}

inline TimeSpan span(std::int64_t start, std::int64_t end) {
  return {wall(start), wall(end)};
}

struct CaptureEntry {
  std::optional<std::int64_t> time;
  std::int64_t size = 1000;
  std::int64_t last_modified = 1'690'900'000'000'000'000;
  std::string etag{};
  TimeSource source = TimeSource::digits_14; // if dated; else `none` or whatever undated one it is

  [[nodiscard]] CaptureTime capture_time() const {
    if (time) {
      return {*time, source};
    }
    return {0, is_dated(source) ? TimeSource::none : source};
  }
};

using CaptureFolder = std::map<std::string, CaptureEntry>; // by name
using CaptureTree = std::map<std::string, CaptureFolder>;  // by the folder's path

// The folder in `count` parts, its captures dealt out like cards: so no part follows another in the
// order of names.
inline std::vector<CapturePart> parts_of(const std::string& path, const CaptureFolder& folder,
                                         std::size_t count) {
  std::vector<CapturePart> parts(count);
  std::size_t at = 0;
  for (const auto& [name, entry] : folder) {
    CapturePart& part = parts[at++ % count];
    part.part.add(name, entry.size, entry.last_modified, entry.etag);
    part.times.push_back(entry.capture_time());
  }
  for (std::size_t i = 0; i < count; ++i) {
    parts[i].part.folder = path;
    parts[i].part.first = i == 0;
    parts[i].part.last = i + 1 == count;
    parts[i].fingerprint = fingerprint_of(parts[i].part);
  }
  return parts;
}

inline CapturePart part_of(const std::string& path, const CaptureFolder& folder,
                           FolderPart::Coverage coverage = FolderPart::Coverage::whole) {
  CapturePart part = std::move(parts_of(path, folder, 1).front());
  part.part.coverage = coverage;
  return part;
}

// As a sync does it: ask first, then merge.
inline void list_folder(Merge& merge, const CapturePart& part) {
  if (part.part.version ||
      !merge.is_unchanged(part.part.folder, part.fingerprint,
                          static_cast<std::int64_t>(part.part.objects.size()))) {
    merge.merge(part);
  }
}

inline MergeCounts sync(Catalogue& catalogue, std::int64_t deployment_id, const CaptureTree& tree,
                        const MergeRules& rules = {}) {
  const auto merge = catalogue.open_merge(deployment_id, rules);
  for (const auto& [path, folder] : tree) {
    list_folder(*merge, part_of(path, folder));
  }
  return merge->finish();
}

} // namespace nightshift::tests

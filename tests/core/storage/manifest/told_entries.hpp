// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/manifest/read_manifest.hpp"
#include "tests/support/manifest_texts.hpp"
#include "tests/support/temp_dir.hpp"

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::tests {

inline bool operator==(const ListedObject& a, const ListedObject& b) {
  return a.key == b.key && a.size == b.size && a.last_modified == b.last_modified &&
         a.etag == b.etag;
}

inline void PrintTo(const ListedObject& object, std::ostream* stream) {
  *stream << object.key << ' ' << object.size << ' ' << object.last_modified << ' ' << object.etag;
}

// An entry as an object that outlives it.
inline ListedObject listed(const manifest::Entry& entry) {
  return {std::string(entry.key), entry.size, entry.last_modified, std::string(entry.etag)};
}

// What a manifest tells, in its order.
inline ListedObjects told_by_file(const manifest::Settings& settings) {
  ListedObjects objects;
  std::vector<std::string> files;
  manifest::read_manifest(settings, files,
                          [&](const manifest::Entry& entry) { objects.push_back(listed(entry)); });
  return objects;
}

// The same of a text.
inline ListedObjects told_by(const std::string& text, manifest::Settings settings = {}) {
  const TempDir dir;
  settings.path = dir.write("listing", text).string();
  return told_by_file(settings);
}

} // namespace nightshift::tests

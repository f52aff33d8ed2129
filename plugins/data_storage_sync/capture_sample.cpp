// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/capture_sample.hpp"

#include <nightshift/fingerprint.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace nightshift::data_storage_sync {

namespace {

// Below 0, 0 or above as `folder` and `name` together are before, equal to or after `key`.
int compare_key(std::string_view folder, std::string_view name, std::string_view key) noexcept {
  const int by_folder = folder.compare(key.substr(0, folder.size()));
  return by_folder != 0 ? by_folder : name.compare(key.substr(folder.size()));
}

} // namespace

bool CaptureSample::ranks_before(const Kept& a, const Kept& b) noexcept {
  return a.hash != b.hash ? a.hash < b.hash : a.key < b.key;
}

void CaptureSample::add(const FolderPart& part) {
  if (rules_.limit == 0) {
    return;
  }
  for (const ObjectEntry& object : part.objects) {
    const std::string_view name = part.name(object);
    // A fingerprint mixes all that it is given; here that is the key and the seed.
    const std::uint64_t hash =
        rules_.shuffle
            ? fingerprint_of(name, static_cast<std::int64_t>(rules_.seed), 0, part.folder).low
            : 0;
    if (kept_.size() == rules_.limit) {
      const Kept& last = kept_.front();
      if (hash > last.hash ||
          (hash == last.hash && compare_key(part.folder, name, last.key) >= 0)) {
        continue;
      }
      std::pop_heap(kept_.begin(), kept_.end(), ranks_before);
      kept_.pop_back();
    }
    kept_.push_back({hash, part.folder + std::string(name), std::string(part.etag(object)),
                     object.size, object.last_modified});
    std::push_heap(kept_.begin(), kept_.end(), ranks_before);
  }
}

std::vector<FolderPart> CaptureSample::take() {
  std::vector<Kept> kept = std::exchange(kept_, {});
  // By folder first: in the plain order of keys a folder's objects and its subfolders interleave.
  std::sort(kept.begin(), kept.end(), [](const Kept& a, const Kept& b) {
    const int by_folder = folder_of(a.key).compare(folder_of(b.key));
    return by_folder != 0 ? by_folder < 0 : name_of(a.key) < name_of(b.key);
  });
  std::vector<FolderPart> folders;
  for (const Kept& object : kept) {
    const std::string_view folder = folder_of(object.key);
    if (folders.empty() || folders.back().folder != folder) {
      folders.emplace_back().folder = folder;
    }
    folders.back().add(name_of(object.key), object.size, object.last_modified, object.etag);
  }
  return folders;
}

} // namespace nightshift::data_storage_sync

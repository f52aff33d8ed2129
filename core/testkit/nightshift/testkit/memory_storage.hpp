// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/error.hpp>
#include <nightshift/storage.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::testkit {

struct MemoryObject {
  std::string content = {};
  std::int64_t last_modified = 0;        // nanoseconds since 1970
  std::string etag = {};                 // "" for none
  std::optional<std::int64_t> size = {}; // to pretend another than the content's
};

// Objects in a map, as an object store has them: folders exist only as parts of keys, and a prefix
// without objects is not an error. Fails where it is told to, and records how it is used. Change it
// only between calls.
class MemoryStorage final : public Storage {
 public:
  explicit MemoryStorage(std::size_t part_objects = 65'536) : part_objects_(part_objects) {}

  void put(const std::string& key, MemoryObject object = {}) {
    objects_.insert_or_assign(key, std::move(object));
  }

  void remove(const std::string& key) { objects_.erase(key); }

  // From now on the folder cannot be listed, nor what is below it.
  void fail_folder(const std::string& folder, const std::string& why = "Permission denied") {
    failing_folders_[folder] = why;
  }

  // From now on a listing of the folder breaks off before `key`, its own objects before which it
  // has told.
  void break_off(const std::string& key) { breaks_.insert(key); }

  // From now on the folder has that version, and a listing can tell.
  void set_version(const std::string& folder, std::int64_t version) { versions_[folder] = version; }

  // From now on the object is listed twice: where it lies, and again at the end of its folder.
  void repeat(const std::string& key) { repeated_.insert(key); }

  // From now on the object is listed but cannot be examined.
  void fail_object(const std::string& key, const std::string& why = "Input/output error") {
    failing_objects_[key] = why;
  }

  // From now on a listing throws `error` in the place of its part number `parts` + 1.
  void fail_after(std::size_t parts, JobError error) { failure_.emplace(parts, std::move(error)); }

  // From now on a listing goes folder by folder, tells what it has proven, and does not list again
  // what it is told was proven.
  void go_on_where_it_was_cut_short() { resumable_ = true; }

  // From now on this is another place under the same URI.
  void move_to(std::string place) { place_ = std::move(place); }

  void mend() {
    failing_folders_.clear();
    failing_objects_.clear();
    breaks_.clear();
    repeated_.clear();
    failure_.reset();
  }

  // "list a/b/" and "read a/b/c.jpg 0+65536", in the order of the calls.
  [[nodiscard]] std::vector<std::string> calls() const {
    const std::scoped_lock lock(mutex_);
    return calls_;
  }

  // How often a listing asked its filter.
  [[nodiscard]] std::size_t filter_calls() const noexcept { return filter_calls_; }

  void list(const ListQuery& query, FolderSink sink, Executor& executor,
            std::stop_token stop) override {
    record("list " + query.prefix);
    throw_if_stopped(stop);
    for (const auto& [folder, why] : failing_folders_) {
      if (query.prefix.starts_with(folder)) {
        throw permanent_error(error_code::k_denied, fmt::format("cannot list {}: {}", folder, why));
      }
    }
    std::vector<Folder> folders = folders_under(query.prefix);
    if (query.known) {
      leave_out_known(folders, *query.known);
    }
    std::atomic<std::size_t> parts{0};
    const auto list_one = [&](std::size_t i) {
      throw_if_stopped(stop);
      list_folder(folders[i], query, [&](FolderPart&& part) {
        if (failure_ && parts.fetch_add(1) >= failure_->first) {
          throw JobError(failure_->second);
        }
        sink(std::move(part));
      });
    };
    if (!resumable_) {
      parallel_for(executor, folders.size(), list_one);
      return;
    }
    for (std::size_t i = 0; i < folders.size(); ++i) {
      if (!is_proven(query, folders[i].path)) {
        list_one(i);
      }
      if (query.on_proven) {
        (*query.on_proven)({"", i + 1 < folders.size() ? folders[i + 1].path : std::string()});
      }
    }
  }

  [[nodiscard]] std::size_t read(std::string_view key, std::uint64_t offset,
                                 std::span<std::byte> to) override {
    record(fmt::format("read {} {}+{}", key, offset, to.size()));
    const auto found = objects_.find(key);
    if (found == objects_.end()) {
      throw permanent_error(error_code::k_not_found, "there is no object " + printable_key(key));
    }
    const std::string& content = found->second.content;
    const std::size_t from = std::min<std::uint64_t>(offset, content.size());
    const std::size_t count = std::min(to.size(), content.size() - from);
    std::transform(content.begin() + static_cast<std::ptrdiff_t>(from),
                   content.begin() + static_cast<std::ptrdiff_t>(from + count), to.begin(),
                   [](char c) { return static_cast<std::byte>(c); });
    return count;
  }

  [[nodiscard]] std::string describe() const override { return "memory:/"; }

  [[nodiscard]] std::string identity() const override { return place_ + " " + describe(); }

 private:
  using Objects = std::map<std::string, MemoryObject, std::less<>>;

  struct Folder {
    std::string path;
    std::string unreadable = {}; // why, or ""
    std::vector<const Objects::value_type*> objects = {};
  };

  static void throw_if_stopped(const std::stop_token& stop) {
    if (stop.stop_requested()) {
      throw cancelled_error();
    }
  }

  static bool is_proven(const ListQuery& query, const std::string& folder) {
    return std::find(query.again.begin(), query.again.end(), folder) == query.again.end() &&
           std::any_of(query.proven.begin(), query.proven.end(), [&](const KeyRange& range) {
             return range.contains(folder) && !is_above(folder, range.until);
           });
  }

  void record(std::string call) {
    const std::scoped_lock lock(mutex_);
    calls_.push_back(std::move(call));
  }

  // Whether an unreadable folder hides what lies at `path`.
  [[nodiscard]] bool is_hidden(std::string_view path) const {
    return std::any_of(failing_folders_.begin(), failing_folders_.end(),
                       [&](const auto& failing) { return path.starts_with(failing.first); });
  }

  [[nodiscard]] std::vector<Folder> folders_under(const std::string& prefix) const {
    std::map<std::string_view, Folder> folders;
    for (auto at = objects_.lower_bound(prefix);
         at != objects_.end() && at->first.starts_with(prefix); ++at) {
      if (!is_hidden(at->first)) {
        Folder& folder = folders[folder_of(at->first)];
        folder.objects.push_back(&*at);
      }
    }
    for (const auto& [path, why] : failing_folders_) {
      const bool is_top = !is_hidden(path.substr(0, path.size() - 1));
      if (path.starts_with(prefix) && is_top) {
        folders[path].unreadable = why;
      }
    }
    std::vector<Folder> result;
    for (auto& [path, folder] : folders) {
      folder.path = path;
      result.push_back(std::move(folder));
    }
    return result;
  }

  void list_folder(const Folder& folder, const ListQuery& query, FolderSink hand_over) {
    FolderPart part;
    part.folder = folder.path;
    if (!folder.unreadable.empty()) {
      part.coverage = FolderPart::Coverage::unreadable;
      part.failures.push_back({folder.path, folder.unreadable});
      hand_over(std::move(part));
      return;
    }
    bool is_settled = true;
    std::vector<const Objects::value_type*> entries = folder.objects;
    std::copy_if(folder.objects.begin(), folder.objects.end(), std::back_inserter(entries),
                 [this](const auto* entry) { return repeated_.count(entry->first) != 0; });
    for (const auto* entry : entries) {
      if (breaks_.count(entry->first) != 0) {
        part.coverage = FolderPart::Coverage::unreadable;
        part.failures.push_back({folder.path, "Input/output error"});
        break;
      }
      if (part.objects.size() >= part_objects_) {
        FolderPart next;
        next.folder = part.folder;
        next.first = false;
        next.coverage = part.coverage;
        part.last = false;
        hand_over(std::exchange(part, std::move(next)));
      }
      take(entry->first, entry->second, query, part);
      if (query.known && !part.objects.empty()) {
        const ObjectEntry& last = part.objects.back();
        is_settled =
            is_settled && last.size != 0 && last.last_modified < query.known->settled_before;
      }
    }
    if (query.known && is_settled && part.coverage == FolderPart::Coverage::whole &&
        !has_subfolders(folder.path)) {
      part.version = version_of(folder.path);
    }
    hand_over(std::move(part));
  }

  // As a file system is walked: what lies below a folder that is not read is not found.
  void leave_out_known(std::vector<Folder>& folders, const KnownFolders& known) const {
    std::vector<std::string> left_out;
    std::erase_if(folders, [&](const Folder& folder) {
      const bool is_below =
          std::any_of(left_out.begin(), left_out.end(),
                      [&](const std::string& above) { return folder.path.starts_with(above); });
      const auto version = version_of(folder.path);
      const bool is_known = !is_below && folder.unreadable.empty() && version &&
                            known.is_known(folder.path, *version);
      if (is_known) {
        left_out.push_back(folder.path);
      }
      return is_below || is_known;
    });
  }

  [[nodiscard]] std::optional<std::int64_t> version_of(const std::string& folder) const {
    const auto found = versions_.find(folder);
    return found == versions_.end() ? std::nullopt : std::optional(found->second);
  }

  [[nodiscard]] bool has_subfolders(const std::string& folder) const {
    return std::any_of(objects_.begin(), objects_.end(), [&](const auto& object) {
      return object.first.starts_with(folder) && folder_of(object.first) != folder;
    });
  }

  void take(const std::string& key, const MemoryObject& object, const ListQuery& query,
            FolderPart& part) {
    ++filter_calls_;
    if (const auto skip = query.filter(part.folder, name_of(key))) {
      part.skipped.add(*skip);
    } else if (const auto failing = failing_objects_.find(key); failing != failing_objects_.end()) {
      part.coverage = FolderPart::Coverage::partial;
      part.failures.push_back({key, failing->second});
    } else {
      const auto size = static_cast<std::int64_t>(object.content.size());
      part.add(name_of(key), object.size.value_or(size), object.last_modified, object.etag);
    }
  }

  std::size_t part_objects_;
  Objects objects_;
  std::map<std::string, std::string, std::less<>> failing_folders_;
  std::map<std::string, std::string, std::less<>> failing_objects_;
  std::map<std::string, std::int64_t, std::less<>> versions_;
  std::set<std::string, std::less<>> breaks_;
  std::set<std::string, std::less<>> repeated_;
  std::optional<std::pair<std::size_t, JobError>> failure_;
  bool resumable_ = false;
  std::string place_;
  std::atomic<std::size_t> filter_calls_{0};
  mutable std::mutex mutex_; // over the calls recorded
  std::vector<std::string> calls_;
};

} // namespace nightshift::testkit

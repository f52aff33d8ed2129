// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/storage.hpp>
#include <nightshift/testkit/serial_executor.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::tests {

inline constexpr auto accept_all = [](std::string_view /*folder*/, std::string_view /*name*/) {
  return std::optional<Skip>();
};

// What a listing told, gathered and held against the rules for parts: a folder's first part is
// first, nothing follows its last, each object comes once, no part says nothing.
class Listing {
 public:
  struct Object {
    std::int64_t size;
    std::int64_t last_modified;

    friend bool operator==(const Object&, const Object&) = default;
  };

  using Objects = std::map<std::string, Object>;

  Listing() = default;

  // List all below `prefix` on this thread.
  explicit Listing(Storage& storage, const std::string& prefix = "") {
    testkit::SerialExecutor executor;
    run(storage, {prefix, accept_all}, executor);
  }

  void run(Storage& storage, const ListQuery& query, Executor& executor,
           std::stop_token stop = {}) {
    storage.list(
        query, [this](FolderPart&& part) { take(part); }, executor, std::move(stop));
    for (const auto& [folder, parts] : parts_) {
      EXPECT_TRUE(parts.back().last) << "no last part of " << printable_key(folder);
    }
  }

  [[nodiscard]] const Objects& objects() const noexcept { return objects_; }

  [[nodiscard]] std::set<std::string> keys() const {
    std::set<std::string> keys;
    for (const auto& [key, object] : objects_) {
      keys.insert(key);
    }
    return keys;
  }

  // The parts of each folder, in the order of their arrival.
  [[nodiscard]] const std::map<std::string, std::vector<FolderPart>>& parts() const noexcept {
    return parts_;
  }

  [[nodiscard]] const SkipCounts& skipped() const noexcept { return skipped_; }

  // Key -> why.
  [[nodiscard]] const std::map<std::string, std::string>& failures() const noexcept {
    return failures_;
  }

  [[nodiscard]] FolderPart::Coverage coverage(const std::string& folder) const {
    return parts_.at(folder).back().coverage;
  }

 private:
  void take(FolderPart& part) {
    const std::scoped_lock lock(mutex_);
    std::vector<FolderPart>& parts = parts_[part.folder];
    EXPECT_EQ(part.first, parts.empty()) << printable_key(part.folder);
    EXPECT_TRUE(parts.empty() || !parts.back().last) << printable_key(part.folder);
    EXPECT_TRUE(part.listed() > 0 || part.coverage == FolderPart::Coverage::unreadable)
        << printable_key(part.folder);
    for (const ObjectEntry& entry : part.objects) {
      const std::string key = part.folder + std::string(part.name(entry));
      const bool is_new = objects_.emplace(key, Object{entry.size, entry.last_modified}).second;
      EXPECT_TRUE(is_new) << "twice: " << printable_key(key);
    }
    skipped_.add(part.skipped);
    for (const ListFailure& failure : part.failures) {
      EXPECT_TRUE(failures_.emplace(failure.key, failure.why).second) << failure.key;
    }
    parts.push_back(std::move(part));
  }

  std::mutex mutex_;
  Objects objects_;
  std::map<std::string, std::vector<FolderPart>> parts_;
  SkipCounts skipped_;
  std::map<std::string, std::string> failures_;
};

} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0
//
// How far a listing has come, kept in the catalogue: what a resumed listing need not list again,
// and which folders it must look at all the same.

#pragma once

#include "core/catalogue/sqlite/database.hpp"

#include <nightshift/catalogue.hpp>
#include <nightshift/function_ref.hpp>
#include <nightshift/key_range.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift::sqlite {

// A listing that was cut short, as it is kept; nothing if there is none.
struct KeptListing {
  std::uint64_t hash = 0;
  CutListing listing; // without `captures`, which only a look at the folders tells
};

[[nodiscard]] std::optional<KeptListing> read_listing(const Database& database,
                                                      std::int64_t deployment_id);

// Whether a folder counts as listed because of `listing`.
[[nodiscard]] bool covers(const CutListing& listing, std::string_view folder);

// On the connection that writes, within its transaction.
class ListingProgress {
 public:
  // `hash` 0: nothing is kept.
  ListingProgress(std::int64_t deployment_id, std::uint64_t hash)
      : deployment_id_(deployment_id),
        hash_(hash) {}

  // Keep that a range is proven. What is known of folders in it that were not seen must be listed
  // again: `is_seen` says of a folder's id whether it was.
  void prove(Database& database, const KeyRange& range,
             FunctionRef<bool(std::int64_t folder_id)> is_seen);

  // Captures of the folder are gone.
  void look_again_at(Database& database, std::string_view folder);

  // Drop what is kept of a listing before this one.
  void drop_former(Database& database);

  // Drop what is kept, and keep nothing from here on.
  void forget(Database& database);

 private:
  void begin(Database& database);
  void look_again_at_unseen(Database& database, const KeyRange& range,
                            FunctionRef<bool(std::int64_t folder_id)> is_seen);
  void look_again_above(Database& database, std::string_view key, std::string_view until,
                        FunctionRef<bool(std::int64_t folder_id)> is_seen);

  std::int64_t deployment_id_;
  std::uint64_t hash_;
  bool begun_ = false;
  std::int64_t again_ = 0;
  std::map<std::string, std::string, std::less<>> until_; // of each range, by its `after`
};

} // namespace nightshift::sqlite

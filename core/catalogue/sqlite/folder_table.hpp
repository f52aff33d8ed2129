// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/catalogue/sqlite/database.hpp"
#include "core/catalogue/sqlite/folder_tally.hpp"

#include <nightshift/fingerprint.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nightshift::sqlite {

// Decides whether a folder need be merged: what it was last merged with.
struct FolderState {
  std::optional<Fingerprint> fingerprint; // nothing: merge it again
  std::uint64_t rules_hash = 0;
  std::optional<std::int64_t> version = {}; // see `FolderPart`; nothing: none that counts

  friend bool operator==(const FolderState&, const FolderState&) = default;
};

struct FolderRow {
  std::int64_t id = 0;
  FolderState state;
  std::int64_t captures = 0; // present ones
  std::int64_t bytes = 0;
  Hull times;
};

// Looks folders up, on a connection of its own for each thread.
class FolderLookup {
 public:
  explicit FolderLookup(const Database& database);

  [[nodiscard]] std::optional<FolderRow> find(std::int64_t deployment_id, std::string_view path);

 private:
  Statement find_;
};

// What changed among the captures of a folder.
struct FolderChange {
  bool any = false;
  Hull times; // of all that came, went or moved, as they were and as they are

  void touch(std::optional<std::int64_t> time) noexcept {
    any = true;
    if (time) {
      times.add(*time);
    }
  }
};

// Rows of folders and what goes with them: fragments and dirty marks. On the connection that
// writes.
class FolderTable {
 public:
  explicit FolderTable(Database& database);

  [[nodiscard]] std::optional<FolderRow> find(std::int64_t deployment_id, std::string_view path) {
    return lookup_.find(deployment_id, path);
  }

  // An empty folder. Gives its id.
  [[nodiscard]] std::int64_t add(std::int64_t deployment_id, std::string_view path);

  void set_state(std::int64_t folder_id, const FolderState& state);

  void set_version(std::int64_t deployment_id, std::string_view path, std::int64_t version);

  // Once the rows of a folder's captures are right: bring the rest in line with them, and remember
  // what changed for the next regroup.
  void settle(std::int64_t folder_id, const FolderState& state, FolderTally& tally,
              const FolderChange& change, std::chrono::seconds max_gap);

  // Split the folder's captures again, under another gap.
  void split_again(std::int64_t folder_id, std::chrono::seconds max_gap);

 private:
  void put_fragment(const Fragment& fragment);

  FolderLookup lookup_;
  Database* database_;
  Statement add_;
  Statement set_state_;
  Statement set_version_;
  Statement settle_;
  Statement set_gap_;
  Statement mark_dirty_;
  Statement remove_fragments_;
  Statement put_fragment_;
  Statement times_;
};

} // namespace nightshift::sqlite

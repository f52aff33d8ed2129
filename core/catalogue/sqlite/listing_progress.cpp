// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/listing_progress.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>
#include <utility>
#include <vector>

namespace nightshift::sqlite {

namespace {

// So many folders with losses are no small matter: rather list everything anew than each of them by
// a request of its own.
constexpr std::int64_t k_most_again = 1000;

std::vector<KeyRange> read_ranges(const Database& database, std::int64_t deployment_id) {
  std::vector<KeyRange> ranges;
  Statement select = database.prepare(
      "SELECT after, until FROM listing_range WHERE deployment_id = ?1 ORDER BY after");
  Rows rows = select.query(deployment_id);
  while (rows.next()) {
    ranges.push_back({std::string(rows.bytes(0)), std::string(rows.bytes(1))});
  }
  return ranges;
}

std::vector<std::string> read_again(const Database& database, std::int64_t deployment_id) {
  std::vector<std::string> folders;
  Statement select =
      database.prepare("SELECT folder FROM listing_again WHERE deployment_id = ?1 ORDER BY folder");
  Rows rows = select.query(deployment_id);
  while (rows.next()) {
    folders.emplace_back(rows.bytes(0));
  }
  return folders;
}

} // namespace

std::optional<KeptListing> read_listing(const Database& database, std::int64_t deployment_id) {
  Statement select = database.prepare("SELECT hash, began FROM listing WHERE deployment_id = ?1");
  Rows rows = select.query(deployment_id);
  if (!rows.next()) {
    return std::nullopt;
  }
  KeptListing kept;
  kept.hash = static_cast<std::uint64_t>(rows.number(0));
  kept.listing.began = std::chrono::sys_seconds{std::chrono::seconds{rows.number(1)}};
  kept.listing.proven = read_ranges(database, deployment_id);
  kept.listing.again = read_again(database, deployment_id);
  return kept;
}

bool covers(const CutListing& listing, std::string_view folder) {
  const auto after =
      std::partition_point(listing.proven.begin(), listing.proven.end(),
                           [&](const KeyRange& range) { return range.after < folder; });
  if (after == listing.proven.begin() || !std::prev(after)->contains(folder)) {
    return false;
  }
  const bool holds_an_end = is_above(folder, std::prev(after)->until);
  return !holds_an_end && !std::binary_search(listing.again.begin(), listing.again.end(), folder);
}

void ListingProgress::begin(Database& database) {
  if (!begun_) {
    database
        .prepare("INSERT INTO listing (deployment_id, hash, began) VALUES (?1, ?2, ?3) "
                 "ON CONFLICT DO NOTHING")
        .run(deployment_id_, static_cast<std::int64_t>(hash_), std::time(nullptr));
    begun_ = true;
  }
}

void ListingProgress::prove(Database& database, const KeyRange& range,
                            FunctionRef<bool(std::int64_t folder_id)> is_seen) {
  if (hash_ == 0) {
    return;
  }
  begin(database);
  const auto [known, added] = until_.try_emplace(range.after, range.after);
  const std::string before = std::exchange(known->second, range.until);
  look_again_at_unseen(database, {before, range.until}, is_seen);
  if (!added) {
    look_again_above(database, before, range.until, is_seen);
  }
  if (hash_ != 0) {
    database
        .prepare("INSERT INTO listing_range (deployment_id, after, until) VALUES (?1, ?2, ?3) "
                 "ON CONFLICT DO UPDATE SET until = excluded.until")
        .run(deployment_id_, Blob{range.after}, Blob{range.until});
  }
}

// A folder that the end of the range lies in may have objects yet to come.
void ListingProgress::look_again_at_unseen(Database& database, const KeyRange& range,
                                           FunctionRef<bool(std::int64_t folder_id)> is_seen) {
  Statement select =
      database.prepare("SELECT id, path FROM folder WHERE deployment_id = ?1 AND path > ?2 "
                       "AND (?3 = x'' OR path <= ?3) AND captures > 0");
  Rows rows = select.query(deployment_id_, Blob{range.after}, Blob{range.until});
  while (rows.next()) {
    if (!is_above(rows.bytes(1), range.until) && !is_seen(rows.number(0))) {
      look_again_at(database, std::string(rows.bytes(1)));
    }
  }
}

// Folders that the former end lay in and the new one does not: they are over now.
void ListingProgress::look_again_above(Database& database, std::string_view key,
                                       std::string_view until,
                                       FunctionRef<bool(std::int64_t folder_id)> is_seen) {
  Statement select = database.prepare(
      "SELECT id FROM folder WHERE deployment_id = ?1 AND path = ?2 AND captures > 0");
  for (std::string_view folder = folder_of(key); !folder.empty();
       folder = folder_of(folder.substr(0, folder.size() - 1))) {
    if (is_above(folder, until)) {
      break; // and so are those that are left
    }
    Rows rows = select.query(deployment_id_, Blob{folder});
    if (rows.next() && !is_seen(rows.number(0))) {
      look_again_at(database, folder);
    }
  }
}

void ListingProgress::look_again_at(Database& database, std::string_view folder) {
  if (hash_ == 0) {
    return;
  }
  begin(database);
  database
      .prepare("INSERT INTO listing_again (deployment_id, folder) VALUES (?1, ?2) "
               "ON CONFLICT DO NOTHING")
      .run(deployment_id_, Blob{folder});
  again_ += database.changes();
  if (again_ > k_most_again) {
    forget(database);
  }
}

void ListingProgress::drop_former(Database& database) {
  for (const char* table : {"listing", "listing_range", "listing_again"}) {
    database.prepare(fmt::format("DELETE FROM {} WHERE deployment_id = ?1", table))
        .run(deployment_id_);
  }
}

void ListingProgress::forget(Database& database) {
  drop_former(database);
  hash_ = 0;
}

} // namespace nightshift::sqlite

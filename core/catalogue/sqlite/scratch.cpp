// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/scratch.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace nightshift::sqlite {

namespace {

// Small pages: SQLite sorts in memory up to 250 of them, and beyond that in runs on disk.
Database open_scratch() {
  Database database("", Database::Access::create, "the folder for temporary files (TMPDIR)",
                    std::chrono::milliseconds{0});
  database.run("PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
               "PRAGMA cache_size = -2048; PRAGMA temp_store = FILE; PRAGMA secure_delete = OFF;"
               "PRAGMA locking_mode = EXCLUSIVE;"
               "CREATE TABLE staged (slot INTEGER, part INTEGER, name BLOB, size INTEGER,"
               "  last_modified INTEGER, time INTEGER, time_source INTEGER, etag BLOB,"
               "  PRIMARY KEY (slot, part, name)) WITHOUT ROWID;"
               "CREATE TABLE gone_folder (folder_id INTEGER PRIMARY KEY, fingerprint_low INTEGER,"
               "  fingerprint_high INTEGER);"
               "CREATE TABLE gone (folder_id INTEGER, name BLOB, time INTEGER,"
               "  PRIMARY KEY (folder_id, name)) WITHOUT ROWID;");
  return database;
}

} // namespace

Scratch::Scratch()
    : database_(open_scratch()),
      feed_(database_),
      stage_(database_.prepare("INSERT OR REPLACE INTO staged SELECT ?1, ?2, name, size, "
                               "nanoseconds, time, time_source, etag FROM capture_feed")),
      staged_(database_.prepare("SELECT name, size, last_modified, time, time_source, etag "
                                "FROM staged WHERE slot = ?1 ORDER BY name")),
      drop_(database_.prepare("DELETE FROM staged WHERE slot = ?1")),
      add_folder_(database_.prepare("INSERT INTO gone_folder VALUES (?1, ?2, ?3)")),
      add_gone_(database_.prepare("INSERT INTO gone VALUES (?1, ?2, ?3)")),
      folders_(database_.prepare("SELECT folder_id, fingerprint_low, fingerprint_high "
                                 "FROM gone_folder ORDER BY folder_id")),
      gone_(database_.prepare("SELECT name, time FROM gone WHERE folder_id = ?1 ORDER BY name")) {}

void Scratch::stage(std::int64_t slot, std::int64_t number, const CapturePart& part) {
  feed_.point_at(part);
  stage_.run(slot, number);
}

bool Scratch::Staged::next(ListedCapture& capture) {
  do {
    if (!rows_.next()) {
      return false;
    }
  } while (rows_.bytes(0) == last_name_);
  last_name_ = rows_.bytes(0);
  capture.name = rows_.bytes(0);
  capture.size = rows_.number(1);
  capture.last_modified = rows_.number(2);
  capture.time = {rows_.number(3), static_cast<TimeSource>(rows_.number(4))};
  capture.etag = rows_.bytes(5);
  return true;
}

Scratch::Staged Scratch::staged(std::int64_t slot) {
  return Staged(staged_.query(slot));
}

void Scratch::drop(std::int64_t slot) {
  drop_.run(slot);
}

void Scratch::add_folder(std::int64_t folder_id, const std::optional<Fingerprint>& fingerprint) {
  const auto half = [&](std::uint64_t Fingerprint::*member) {
    return fingerprint ? std::optional(static_cast<std::int64_t>((*fingerprint).*member))
                       : std::nullopt;
  };
  add_folder_.run(folder_id, half(&Fingerprint::low), half(&Fingerprint::high));
}

void Scratch::add_gone(std::int64_t folder_id, std::string_view name,
                       std::optional<std::int64_t> time) {
  add_gone_.run(folder_id, Blob{name}, time);
}

void Scratch::for_each_folder(
    FunctionRef<void(std::int64_t folder_id, const std::optional<Fingerprint>& fingerprint)> sink) {
  Rows rows = folders_.query();
  while (rows.next()) {
    std::optional<Fingerprint> fingerprint;
    if (!rows.is_null(1)) {
      fingerprint = Fingerprint{static_cast<std::uint64_t>(rows.number(1)),
                                static_cast<std::uint64_t>(rows.number(2))};
    }
    sink(rows.number(0), fingerprint);
  }
}

void Scratch::for_each_gone(
    std::int64_t folder_id,
    FunctionRef<void(std::string_view name, std::optional<std::int64_t> time)> sink) {
  Rows rows = gone_.query(folder_id);
  while (rows.next()) {
    sink(rows.bytes(0), rows.optional_number(1));
  }
}

} // namespace nightshift::sqlite

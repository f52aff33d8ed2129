// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/folder_table.hpp"

#include "core/catalogue/sqlite/plain_text.hpp"
#include "core/catalogue/sqlite/stored_time.hpp"

#include <nightshift/grouping.hpp>

namespace nightshift::sqlite {

namespace {

std::int64_t stored(std::uint64_t bits) noexcept {
  return static_cast<std::int64_t>(bits);
}

std::optional<std::int64_t> low_of(const FolderState& state) noexcept {
  return state.fingerprint ? std::optional(stored(state.fingerprint->low)) : std::nullopt;
}

std::optional<std::int64_t> high_of(const FolderState& state) noexcept {
  return state.fingerprint ? std::optional(stored(state.fingerprint->high)) : std::nullopt;
}

} // namespace

FolderLookup::FolderLookup(const Database& database)
    : find_(database.prepare("SELECT id, fingerprint_low, fingerprint_high, rules_hash, captures, "
                             "bytes, first_time, last_time, version FROM folder "
                             "WHERE deployment_id = ?1 AND path = ?2")) {}

std::optional<FolderRow> FolderLookup::find(std::int64_t deployment_id, std::string_view path) {
  Rows rows = find_.query(deployment_id, Blob{path});
  if (!rows.next()) {
    return std::nullopt;
  }
  FolderRow folder;
  folder.id = rows.number(0);
  if (!rows.is_null(1)) {
    folder.state.fingerprint = Fingerprint{static_cast<std::uint64_t>(rows.number(1)),
                                           static_cast<std::uint64_t>(rows.number(2))};
  }
  folder.state.rules_hash = static_cast<std::uint64_t>(rows.number(3));
  folder.captures = rows.number(4);
  folder.bytes = rows.number(5);
  folder.times = {rows.optional_number(6), rows.optional_number(7)};
  folder.state.version = rows.optional_number(8);
  return folder;
}

// What inserts a row does so by VALUES: of a SELECT there could be several, and in order to undo
// just that statement SQLite would copy each page that it writes to into a temporary file.
FolderTable::FolderTable(Database& database)
    : lookup_(database),
      database_(&database),
      add_(database.prepare("INSERT INTO folder (deployment_id, path, path_text, rules_hash, "
                            "captures, bytes, undated, missing, fragment_gap) "
                            "VALUES (?1, ?2, ?3, 0, 0, 0, 0, 0, 0)")),
      set_state_(database.prepare("UPDATE folder SET fingerprint_low = ?2, fingerprint_high = ?3, "
                                  "rules_hash = ?4, version = ?5 WHERE id = ?1")),
      set_version_(database.prepare("UPDATE folder SET version = ?3 "
                                    "WHERE deployment_id = ?1 AND path = ?2")),
      settle_(
          database.prepare("UPDATE folder SET captures = ?2, bytes = ?3, undated = ?4, "
                           "missing = ?5, first_time = ?6, last_time = ?7, fingerprint_low = ?8, "
                           "fingerprint_high = ?9, rules_hash = ?10, "
                           "fragment_gap = coalesce(?11, fragment_gap), version = ?12 "
                           "WHERE id = ?1")),
      set_gap_(database.prepare("UPDATE folder SET fragment_gap = ?2 WHERE id = ?1")),
      mark_dirty_(
          database.prepare("INSERT INTO dirty (deployment_id, folder_id, start_time, end_time) "
                           "VALUES ((SELECT deployment_id FROM folder WHERE id = ?1), ?1, ?2, ?3) "
                           "ON CONFLICT DO UPDATE SET "
                           "start_time = min(coalesce(start_time, excluded.start_time), "
                           "coalesce(excluded.start_time, start_time)), "
                           "end_time = max(coalesce(end_time, excluded.end_time), "
                           "coalesce(excluded.end_time, end_time))")),
      remove_fragments_(database.prepare("DELETE FROM fragment WHERE folder_id = ?1")),
      put_fragment_(database.prepare(
          "INSERT INTO fragment (folder_id, start_time, end_time, captures, duplicate_times, "
          "deployment_id) VALUES (?1, ?2, ?3, ?4, ?5, "
          "(SELECT deployment_id FROM folder WHERE id = ?1))")),
      times_(database.prepare("SELECT time, count(*) FROM capture WHERE folder_id = ?1 "
                              "AND time IS NOT NULL AND missing_since IS NULL "
                              "GROUP BY time ORDER BY time")) {}

std::int64_t FolderTable::add(std::int64_t deployment_id, std::string_view path) {
  add_.run(deployment_id, Blob{path}, text_if_not_plain(path));
  return database_->last_insert_id();
}

void FolderTable::set_state(std::int64_t folder_id, const FolderState& state) {
  set_state_.run(folder_id, low_of(state), high_of(state), stored(state.rules_hash), state.version);
}

void FolderTable::set_version(std::int64_t deployment_id, std::string_view path,
                              std::int64_t version) {
  set_version_.run(deployment_id, Blob{path}, version);
}

void FolderTable::settle(std::int64_t folder_id, const FolderState& state, FolderTally& tally,
                         const FolderChange& change, std::chrono::seconds max_gap) {
  const bool times_changed = change.times.first.has_value();
  const bool right_at_any_gap = !tally.times().first;
  settle_.run(folder_id, tally.captures(), tally.bytes(), tally.undated(), tally.missing(),
              tally.times().first, tally.times().last, low_of(state), high_of(state),
              stored(state.rules_hash),
              times_changed || right_at_any_gap ? std::optional(max_gap.count()) : std::nullopt,
              state.version);
  mark_dirty_.run(folder_id, change.times.first, change.times.last);
  if (!times_changed) {
    return;
  }
  const auto fragments = tally.fragments(folder_id, max_gap);
  if (!fragments) {
    split_again(folder_id, max_gap);
    return;
  }
  remove_fragments_.run(folder_id);
  for (const Fragment& fragment : *fragments) {
    put_fragment(fragment);
  }
}

void FolderTable::split_again(std::int64_t folder_id, std::chrono::seconds max_gap) {
  remove_fragments_.run(folder_id);
  Grouper grouper({max_gap, std::nullopt});
  const auto keep = [&](const std::optional<Grouper::Group>& group) {
    if (group) {
      put_fragment({folder_id, group->span, group->captures, group->duplicate_times});
    }
  };
  Rows rows = times_.query(folder_id);
  while (rows.next()) {
    keep(grouper.add(WallTime{std::chrono::seconds{rows.number(0)}}, rows.number(1)));
  }
  keep(grouper.finish());
  set_gap_.run(folder_id, max_gap.count());
}

void FolderTable::put_fragment(const Fragment& fragment) {
  put_fragment_.run(fragment.folder_id, seconds_of(fragment.span.start),
                    seconds_of(fragment.span.end), fragment.captures, fragment.duplicate_times);
}

} // namespace nightshift::sqlite

// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/sqlite_regroup.hpp"

#include "core/catalogue/sqlite/stored_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

namespace nightshift::sqlite {

namespace {

// So many captures' times are put in order in memory: measured on a million in overlapping folders,
// a quarter less CPU for the regroup than by SQLite.
constexpr std::int64_t k_most_in_memory = 250'000;

void tell_in_order(std::vector<std::int64_t>& times,
                   FunctionRef<void(WallTime time, std::int64_t captures)> sink) {
  std::sort(times.begin(), times.end());
  for (auto at = times.begin(); at != times.end();) {
    const auto end = std::find_if(at, times.end(), [at](std::int64_t time) { return time != *at; });
    sink(wall_time(*at), end - at);
    at = end;
  }
}

std::optional<std::int64_t> max_session_of(const GroupingRule& rule) noexcept {
  return rule.max_session ? std::optional(rule.max_session->count()) : std::nullopt;
}

constexpr std::string_view k_times =
    "SELECT time FROM capture WHERE folder_id IN "
    "(SELECT folder_id FROM fragment INDEXED BY fragment_by_time WHERE deployment_id = ?1 "
    "AND start_time BETWEEN ?2 - ?4 AND ?3 AND end_time >= ?2) "
    "AND time BETWEEN ?2 AND ?3 AND missing_since IS NULL";

} // namespace

// A fragment that overlaps a window begins in it or, at most the length of the longest one, before:
// that is what the index on their starts is asked for.
SqliteRegroup::SqliteRegroup(Writer& writer, std::int64_t deployment_id, const GroupingRule& rule)
    : turn_(writer.take_over()),
      database_(writer.tables().database),
      folders_(writer.tables().folders),
      transaction_(database_),
      deployment_id_(deployment_id),
      rule_(rule),
      regroup_all_(!is_last_rule()),
      fragments_(database_.prepare(
          "SELECT folder_id, start_time, end_time, captures, duplicate_times FROM fragment "
          "INDEXED BY fragment_by_time WHERE deployment_id = ?1 "
          "AND start_time BETWEEN ?2 - ?4 AND ?3 AND end_time >= ?2 "
          "ORDER BY start_time, folder_id")),
      sessions_(database_.prepare(
          "SELECT id, start_time, end_time, captures, duplicate_times FROM session "
          "WHERE deployment_id = ?1 AND start_time <= ?3 AND end_time >= ?2 AND start_time >= "
          "coalesce((SELECT max(start_time) FROM session "
          "WHERE deployment_id = ?1 AND start_time <= ?2), ?2) ORDER BY start_time")),
      times_(database_.prepare(k_times)),
      times_in_order_(database_.prepare(
          fmt::format("SELECT time, count(*) FROM ({}) GROUP BY time ORDER BY time", k_times))),
      times_cost_(database_.prepare(
          "SELECT sum(captures) FROM folder WHERE id IN "
          "(SELECT folder_id FROM fragment INDEXED BY fragment_by_time WHERE deployment_id = ?1 "
          "AND start_time BETWEEN ?2 - ?4 AND ?3 AND end_time >= ?2)")),
      remove_session_(database_.prepare("DELETE FROM session WHERE id = ?1")),
      put_session_(
          database_.prepare("INSERT INTO session (id, deployment_id, start_time, end_time, "
                            "captures, duplicate_times) "
                            "VALUES (?1, ?2, ?3, ?4, ?5, ?6)")) {
  split_again();
  Statement longest =
      database_.prepare("SELECT max(end_time - start_time) FROM fragment WHERE deployment_id = ?1");
  Rows rows = longest.query(deployment_id_);
  longest_fragment_ = rows.next() ? rows.number(0) : 0;
}

bool SqliteRegroup::is_last_rule() {
  Statement last = database_.prepare("SELECT 1 FROM deployment WHERE id = ?1 "
                                     "AND grouped_max_gap = ?2 AND grouped_max_session IS ?3");
  return last.query(deployment_id_, rule_.max_gap.count(), max_session_of(rule_)).next();
}

// Where the rule is the last one, only merges since can have split at another gap, and all that
// they changed is marked.
void SqliteRegroup::split_again() {
  Statement others = database_.prepare(
      regroup_all_ ? "SELECT id FROM folder WHERE deployment_id = ?1 AND fragment_gap <> ?2"
                   : "SELECT f.id FROM dirty d JOIN folder f ON f.id = d.folder_id "
                     "WHERE d.deployment_id = ?1 AND f.fragment_gap <> ?2");
  std::vector<std::int64_t> ids;
  Rows rows = others.query(deployment_id_, rule_.max_gap.count());
  while (rows.next()) {
    ids.push_back(rows.number(0));
  }
  for (const std::int64_t id : ids) {
    folders_.split_again(id, rule_.max_gap);
  }
}

std::vector<TimeSpan> SqliteRegroup::dirty() {
  if (regroup_all_) {
    return all_times();
  }
  Statement marks = database_.prepare("SELECT start_time, end_time FROM dirty "
                                      "WHERE deployment_id = ?1 AND start_time IS NOT NULL "
                                      "ORDER BY start_time");
  std::vector<TimeSpan> spans;
  Rows rows = marks.query(deployment_id_);
  while (rows.next()) {
    const TimeSpan span{wall_time(rows.number(0)), wall_time(rows.number(1))};
    if (spans.empty() || span.start > spans.back().end) {
      spans.push_back(span);
    } else {
      spans.back().end = std::max(spans.back().end, span.end);
    }
  }
  return spans;
}

// Of captures and of sessions that have none left.
std::vector<TimeSpan> SqliteRegroup::all_times() {
  Statement ends = database_.prepare(
      "SELECT min(start_time), max(end_time) FROM (SELECT start_time, end_time FROM fragment "
      "WHERE deployment_id = ?1 UNION ALL SELECT start_time, end_time FROM session "
      "WHERE deployment_id = ?1)");
  Rows rows = ends.query(deployment_id_);
  if (!rows.next() || rows.is_null(0)) {
    return {};
  }
  return {{wall_time(rows.number(0)), wall_time(rows.number(1))}};
}

std::vector<Fragment> SqliteRegroup::fragments(const TimeSpan& window) {
  std::vector<Fragment> fragments;
  Rows rows = fragments_.query(deployment_id_, seconds_of(window.start), seconds_of(window.end),
                               longest_fragment_);
  while (rows.next()) {
    fragments.push_back({rows.number(0),
                         {wall_time(rows.number(1)), wall_time(rows.number(2))},
                         rows.number(3),
                         rows.number(4)});
  }
  return fragments;
}

std::vector<Session> SqliteRegroup::sessions(const TimeSpan& window) {
  std::vector<Session> sessions;
  Rows rows = sessions_.query(deployment_id_, seconds_of(window.start), seconds_of(window.end));
  while (rows.next()) {
    sessions.push_back({rows.number(0),
                        {wall_time(rows.number(1)), wall_time(rows.number(2))},
                        rows.number(3),
                        rows.number(4)});
  }
  return sessions;
}

void SqliteRegroup::times(const TimeSpan& window,
                          FunctionRef<void(WallTime time, std::int64_t captures)> sink) {
  const std::int64_t start = seconds_of(window.start);
  const std::int64_t end = seconds_of(window.end);
  if (are_times_kept(window.start)) {
    Statement kept = database_.prepare("SELECT time, captures FROM temp.regroup_times "
                                       "WHERE time BETWEEN ?1 AND ?2 ORDER BY time");
    Rows rows = kept.query(start, end);
    while (rows.next()) {
      sink(wall_time(rows.number(0)), rows.number(1));
    }
    return;
  }
  const std::int64_t cost = cost_of_times(start, end);
  times_read_ += cost;
  if (cost > k_most_in_memory) {
    Rows rows = times_in_order_.query(deployment_id_, start, end, longest_fragment_);
    while (rows.next()) {
      sink(wall_time(rows.number(0)), rows.number(1));
    }
    return;
  }
  std::vector<std::int64_t> times;
  times.reserve(static_cast<std::size_t>(cost));
  Rows rows = times_.query(deployment_id_, start, end, longest_fragment_);
  while (rows.next()) {
    times.push_back(rows.number(0));
  }
  tell_in_order(times, sink);
}

// How many captures have to be looked at.
std::int64_t SqliteRegroup::cost_of_times(std::int64_t start, std::int64_t end) {
  Rows cost = times_cost_.query(deployment_id_, start, end, longest_fragment_);
  return cost.next() ? cost.number(0) : 0;
}

// A window is answered by reading the folders that reach into it, whole: captures have no index on
// their times, which would be half as large as they are. That is little where each night has its
// folder. Two folders of a whole season, though, would be read for each night of it; so once as
// much has been read as there is, twice over, all times from here on are put in order and kept.
bool SqliteRegroup::are_times_kept(WallTime from) {
  if (times_kept_from_) {
    return from >= *times_kept_from_;
  }
  if (!captures_) {
    captures_ = folder_totals().captures;
  }
  if (times_read_ < 2 * *captures_ || *captures_ == 0) {
    return false;
  }
  database_.run("DROP TABLE IF EXISTS temp.regroup_times;"
                "CREATE TEMP TABLE regroup_times (time INTEGER PRIMARY KEY, captures INTEGER)");
  database_
      .prepare("INSERT INTO temp.regroup_times SELECT time, count(*) FROM capture "
               "WHERE folder_id IN (SELECT id FROM folder WHERE deployment_id = ?1 "
               "AND last_time >= ?2) AND time >= ?2 AND missing_since IS NULL "
               "GROUP BY time ORDER BY time")
      .run(deployment_id_, seconds_of(from));
  times_kept_from_ = from;
  return true;
}

void SqliteRegroup::replace(std::span<const Session> before, std::span<const Session> after) {
  for (const Session& session : before) {
    remove_session_.run(session.id);
  }
  for (const Session& session : after) {
    put_session_.run(session.id != 0 ? std::optional(session.id) : std::nullopt, deployment_id_,
                     seconds_of(session.span.start), seconds_of(session.span.end), session.captures,
                     session.duplicate_times);
  }
}

// Bytes are summed up as a float, which is exact up to 8 PiB and beyond has no overflow to fail by.
FolderTotals SqliteRegroup::folder_totals() {
  Statement sums = database_.prepare("SELECT sum(captures), CAST(total(bytes) AS INTEGER), "
                                     "sum(undated), sum(missing), min(first_time), "
                                     "max(last_time) FROM folder WHERE deployment_id = ?1");
  Rows rows = sums.query(deployment_id_);
  if (!rows.next()) {
    return {};
  }
  return {rows.number(0),
          rows.number(1),
          rows.number(2),
          rows.number(3),
          wall_time(rows.optional_number(4)),
          wall_time(rows.optional_number(5))};
}

Regroup::SessionTotals SqliteRegroup::session_totals() {
  Statement sums = database_.prepare(
      "SELECT count(*), sum(duplicate_times) FROM session WHERE deployment_id = ?1");
  Rows rows = sums.query(deployment_id_);
  return rows.next() ? SessionTotals{rows.number(0), rows.number(1)} : SessionTotals{};
}

void SqliteRegroup::commit(const CachedFields& fields) {
  database_
      .prepare("UPDATE deployment SET captures_count = ?2, events_count = ?3, "
               "first_capture_timestamp = ?4, last_capture_timestamp = ?5, "
               "data_source_total_files = ?6, data_source_total_size = ?7, missing_count = ?8, "
               "undated_count = ?9, duplicate_timestamps = ?10, grouped_max_gap = ?11, "
               "grouped_max_session = ?12 WHERE id = ?1")
      .run(deployment_id_, fields.captures_count, fields.events_count,
           seconds_of(fields.first_capture_timestamp), seconds_of(fields.last_capture_timestamp),
           fields.data_source_total_files, fields.data_source_total_size, fields.missing_count,
           fields.undated_count, fields.duplicate_timestamps, rule_.max_gap.count(),
           max_session_of(rule_));
  database_.prepare("DELETE FROM dirty WHERE deployment_id = ?1").run(deployment_id_);
  database_.run("DROP TABLE IF EXISTS temp.regroup_times");
  transaction_.commit();
  give_turn_back();
}

// To end a statement is to use its connection, which is another's from then on.
void SqliteRegroup::give_turn_back() noexcept {
  for (Statement* each : {&fragments_, &sessions_, &times_, &times_in_order_, &times_cost_,
                          &remove_session_, &put_session_}) {
    each->close();
  }
  turn_.unlock();
}

} // namespace nightshift::sqlite

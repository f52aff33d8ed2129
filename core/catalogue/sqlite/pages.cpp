// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/pages.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace nightshift::sqlite {
namespace {

// Rows of the folders that the condition picks, in the order of their keys: CROSS JOIN, which in
// SQLite is a join in the order written, so that nothing is sorted. The columns are those of the
// view `captures`.
std::string select_captures(std::string_view condition) {
  std::string sql = R"(
SELECT f.path, c.name,
       coalesce(f.path_text, CAST(f.path AS TEXT)) ||
         coalesce((SELECT t.text FROM capture_text t
                   WHERE t.folder_id = c.folder_id AND t.name = c.name), CAST(c.name AS TEXT)),
       strftime('%Y-%m-%dT%H:%M:%S', c.time, 'unixepoch'),
       c.size,
       strftime('%Y-%m-%dT%H:%M:%SZ',
                CASE WHEN typeof(c.last_modified) = 'real'
                     THEN CAST(c.last_modified AS INTEGER) / 1000000000 - (c.last_modified < 0)
                     WHEN c.last_modified BETWEEN -8589934591 AND 8589934591
                     THEN c.last_modified
                     ELSE c.last_modified / 1000000000 - (c.last_modified % 1000000000 < 0) END,
                'unixepoch'),
       strftime('%Y-%m-%dT%H:%M:%SZ', c.missing_since, 'unixepoch')
FROM folder f CROSS JOIN capture c ON c.folder_id = f.id
WHERE f.deployment_id = ?1 AND )";
  sql += condition;
  return sql;
}

std::optional<std::string> optional_text(const Rows& rows, int column) {
  return rows.is_null(column) ? std::nullopt : std::optional(std::string(rows.text(column)));
}

void take_rows(Rows rows, CapturePage& page) {
  while (rows.next()) {
    page.next = {std::string(rows.bytes(0)), std::string(rows.bytes(1))};
    page.rows.push_back({std::string(rows.text(2)), optional_text(rows, 3), rows.number(4),
                         std::string(rows.text(5)), optional_text(rows, 6)});
  }
}

std::int64_t floor_hour(std::int64_t seconds) {
  constexpr std::int64_t k_hour = 3600;
  return seconds / k_hour - (seconds % k_hour < 0 ? 1 : 0);
}

} // namespace

// A page goes on within its folder first: by one condition for both, the rows of a large folder
// would be looked through anew for each of its pages.
CapturePage read_captures(const Database& database, const CapturePageQuery& query) {
  CapturePage page;
  std::int64_t wanted = query.limit;
  if (query.after) {
    Statement rest =
        database.prepare(select_captures("f.path = ?2 AND c.name > ?3 ORDER BY c.name LIMIT ?4"));
    take_rows(
        rest.query(query.deployment_id, Blob{query.after->folder}, Blob{query.after->name}, wanted),
        page);
    wanted -= static_cast<std::int64_t>(page.rows.size());
  }
  if (wanted > 0) {
    Statement others = database.prepare(
        select_captures(query.after ? "f.path > ?2 ORDER BY f.path, c.name LIMIT ?3"
                                    : "f.path >= ?2 ORDER BY f.path, c.name LIMIT ?3"));
    const std::string_view from = query.after ? std::string_view(query.after->folder) : "";
    take_rows(others.query(query.deployment_id, Blob{from}, wanted), page);
  }
  if (static_cast<std::int64_t>(page.rows.size()) < query.limit) {
    page.next.reset();
  }
  return page;
}

// Counted here: SQLite would sort the millions first.
std::vector<HourCount> read_hours(const Database& database, std::int64_t deployment_id) {
  Statement times = database.prepare(
      "SELECT c.time FROM folder f CROSS JOIN capture c ON c.folder_id = f.id "
      "WHERE f.deployment_id = ?1 AND c.time IS NOT NULL AND c.missing_since IS NULL");
  std::unordered_map<std::int64_t, std::int64_t> counts;
  Rows rows = times.query(deployment_id);
  while (rows.next()) {
    ++counts[floor_hour(rows.number(0))];
  }
  std::vector<HourCount> hours;
  hours.reserve(counts.size());
  for (const auto& [hour, captures] : counts) {
    hours.push_back({hour, captures});
  }
  std::sort(hours.begin(), hours.end(),
            [](const HourCount& a, const HourCount& b) { return a.hour < b.hour; });
  return hours;
}

std::vector<ProjectRow> read_projects(const Database& database) {
  Statement select = database.prepare("SELECT id, name FROM project ORDER BY id");
  std::vector<ProjectRow> projects;
  Rows rows = select.query();
  while (rows.next()) {
    projects.push_back({rows.number(0), std::string(rows.text(1))});
  }
  return projects;
}

} // namespace nightshift::sqlite

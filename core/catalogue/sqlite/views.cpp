// SPDX-License-Identifier: Apache-2.0
//
// SQLite keeps a log and an index of it beside the file even for those who only read. Where a
// reader may not make them, and no writer has, the file is read as it lies, and looked at again
// afterwards: whatever somebody began meanwhile would have been seen by halves.

#include "core/catalogue/sqlite/views.hpp"

#include "core/base/text.hpp"
#include "core/catalogue/sqlite/migrate.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace nightshift::sqlite {

namespace {

namespace fs = std::filesystem;

std::string select_from(const ViewQuery& query) {
  const auto [name, key] = [&]() -> std::pair<std::string_view, std::string_view> {
    switch (query.view) {
    case View::deployments:
      return {"deployments", "id"};
    case View::sessions:
      return {"sessions", "deployment_id"};
    case View::captures:
      return {"captures", "deployment_id"};
    case View::undated:
      break;
    }
    return {"undated", "deployment_id"};
  }();
  std::string sql = fmt::format("SELECT * FROM {}", name);
  if (query.deployment_id) {
    sql += fmt::format(" WHERE {} = {}", key, *query.deployment_id);
  }
  if (query.limit) {
    sql += fmt::format(" LIMIT {}", *query.limit);
  }
  return sql;
}

// What a writer would change.
auto state_of(const fs::path& file) {
  struct stat facts {};

  (void)::stat(file.c_str(), &facts);
  return std::tuple(facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
}

bool has_log(fs::path file) {
  file += "-wal";
  std::error_code ignored;
  return fs::exists(file, ignored);
}

bool may_write(const fs::path& folder) {
  return ::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

} // namespace

void read_view(const Database& database, const ViewQuery& query,
               FunctionRef<void(std::span<const std::string> columns)> header,
               FunctionRef<void(ViewRow row)> row) {
  Statement select = database.prepare(select_from(query));
  std::vector<std::string> columns;
  const int count = sqlite3_column_count(select.handle());
  columns.reserve(static_cast<std::size_t>(count));
  for (int at = 0; at < count; ++at) {
    columns.emplace_back(sqlite3_column_name(select.handle(), at));
  }
  header(columns);
  std::vector<std::optional<std::string>> values(columns.size());
  Rows rows = select.query();
  while (rows.next()) {
    for (std::size_t at = 0; at < values.size(); ++at) {
      const int column = static_cast<int>(at);
      values[at].reset();
      if (!rows.is_null(column)) {
        values[at] = rows.text(column);
      }
    }
    row(values);
  }
}

void with_catalogue_to_read(const CatalogueFile& file, FunctionRef<void(const Database&)> use) {
  check_catalogue_to_read(file);
  const std::string name = "catalogue " + one_line(printable_key(file.path.native()));
  const bool frozen = !may_write(file.path.parent_path()) && !has_log(file.path);
  const auto before = state_of(file.path);
  Database database(file.path.native(), frozen ? Database::Access::frozen : Database::Access::write,
                    name, std::chrono::seconds{30});
  database.run("PRAGMA query_only = ON; PRAGMA temp_store = FILE;");
  throw_unless_catalogue(database);
  use(database);
  if (frozen && (has_log(file.path) || state_of(file.path) != before)) {
    throw transient_error(
        error_code::k_busy,
        fmt::format("cannot use {}: somebody wrote to it while it was read; read it again", name));
  }
}

} // namespace nightshift::sqlite

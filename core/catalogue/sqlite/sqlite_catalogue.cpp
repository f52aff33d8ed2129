// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/sqlite_catalogue.hpp"

#include "core/base/file.hpp"
#include "core/catalogue/sqlite/migrate.hpp"
#include "core/catalogue/sqlite/sqlite_merge.hpp"
#include "core/catalogue/sqlite/sqlite_regroup.hpp"
#include "core/catalogue/sqlite/views.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

namespace nightshift::sqlite {

// The log is taken into the file at every 4 MiB, so that it stays about as small as a transaction.
Database open_for_writing(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  Database database(file.native(), Database::Access::create, "catalogue " + shown_path(file),
                    patience);
  migrate(database);
  database.run("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4096; PRAGMA temp_store = FILE;"
               "PRAGMA secure_delete = OFF; PRAGMA foreign_keys = ON;"
               "PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 8388608;");
  return database;
}

SqliteCatalogue::SqliteCatalogue(const std::filesystem::path& file,
                                 std::chrono::milliseconds patience)
    : uri_("sqlite:" + shown_path(file)),
      writer_(open_for_writing(file, patience)),
      readers_(file, "catalogue " + shown_path(file)) {}

void SqliteCatalogue::put_deployment(const Deployment& deployment) {
  const auto turn = writer_.take_over();
  Database& database = writer_.tables().database;
  Transaction transaction(database);
  database
      .prepare("INSERT INTO project (id, name) VALUES (?1, ?2) "
               "ON CONFLICT DO UPDATE SET name = excluded.name")
      .run(deployment.project.id, deployment.project.name);
  database
      .prepare("INSERT INTO deployment (id, project_id, name, source, subdir, regex, time_zone, "
               "latitude, longitude) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
               "ON CONFLICT DO UPDATE SET project_id = excluded.project_id, name = excluded.name, "
               "source = excluded.source, subdir = excluded.subdir, regex = excluded.regex, "
               "time_zone = excluded.time_zone, latitude = excluded.latitude, "
               "longitude = excluded.longitude")
      .run(deployment.id, deployment.project.id, deployment.name, deployment.source,
           deployment.subdir, deployment.regex, deployment.time_zone, deployment.latitude,
           deployment.longitude);
  transaction.commit();
}

std::unique_ptr<Merge> SqliteCatalogue::open_merge(std::int64_t deployment_id,
                                                   const MergeRules& rules) {
  writer_.flush();
  throw_unless_known(deployment_id);
  return std::make_unique<SqliteMerge>(writer_, readers_, deployment_id, rules);
}

std::unique_ptr<Regroup> SqliteCatalogue::open_regroup(std::int64_t deployment_id,
                                                       const GroupingRule& rule) {
  throw_unless_known(deployment_id);
  return std::make_unique<SqliteRegroup>(writer_, deployment_id, rule);
}

void SqliteCatalogue::flush() {
  writer_.flush();
}

void SqliteCatalogue::read(const ViewQuery& query,
                           FunctionRef<void(std::span<const std::string> columns)> header,
                           FunctionRef<void(ViewRow row)> row) {
  const auto reader = readers_.borrow();
  read_view(reader->database, query, header, row);
}

std::string SqliteCatalogue::describe() const {
  return uri_;
}

void SqliteCatalogue::throw_unless_known(std::int64_t deployment_id) {
  const auto reader = readers_.borrow();
  Statement find = reader->database.prepare("SELECT 1 FROM deployment WHERE id = ?1");
  if (!find.query(deployment_id).next()) {
    throw permanent_error(error_code::k_not_found,
                          fmt::format("the catalogue has no deployment {}", deployment_id));
  }
}

} // namespace nightshift::sqlite

// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/last_modified.hpp"
#include "core/catalogue/sqlite/migrate.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <limits>

namespace nightshift::sqlite {
namespace {

using testing::HasSubstr;
using tests::error_of;
using tests::TempDir;

Database open(const TempDir& folder) {
  return {(folder / "c.db").native(), Database::Access::create, "catalogue c",
          std::chrono::seconds{1}};
}

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

constexpr std::array<std::string_view, 3> k_three{"CREATE TABLE a (x); INSERT INTO a VALUES (1)",
                                                  "ALTER TABLE a ADD y DEFAULT 2",
                                                  "CREATE VIEW b AS SELECT x + y AS z FROM a"};

TEST(Migrate, MarksANewFileAsOursAndOfTheNewestSchema) {
  const TempDir folder;
  Database database = open(folder);
  migrate(database);
  EXPECT_EQ(database.number("PRAGMA application_id"), 0x4E534654);
  EXPECT_EQ(database.number("PRAGMA user_version"), newest_schema());
  EXPECT_EQ(database.number("PRAGMA page_size"), 16384);
  EXPECT_EQ(database.number("SELECT count(*) FROM captures"), 0);
  migrate(database);
}

TEST(Migrate, BringsEveryOlderSchemaToTheNewest) {
  for (std::size_t from = 0; from <= k_three.size(); ++from) {
    const TempDir folder;
    Database database = open(folder);
    migrate(database, std::span(k_three).first(from));
    migrate(database, k_three);
    EXPECT_EQ(database.number("PRAGMA user_version"), 3);
    EXPECT_EQ(database.number("SELECT z FROM b"), 3) << "from " << from;
  }
}

TEST(Migrate, LeavesTheOldSchemaWhereAStepFails) {
  const TempDir folder;
  Database database = open(folder);
  migrate(database, std::span(k_three).first(1));
  const std::array<std::string_view, 3> broken{k_three[0], k_three[1], "nonsense"};
  EXPECT_THROW(migrate(database, broken), JobError);
  EXPECT_EQ(database.number("PRAGMA user_version"), 1);
  EXPECT_EQ(database.number("SELECT count(*) FROM pragma_table_info('a')"), 1);
}

TEST(Migrate, RefusesANewerSchema) {
  const TempDir folder;
  Database database = open(folder);
  migrate(database, k_three);
  const JobError error = error_of([&] { migrate(database, std::span(k_three).first(2)); });
  EXPECT_EQ(error.code(), "bad_data");
  EXPECT_STREQ(error.what(), "cannot use catalogue c: a newer Nightshift wrote it (schema 3, this "
                             "program knows 2); use that one");
}

TEST(Migrate, DoesNotTouchTheDatabaseOfAnotherProgram) {
  for (const char* foreign :
       {"CREATE TABLE theirs (x)", "PRAGMA application_id = 7", "PRAGMA user_version = 7"}) {
    const TempDir folder;
    open(folder).run(foreign);
    const std::string before = content(folder / "c.db");
    const JobError error = error_of([&] {
      Database database = open(folder);
      migrate(database);
    });
    EXPECT_EQ(error.code(), "bad_data") << foreign;
    EXPECT_THAT(error.what(), HasSubstr("another program"));
    EXPECT_EQ(content(folder / "c.db"), before) << foreign;
  }
}

TEST(Migrate, RefusesAFileThatIsNoDatabase) {
  const TempDir folder;
  folder.write("c.db", std::string(5000, 'x'));
  const JobError error = error_of([&] {
    Database database = open(folder);
    migrate(database);
  });
  EXPECT_EQ(error.code(), "bad_data");
  EXPECT_STREQ(error.what(),
               "cannot use catalogue c: the file is not an SQLite database; name another one");
}

// What the view tells of captures as the first schema kept them, after each migration.
TEST(Migrate, KeepsCapturesAsTheyWere) {
  const std::span<const std::string_view> scripts = schema_scripts();
  const TempDir folder;
  Database database = open(folder);
  migrate(database, scripts.first(1));
  database.run(
      "INSERT INTO project VALUES (1, 'P');"
      "INSERT INTO deployment (id, project_id, name, source, subdir, regex, time_zone)"
      "  VALUES (1, 1, 'D', 'disk', '', '', '');"
      "INSERT INTO folder (id, deployment_id, path, rules_hash, captures, bytes, undated, missing,"
      "  fragment_gap) VALUES (7, 1, x'642F', 0, 4, 40, 1, 1, 7200);"
      "INSERT INTO capture VALUES"
      "  (7, CAST('a.jpg' AS BLOB), 1000, 1, 10, 1700000000000000000, NULL, NULL, NULL),"
      "  (7, CAST('b.jpg' AS BLOB), 2000, 1, 10, 1700000000123456789, zeroblob(16), 1, NULL),"
      "  (7, CAST('c.jpg' AS BLOB), NULL, 64, 10, -1500000000, CAST('x-2' AS BLOB), 2, NULL),"
      "  (7, CAST('d.jpg' AS BLOB), 3000, 1, 10, -9223372036854775808, NULL, NULL, 99)");
  const auto captures = [&] {
    std::string text;
    Statement select = database.prepare("SELECT * FROM captures");
    Rows rows = select.query();
    while (rows.next()) {
      for (int column = 0; column < 10; ++column) {
        text += fmt::format("{} ", rows.is_null(column) ? "-" : rows.text(column));
      }
      text += '\n';
    }
    return text;
  };
  const std::string before = captures();
  EXPECT_THAT(before, HasSubstr("1969-12-31T23:59:58Z x-2 etag"));
  for (std::size_t to = 2; to <= scripts.size(); ++to) {
    migrate(database, scripts.first(to));
    EXPECT_EQ(captures(), before) << "at schema " << to;
  }
}

TEST(Migrate, KeepsLastModifiedAsAMergeStoresIt) {
  for (const std::int64_t nanoseconds :
       {std::int64_t{0}, std::int64_t{1'700'000'000'000'000'000},
        std::int64_t{1'700'000'000'000'000'001}, std::int64_t{-1}, std::int64_t{-1'000'000'000},
        std::int64_t{8'589'934'591}, std::int64_t{8'589'934'592},
        std::int64_t{9'000'000'000'000'000'000}, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    const TempDir folder;
    Database database = open(folder);
    migrate(database, schema_scripts().first(2));
    database.prepare("INSERT INTO capture VALUES (1, x'61', 1, 1, 1, ?1, NULL, NULL, NULL)")
        .run(nanoseconds);
    migrate(database);
    Statement select = database.prepare("SELECT last_modified, typeof(last_modified) FROM capture");
    Rows rows = select.query();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ((StoredLastModified{rows.number(0), rows.text(1) == "real"}),
              stored_last_modified(nanoseconds))
        << nanoseconds;
  }
}

TEST(ProblemOfHeader, ReadsWhatTheFirstPageTells) {
  const TempDir folder;
  const auto header = [&] { return content(folder / "c.db").substr(0, k_header_bytes); };
  {
    Database database = open(folder);
    migrate(database);
  }
  EXPECT_EQ(problem_of_header(header()), std::nullopt);
  EXPECT_EQ(problem_of_header(""), std::nullopt);
  EXPECT_THAT(problem_of_header("SQLite format 3").value(), HasSubstr("not an SQLite database"));
  EXPECT_THAT(problem_of_header(std::string(200, '#')).value(),
              HasSubstr("not an SQLite database"));

  open(folder).run("PRAGMA user_version = 99");
  EXPECT_THAT(problem_of_header(header()).value(), HasSubstr("schema 99"));
  open(folder).run("PRAGMA application_id = 99");
  EXPECT_THAT(problem_of_header(header()).value(), HasSubstr("another program"));
}

} // namespace
} // namespace nightshift::sqlite

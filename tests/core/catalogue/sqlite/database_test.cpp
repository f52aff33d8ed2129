// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/database.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sqlite3.h>

#include <cerrno>

namespace nightshift::sqlite {
namespace {

using testing::HasSubstr;
using tests::error_of;
using tests::TempDir;
using namespace std::chrono_literals;

Database open_table(const TempDir& folder, std::chrono::milliseconds patience = 0ms) {
  Database database((folder / "x.db").native(), Database::Access::create, "catalogue x", patience);
  database.run("CREATE TABLE IF NOT EXISTS t (a UNIQUE, b)");
  return database;
}

TEST(SqliteError, HasACodeThatSaysWhatToDo) {
  struct Case {
    int code;
    int system_errno;
    const char* expected;
    ErrorClass error_class;
    const char* words;
  };

  constexpr ErrorClass k_permanent = ErrorClass::permanent;
  for (const Case& each : {
           Case{SQLITE_FULL, 0, "no_space", k_permanent, "no space is left"},
           Case{SQLITE_IOERR_WRITE, ENOSPC, "no_space", k_permanent, "no space is left"},
           Case{SQLITE_IOERR_SHMSIZE, EDQUOT, "no_space", k_permanent, "no space is left"},
           Case{SQLITE_IOERR_FSYNC, EIO, "io", k_permanent, "Input/output error"},
           Case{SQLITE_BUSY, 0, "busy", ErrorClass::transient, "another process"},
           Case{SQLITE_BUSY_SNAPSHOT, 0, "busy", ErrorClass::transient, "another process"},
           Case{SQLITE_NOTADB, 0, "bad_data", k_permanent, "not an SQLite database"},
           Case{SQLITE_CORRUPT_VTAB, 0, "bad_data", k_permanent, "damaged"},
           Case{SQLITE_CANTOPEN, EACCES, "denied", k_permanent, "Permission denied"},
           Case{SQLITE_CANTOPEN, ENOENT, "cannot_create", k_permanent, "No such file"},
           Case{SQLITE_CANTOPEN_ISDIR, 0, "cannot_create", k_permanent, "the words"},
           Case{SQLITE_READONLY_DIRECTORY, 0, "cannot_create", k_permanent, "read-only"},
           Case{SQLITE_PERM, 0, "denied", k_permanent, "the words"},
           Case{SQLITE_CONSTRAINT, 0, "internal", k_permanent, "the words"},
       }) {
    const JobError error = sqlite_error(each.code, each.system_errno, "cannot use x", "the words");
    EXPECT_EQ(error.code(), std::string(each.expected)) << each.code;
    EXPECT_EQ(error.error_class(), each.error_class) << each.code;
    EXPECT_THAT(error.what(), HasSubstr(each.words)) << each.code;
    EXPECT_THAT(error.what(), testing::StartsWith("cannot use x: ")) << each.code;
  }
}

TEST(Database, BindsAndReadsEveryKindOfValue) {
  const TempDir folder;
  Database database = open_table(folder);
  Statement echo = database.prepare("SELECT ?1, ?2, ?3, ?4, ?5, ?6, typeof(?3), typeof(?4)");
  Rows rows = echo.query(-7, 1.5, std::string_view("text"), Blob{std::string_view("\0b", 2)},
                         std::optional<std::int64_t>(), std::optional<std::string_view>("there"));
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.number(0), -7);
  EXPECT_EQ(rows.text(1), "1.5");
  EXPECT_EQ(rows.text(2), "text");
  EXPECT_EQ(rows.bytes(3), std::string_view("\0b", 2));
  EXPECT_EQ(rows.optional_number(4), std::nullopt);
  EXPECT_EQ(rows.text(5), "there");
  EXPECT_EQ(rows.text(6), "text");
  EXPECT_EQ(rows.text(7), "blob");
  EXPECT_FALSE(rows.next());
}

TEST(Database, TakesAnEmptyTextForNoNull) {
  const TempDir folder;
  Database database = open_table(folder);
  Statement echo = database.prepare("SELECT ?1 IS NULL, ?2 IS NULL");
  Rows rows = echo.query(std::string_view(), Blob{});
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.number(0), 0);
  EXPECT_EQ(rows.number(1), 0);
}

TEST(Database, NamesItselfInEveryError) {
  const TempDir folder;
  Database database = open_table(folder);
  Statement insert = database.prepare("INSERT INTO t VALUES (?1, 0)");
  insert.run(1);
  EXPECT_STREQ(error_of([&] { insert.run(1); }).what(),
               "cannot use catalogue x: UNIQUE constraint failed: t.a");
  EXPECT_THAT(error_of([&] { database.run("nonsense"); }).what(),
              HasSubstr("cannot use catalogue x: near \"nonsense\""));
  insert.run(2); // it can be used again after an error
  EXPECT_EQ(database.number("SELECT count(*) FROM t"), 2);
}

TEST(Transaction, IsUndoneUnlessItIsCommitted) {
  const TempDir folder;
  Database database = open_table(folder);
  {
    const Transaction transaction(database);
    database.run("INSERT INTO t VALUES (1, 1)");
  }
  EXPECT_EQ(database.number("SELECT count(*) FROM t"), 0);
  {
    Transaction transaction(database);
    database.run("INSERT INTO t VALUES (1, 1)");
    transaction.commit();
  }
  EXPECT_EQ(database.number("SELECT count(*) FROM t"), 1);
}

TEST(Transaction, MovesWithItsDutyToUndo) {
  const TempDir folder;
  Database database = open_table(folder);
  {
    std::optional<Transaction> outer;
    {
      Transaction inner(database);
      database.run("INSERT INTO t VALUES (1, 1)");
      outer.emplace(std::move(inner));
    }
    EXPECT_EQ(database.number("SELECT count(*) FROM t"), 1) << "still open";
  }
  EXPECT_EQ(database.number("SELECT count(*) FROM t"), 0);
}

TEST(Transaction, GivesUpWaitingForAnotherThatWrites) {
  const TempDir folder;
  Database one = open_table(folder);
  Database two = open_table(folder, 20ms);
  const Transaction held(one);
  const JobError error = error_of([&] { Transaction waiting(two); });
  EXPECT_EQ(error.code(), "busy");
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
}

} // namespace
} // namespace nightshift::sqlite

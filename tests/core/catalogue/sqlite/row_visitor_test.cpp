// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/row_visitor.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace nightshift::sqlite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::error_of;
using tests::TempDir;

class RowVisitorTest : public testing::Test {
 protected:
  std::vector<std::int64_t> shown(std::int64_t from) {
    std::vector<std::int64_t> numbers;
    visitor_.run(
        statement_, [&](const ShownRow& row) { numbers.push_back(row.number(0)); }, from);
    return numbers;
  }

  static Database make_database(const TempDir& folder) {
    Database database((folder / "x.db").native(), Database::Access::create, "catalogue x",
                      std::chrono::milliseconds(0));
    database.run("CREATE TABLE t (a INTEGER PRIMARY KEY, b);"
                 "INSERT INTO t VALUES (1, 'one'), (2, x'02'), (3, 3.0), (4, NULL)");
    return database;
  }

  TempDir folder_;
  Database database_ = make_database(folder_);
  RowVisitor visitor_{database_};
  Statement statement_ =
      database_.prepare("SELECT NULL FROM t WHERE a >= ?1 AND visit(a, b) ORDER BY a");
};

TEST_F(RowVisitorTest, ShowsEachRowInOrder) {
  EXPECT_THAT(shown(2), ElementsAre(2, 3, 4));
  EXPECT_THAT(shown(5), ElementsAre());
}

TEST_F(RowVisitorTest, TellsTheTypesOfValues) {
  std::vector<std::string> types;
  visitor_.run(
      statement_,
      [&](const ShownRow& row) {
        types.emplace_back(row.is_null(1)   ? "null"
                           : row.is_real(1) ? "real"
                           : row.is_text(1) ? "text"
                                            : "blob");
      },
      1);
  EXPECT_THAT(types, ElementsAre("text", "blob", "real", "null"));
}

TEST_F(RowVisitorTest, TellsBytesAndNumbers) {
  visitor_.run(
      statement_,
      [&](const ShownRow& row) {
        EXPECT_EQ(row.optional_number(1), std::nullopt);
        EXPECT_EQ(row.bytes(1), "");
        EXPECT_EQ(row.optional_number(0), 4);
      },
      4);
  visitor_.run(
      statement_,
      [&](const ShownRow& row) {
        if (row.number(0) == 1) {
          EXPECT_EQ(row.bytes(1), "one");
        }
      },
      1);
}

TEST_F(RowVisitorTest, WhatAVisitThrowsEndsTheStatementAndComesOut) {
  int visits = 0;
  const auto fail = [&](const ShownRow& /*row*/) {
    ++visits;
    throw std::runtime_error("enough");
  };
  EXPECT_THROW(visitor_.run(statement_, fail, 1), std::runtime_error);
  EXPECT_EQ(visits, 1);
  EXPECT_THAT(shown(3), ElementsAre(3, 4)) << "and can be run again";
}

TEST_F(RowVisitorTest, AnErrorOfTheStatementItselfComesOut) {
  Statement overflows = database_.prepare("SELECT NULL WHERE visit(abs(-9223372036854775807 - 1))");
  const JobError error = error_of([&] { visitor_.run(overflows, [](const ShownRow& /*row*/) {}); });
  EXPECT_THAT(error.what(), HasSubstr("integer overflow"));
}

TEST_F(RowVisitorTest, RowsUpToTheOneShownMayBeWrittenMeanwhile) {
  Statement write = database_.prepare("INSERT OR REPLACE INTO t VALUES (?1, zeroblob(3000))");
  std::vector<std::int64_t> numbers;
  visitor_.run(
      statement_,
      [&](const ShownRow& row) {
        numbers.push_back(row.number(0));
        write.run(row.number(0));
        write.run(-row.number(0));
      },
      1);
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(database_.number("SELECT sum(length(b)) FROM t"), 8 * 3000);
}

} // namespace
} // namespace nightshift::sqlite

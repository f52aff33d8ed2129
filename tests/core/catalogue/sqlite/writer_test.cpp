// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/migrate.hpp"
#include "core/catalogue/sqlite/writer.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace nightshift::sqlite {
namespace {

using tests::error_of;

class WriterTest : public testing::Test {
 protected:
  [[nodiscard]] Database open() const {
    Database database((folder_ / "c.db").native(), Database::Access::create, "catalogue c",
                      std::chrono::milliseconds{20});
    migrate(database);
    return database;
  }

  void add_project(Writer::Stake& stake, int id, std::int64_t rows = 1) {
    writer_.write(stake, [&](Writer::Tables tables) {
      tables.database.prepare("INSERT INTO project VALUES (?1, 'x')").run(id);
      return rows;
    });
  }

  // As anybody else sees it.
  [[nodiscard]] std::int64_t projects() { return other_.number("SELECT count(*) FROM project"); }

  tests::TempDir folder_;
  Writer writer_{open()};
  Database other_ = open();
  Writer::Stake one_;
  Writer::Stake two_;
};

TEST_F(WriterTest, CommitsAtFiftyThousandRows) {
  add_project(one_, 1, 49'999);
  EXPECT_EQ(projects(), 0);
  add_project(two_, 2, 1);
  EXPECT_EQ(projects(), 2);
}

TEST_F(WriterTest, CommitsWhenAskedTo) {
  writer_.flush();
  add_project(one_, 1);
  writer_.flush();
  EXPECT_EQ(projects(), 1);
  add_project(one_, 2);
  writer_.flush(one_);
  EXPECT_EQ(projects(), 2);
}

TEST_F(WriterTest, CommitsBeforeItIsTakenOver) {
  add_project(one_, 1);
  const auto turn = writer_.take_over();
  EXPECT_EQ(projects(), 1);
}

TEST_F(WriterTest, TellsEveryoneWhoseRowsWereUndone) {
  Writer::Stake three;
  add_project(three, 3);
  writer_.flush();
  add_project(one_, 1);
  add_project(two_, 2);
  EXPECT_EQ(error_of([&] { add_project(two_, 1); }).code(), "internal");

  const JobError told = error_of([&] { add_project(one_, 4); });
  EXPECT_STREQ(told.what(), "cannot use catalogue c: UNIQUE constraint failed: project.id");
  EXPECT_STREQ(error_of([&] { writer_.flush(one_); }).what(), told.what());
  EXPECT_STREQ(error_of([&] { add_project(two_, 5); }).what(), told.what());
  add_project(three, 6); // all of its rows are safe
  writer_.flush(three);
  EXPECT_EQ(projects(), 2);
}

TEST_F(WriterTest, NeverForgetsThatRowsWereUndone) {
  add_project(one_, 1);
  EXPECT_THROW(add_project(two_, 1), JobError);
  Writer::Stake three;
  add_project(three, 1);
  Writer::Stake four;
  EXPECT_THROW(add_project(four, 1), JobError);
  EXPECT_THROW(writer_.flush(one_), JobError);
}

TEST_F(WriterTest, UndoesWhatAForeignExceptionLeftHalfDone) {
  const auto fail_half_way = [](Writer::Tables tables) -> std::int64_t {
    tables.database.run("INSERT INTO project VALUES (1, 'x')");
    throw std::runtime_error("out of something");
  };
  EXPECT_THROW(writer_.write(one_, fail_half_way), std::runtime_error);
  writer_.flush();
  EXPECT_EQ(projects(), 0);
  EXPECT_EQ(error_of([&] { writer_.flush(one_); }).code(), "internal");
}

TEST_F(WriterTest, LosesNothingWhereItsTurnDoesNotCome) {
  add_project(one_, 1);
  writer_.flush();
  other_.run("BEGIN IMMEDIATE");
  EXPECT_EQ(error_of([&] { add_project(one_, 2); }).code(), "busy");
  EXPECT_EQ(error_of([&] { add_project(two_, 2); }).code(), "busy");
  other_.run("ROLLBACK");
  add_project(one_, 2);
  writer_.flush(one_);
  EXPECT_EQ(projects(), 2);
}

} // namespace
} // namespace nightshift::sqlite

// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/catalogue_examination.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <sqlite3.h>

#include <fstream>
#include <set>

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;

class CatalogueExaminationTest : public testing::Test {
 protected:
  CatalogueExaminationTest() {
    sqlite3_open(file_.c_str(), &writer_);
    run_sql("PRAGMA journal_mode = WAL; CREATE TABLE t (x);"
            "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
            "WHERE i < 2000) SELECT hex(randomblob(40)) FROM n; CREATE INDEX i ON t (x)");
  }

  void TearDown() override { close_writer(); }

  void run_sql(const char* sql) {
    ASSERT_EQ(sqlite3_exec(writer_, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  }

  void close_writer() {
    sqlite3_close(writer_);
    writer_ = nullptr;
  }

  [[nodiscard]] std::set<fs::path> files() const {
    std::set<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      found.insert(entry.path());
    }
    return found;
  }

  TempDir folder_;
  fs::path file_ = folder_ / "catalogue.db";
  sqlite3* writer_ = nullptr;
};

TEST_F(CatalogueExaminationTest, FindsAWholeOneWholeAndLeavesNoTrace) {
  close_writer();
  EXPECT_EQ(sqlite::examine_catalogue_file(file_), CatalogueState::whole);
  EXPECT_EQ(files(), std::set<fs::path>{file_});
}

TEST_F(CatalogueExaminationTest, LooksAtOneThatIsInUseAsWell) {
  run_sql("BEGIN IMMEDIATE; DELETE FROM t");
  const auto before = files();
  EXPECT_EQ(before.size(), 3U);
  EXPECT_EQ(sqlite::examine_catalogue_file(file_), CatalogueState::whole);
  EXPECT_EQ(files(), before);
}

TEST_F(CatalogueExaminationTest, OfNothingMakesNothing) {
  EXPECT_EQ(sqlite::examine_catalogue_file(folder_ / "none.db"), CatalogueState::absent);
  EXPECT_FALSE(fs::exists(folder_ / "none.db"));
}

TEST_F(CatalogueExaminationTest, FindsDamageInTheMidst) {
  close_writer();
  {
    std::fstream stream(file_, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(fs::file_size(file_) / 2));
    stream << std::string(4096, 'x');
  }
  const JobError error = error_of([this] { return sqlite::examine_catalogue_file(file_); });
  EXPECT_EQ(error.code(), error_code::k_bad_data);
  EXPECT_NE(std::string(error.what()).find("is damaged"), std::string::npos) << error.what();
}

TEST_F(CatalogueExaminationTest, ALogThatWasLeftAloneIsToBeRecovered) {
  fs::copy(file_.native() + "-wal", folder_ / "log");
  close_writer();
  fs::copy(folder_ / "log", file_.native() + "-wal");
  EXPECT_EQ(sqlite::examine_catalogue_file(file_), CatalogueState::to_be_recovered);
}

} // namespace
} // namespace nightshift::tests

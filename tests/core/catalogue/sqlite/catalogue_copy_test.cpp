// SPDX-License-Identifier: Apache-2.0
//
// A copy is what was committed, and the original shows no trace of it: whoever has it open, or
// left it open when he was killed.

#include "core/catalogue/sqlite/catalogue_copy.hpp"
#include "tests/support/as_nobody.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;

void run_sql(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database));
  }
}

struct Close {
  void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
};

std::unique_ptr<sqlite3, Close> open_database(const fs::path& file) {
  sqlite3* database = nullptr;
  if (sqlite3_open(file.c_str(), &database) != SQLITE_OK) {
    throw std::runtime_error("cannot open " + file.string());
  }
  return std::unique_ptr<sqlite3, Close>(database);
}

// A process that has the database open in the midst of a transaction, until it is ended.
class LiveWriter {
 public:
  explicit LiveWriter(const fs::path& file) {
    if (pipe2(ready_, O_CLOEXEC) != 0 || pipe2(go_, O_CLOEXEC) != 0) {
      throw std::runtime_error("pipe");
    }
    child_.emplace([&] {
      const auto database = open_database(file);
      run_sql(database.get(), "PRAGMA wal_autocheckpoint = 0;"
                              "INSERT INTO t VALUES ('in the log');"
                              "BEGIN IMMEDIATE; INSERT INTO t VALUES ('not committed')");
      (void)!write(ready_[1], "x", 1);
      char word = 0;
      (void)!read(go_[0], &word, 1);
      if (word == 'k') {
        raise(SIGKILL);
      }
    });
    char ready = 0;
    (void)!read(ready_[0], &ready, 1);
  }

  LiveWriter(const LiveWriter&) = delete;
  LiveWriter& operator=(const LiveWriter&) = delete;

  ~LiveWriter() {
    end('e');
    for (const int fd : {ready_[0], ready_[1], go_[0], go_[1]}) {
      close(fd);
    }
  }

  void kill() { end('k'); }

 private:
  void end(char how) {
    (void)!write(go_[1], &how, 1);
    child_->wait();
  }

  int ready_[2] = {-1, -1};
  int go_[2] = {-1, -1};
  std::optional<ChildProcess> child_;
};

class CatalogueCopyTest : public testing::Test {
 protected:
  CatalogueCopyTest() {
    fs::create_directory(folder_ / "place");
    fs::permissions(folder_.path(), fs::perms(0755));
    const auto database = open_database(file_);
    run_sql(database.get(), "PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES "
                            "('in the file')");
  }

  // Name, size and time of all files there.
  [[nodiscard]] std::map<std::string, std::pair<off_t, std::int64_t>> traces() const {
    std::map<std::string, std::pair<off_t, std::int64_t>> found;
    for (const auto& entry : fs::directory_iterator(folder_ / "place")) {
      struct stat status {};

      stat(entry.path().c_str(), &status);
      found[entry.path().filename()] = {status.st_size,
                                        std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
                                            status.st_mtim.tv_nsec};
    }

    struct stat folder {};

    stat((folder_ / "place").c_str(), &folder);
    found["."] = {0, std::int64_t{folder.st_mtim.tv_sec} * 1'000'000'000 + folder.st_mtim.tv_nsec};
    return found;
  }

  bool copy() {
    return sqlite::copy_catalogue_file(file_, copy_, [this] { ++pauses_; });
  }

  [[nodiscard]] std::int64_t rows_of_the_copy() const {
    const auto database = open_database(copy_);
    sqlite3_stmt* count = nullptr;
    sqlite3_prepare_v2(database.get(), "SELECT count(*) FROM t", -1, &count, nullptr);
    sqlite3_step(count);
    const std::int64_t rows = sqlite3_column_int64(count, 0);
    sqlite3_finalize(count);
    return rows;
  }

  TempDir folder_;
  fs::path file_ = folder_ / "place/odd ?#%41 name.db";
  fs::path copy_ = folder_ / "copy.db";
  int pauses_ = 0;
};

TEST_F(CatalogueCopyTest, OfAFileThatNobodyHasOpenLeavesNoTrace) {
  const auto before = traces();
  ASSERT_EQ(before.size(), 2U) << "no log is left of making it";
  EXPECT_TRUE(copy());
  EXPECT_EQ(traces(), before);
  EXPECT_EQ(rows_of_the_copy(), 1);
  EXPECT_GT(pauses_, 0);
}

TEST_F(CatalogueCopyTest, BesideALiveWriterIsWhatHeHasCommitted) {
  const LiveWriter writer(file_);
  const auto before = traces();
  ASSERT_EQ(before.size(), 4U) << "a log and shared memory are there";
  EXPECT_TRUE(copy());
  EXPECT_EQ(traces(), before);
  EXPECT_EQ(rows_of_the_copy(), 2);
}

TEST_F(CatalogueCopyTest, AfterAKillIsWhatWasCommitted) {
  LiveWriter(file_).kill();
  const auto before = traces();
  ASSERT_EQ(before.size(), 4U);
  EXPECT_TRUE(copy());
  EXPECT_EQ(traces(), before);
  EXPECT_EQ(rows_of_the_copy(), 2);
}

TEST_F(CatalogueCopyTest, TakesALogThatWasLeftAloneAlong) {
  LiveWriter(file_).kill();
  fs::remove(file_.native() + "-shm"); // as after a power cut, or in a restored backup
  const auto before = traces();
  EXPECT_TRUE(copy());
  EXPECT_EQ(traces(), before);
  EXPECT_EQ(rows_of_the_copy(), 2);
}

TEST_F(CatalogueCopyTest, NeedsNoMoreThanToRead) {
  fs::permissions(folder_ / "place", fs::perms(0555));
  fs::permissions(file_, fs::perms(0444));
  fs::create_directory(folder_ / "own");
  fs::permissions(folder_ / "own", fs::perms(0777));
  copy_ = folder_ / "own/copy.db";
  const AsNobody nobody;
  EXPECT_TRUE(copy());
  EXPECT_EQ(rows_of_the_copy(), 1);
}

TEST_F(CatalogueCopyTest, NeedsNoMoreThanToReadBesideALiveWriter) {
  const LiveWriter writer(file_);
  fs::create_directory(folder_ / "own");
  fs::permissions(folder_ / "own", fs::perms(0777));
  copy_ = folder_ / "own/copy.db";
  const AsNobody nobody;
  EXPECT_TRUE(copy());
  EXPECT_EQ(rows_of_the_copy(), 2);
}

TEST_F(CatalogueCopyTest, OfNothingIsNone) {
  fs::remove(file_);
  EXPECT_FALSE(copy());
  EXPECT_FALSE(fs::exists(copy_));
  EXPECT_TRUE(fs::is_empty(folder_ / "place"));
}

TEST_F(CatalogueCopyTest, EndsWhenItIsAskedTo) {
  const JobError error = error_of(
      [this] { sqlite::copy_catalogue_file(file_, copy_, [] { throw cancelled_error(); }); });
  EXPECT_EQ(error.error_class(), ErrorClass::cancelled);
}

TEST_F(CatalogueCopyTest, BeginsAnewIfSomebodyWroteMeanwhile) {
  bool written = false;
  EXPECT_TRUE(sqlite::copy_catalogue_file(file_, copy_, [&] {
    if (!std::exchange(written, true)) {
      ChildProcess([this] {
        run_sql(open_database(file_).get(), "INSERT INTO t VALUES ('meanwhile')");
      }).wait();
    }
  }));
  EXPECT_EQ(rows_of_the_copy(), 2);
}

TEST_F(CatalogueCopyTest, GivesUpOnAFileThatNeverRests) {
  const JobError error = error_of([this] {
    sqlite::copy_catalogue_file(file_, copy_, [this] {
      ChildProcess([this] {
        run_sql(open_database(file_).get(), "INSERT INTO t VALUES ('again')");
      }).wait();
    });
  });
  EXPECT_EQ(error.code(), error_code::k_busy);
  EXPECT_FALSE(fs::exists(copy_));
}

} // namespace
} // namespace nightshift::tests

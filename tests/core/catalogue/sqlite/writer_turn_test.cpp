// SPDX-License-Identifier: Apache-2.0
//
// The connection that writes is one thread's at a time. SQLite does not see to that, and what goes
// wrong is seldom seen; so here is looked at what could be used out of turn: statements.

#include "core/catalogue/sqlite/migrate.hpp"
#include "core/catalogue/sqlite/reader_pool.hpp"
#include "core/catalogue/sqlite/sqlite_merge.hpp"
#include "core/catalogue/sqlite/sqlite_regroup.hpp"
#include "core/catalogue/sqlite/writer.hpp"
#include "tests/support/capture_tree.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <sqlite3.h>

#include <thread>

namespace nightshift::sqlite {
namespace {

using tests::CaptureFolder;
using tests::evening;
using tests::part_of;

class WriterTurnTest : public testing::Test {
 protected:
  WriterTurnTest() {
    const auto turn = writer_.take_over();
    writer_.tables().database.run("INSERT INTO project VALUES (7, 'p');"
                                  "INSERT INTO deployment (id, project_id, name, source, subdir, "
                                  "regex, time_zone) VALUES (1, 7, 'one', 's', '', '', 'UTC'), "
                                  "(2, 7, 'two', 's', '', '', 'UTC')");
  }

  [[nodiscard]] Database open() const {
    Database database(file().native(), Database::Access::create, "c", std::chrono::seconds{10});
    migrate(database);
    return database;
  }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "c.db"; }

  // How many there are on the connection that writes, once it is this thread's turn.
  [[nodiscard]] int statements() {
    const auto turn = writer_.take_over();
    sqlite3* const handle = writer_.tables().database.handle();
    int count = 0;
    for (sqlite3_stmt* each = sqlite3_next_stmt(handle, nullptr); each != nullptr;
         each = sqlite3_next_stmt(handle, each)) {
      ++count;
    }
    return count;
  }

  void regroup(std::int64_t deployment_id) {
    SqliteRegroup regroup(writer_, deployment_id, {});
    regroup.times({WallTime{}, WallTime{std::chrono::years{100}}}, [](WallTime, std::int64_t) {});
    regroup.commit({});
  }

  void sync(std::int64_t deployment_id, const CaptureFolder& folder) {
    SqliteMerge merge(writer_, readers_, deployment_id, {});
    merge.merge(part_of("a/", folder));
    merge.finish();
  }

  tests::TempDir folder_;
  Writer writer_{open()};
  ReaderPool readers_{file(), "c"};
  const int own_ = statements();
};

const CaptureFolder k_one{{"1.jpg", {evening(1)}}};
const CaptureFolder k_two{{"1.jpg", {evening(1)}}, {"2.jpg", {evening(1, 5)}}};

TEST_F(WriterTurnTest, ARegroupThatGivesItsTurnBackHasNoStatementLeft) {
  SqliteRegroup regroup(writer_, 1, {});
  regroup.commit({});
  EXPECT_EQ(statements(), own_);
}

TEST_F(WriterTurnTest, ARegroupThatIsDroppedHasNoStatementLeft) {
  { const SqliteRegroup dropped(writer_, 1, {}); }
  EXPECT_EQ(statements(), own_);
}

TEST_F(WriterTurnTest, AMergeHasNoStatementBetweenItsCalls) {
  MergeRules rules;
  rules.listing_hash = 7;
  rules.always_allowed_missing = 10;
  sync(1, k_two);
  SqliteMerge merge(writer_, readers_, 1, rules);
  EXPECT_FALSE(merge.resume());
  EXPECT_EQ(statements(), own_);
  merge.merge(part_of("a/", k_one));
  EXPECT_EQ(statements(), own_);
  merge.prove({"", "b"});
  EXPECT_EQ(statements(), own_);
  EXPECT_EQ(merge.finish().missing, 1);
  EXPECT_EQ(statements(), own_);
}

TEST_F(WriterTurnTest, WhoeverHasTheTurnMeetsNoStatementOfAnother) {
  constexpr int k_rounds = 30;
  std::vector<std::jthread> threads;
  for (const std::int64_t deployment_id : {1, 2}) {
    threads.emplace_back([&, deployment_id] {
      for (int round = 0; round < k_rounds; ++round) {
        sync(deployment_id, round % 2 == 0 ? k_one : k_two);
      }
    });
    threads.emplace_back([&, deployment_id] {
      for (int round = 0; round < k_rounds; ++round) {
        regroup(deployment_id);
      }
    });
  }
  for (int round = 0; round < k_rounds; ++round) {
    ASSERT_EQ(statements(), own_);
  }
}

} // namespace
} // namespace nightshift::sqlite

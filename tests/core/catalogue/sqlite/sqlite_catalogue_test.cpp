// SPDX-License-Identifier: Apache-2.0
//
// What only a file can get wrong: who sees what and when, several processes and threads, the views
// at a plain SQL prompt.

#include "core/base/process_use.hpp"
#include "core/catalogue/open_catalogue.hpp"
#include "core/catalogue/sqlite/sqlite_catalogue.hpp"
#include "tests/conformance/catalogue_conformance.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/regroup.hpp"
#include "tests/support/temp_dir.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdio>
#include <deque>
#include <fstream>
#include <limits>
#include <thread>

namespace nightshift::tests {
namespace {

using sqlite::Database;
using sqlite::SqliteCatalogue;
using testing::HasSubstr;

class SqlitePlace final : public CataloguePlace {
 public:
  Catalogue& catalogue() override { return *catalogue_; }

 private:
  TempDir folder_;
  std::unique_ptr<Catalogue> catalogue_ = open_catalogue("sqlite:catalogue.db", folder_.path());
};

INSTANTIATE_TEST_SUITE_P(Sqlite, CatalogueConformance,
                         testing::Values(CatalogueBackend{
                             "Sqlite", [] { return std::make_unique<SqlitePlace>(); }}),
                         catalogue_case_name);

void put_deployment(Catalogue& catalogue, std::int64_t id) {
  Deployment deployment;
  deployment.id = id;
  deployment.name = "deployment";
  deployment.project = {1, "project"};
  catalogue.put_deployment(deployment);
}

CaptureFolder folder_of_captures(int count) {
  CaptureFolder folder;
  for (int at = 0; at < count; ++at) {
    folder[std::to_string(1'000'000 + at) + ".jpg"] = {1'690'000'000 + at};
  }
  return folder;
}

class SqliteCatalogueTest : public testing::Test {
 protected:
  SqliteCatalogueTest() { put_deployment(catalogue_, 1); }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "catalogue.db"; }

  // As another process sees it.
  [[nodiscard]] std::int64_t number(std::string_view sql) const {
    const Database other(file().native(), Database::Access::read, "other", std::chrono::seconds{1});
    return other.number(sql);
  }

  TempDir folder_;
  SqliteCatalogue catalogue_{file(), std::chrono::milliseconds{50}};
};

TEST_F(SqliteCatalogueTest, ShowsAMergeToOthersOnceItIsFlushed) {
  const auto merge = catalogue_.open_merge(1, {});
  merge->merge(part_of("a/", folder_of_captures(3)));
  EXPECT_EQ(number("SELECT count(*) FROM captures"), 0);
  catalogue_.flush();
  EXPECT_EQ(number("SELECT count(*) FROM captures"), 3);
  EXPECT_EQ(number("SELECT count(*) FROM dirty"), 1) << "in the same transaction";
}

TEST_F(SqliteCatalogueTest, KeepsWhatAMergeDidThatWasDropped) {
  catalogue_.open_merge(1, {})->merge(part_of("a/", folder_of_captures(3)));
  EXPECT_EQ(number("SELECT count(*) FROM captures"), 3);
}

TEST_F(SqliteCatalogueTest, ShowsARegroupToOthersOnceItIsCommitted) {
  const auto regroup = catalogue_.open_regroup(1, {});
  regroup->replace({}, std::vector{Session{0, span(1, 2), 3, 0}});
  EXPECT_EQ(number("SELECT count(*) FROM sessions"), 0);
  regroup->commit({});
  EXPECT_EQ(number("SELECT count(*) FROM sessions"), 1);
}

TEST_F(SqliteCatalogueTest, CommitsWhatMergesHavePendingBeforeARegroup) {
  const auto merge = catalogue_.open_merge(1, {});
  merge->merge(part_of("a/", folder_of_captures(3)));
  { const auto dropped = catalogue_.open_regroup(1, {}); }
  EXPECT_EQ(number("SELECT count(*) FROM captures"), 3);
}

TEST_F(SqliteCatalogueTest, DoesNotGoOnWithAListingThatBeganInTheFuture) {
  MergeRules rules;
  rules.listing_hash = 7;
  rules.resume_within = std::chrono::hours{1};
  {
    const auto merge = catalogue_.open_merge(1, rules);
    EXPECT_FALSE(merge->resume());
    merge->merge(part_of("a/", folder_of_captures(3)));
    merge->prove({"", "b"});
  }
  EXPECT_TRUE(catalogue_.open_merge(1, rules)->resume());
  Database(file().native(), Database::Access::write, "other", std::chrono::seconds{1})
      .run("UPDATE listing SET began = began + 60"); // as if the clock had been set back since
  EXPECT_FALSE(catalogue_.open_merge(1, rules)->resume());
}

TEST_F(SqliteCatalogueTest, SumsUpMoreBytesThanItCanCount) {
  constexpr std::int64_t k_half = std::int64_t{1} << 62;
  for (const char* folder : {"a/", "b/"}) {
    catalogue_.open_merge(1, {})->merge(part_of(folder, {{"1.jpg", {1'690'000'000, k_half}}}));
  }
  EXPECT_EQ(catalogue_.open_regroup(1, {})->folder_totals().bytes,
            std::numeric_limits<std::int64_t>::max());
}

TEST_F(SqliteCatalogueTest, SaysBusyWhenAnotherProcessKeepsWriting) {
  Database other(file().native(), Database::Access::write, "other", std::chrono::seconds{1});
  other.run("BEGIN IMMEDIATE");
  const auto expect_busy = [](const JobError& error) {
    EXPECT_EQ(error.code(), "busy");
    EXPECT_EQ(error.error_class(), ErrorClass::transient);
    EXPECT_THAT(error.what(), HasSubstr("another process keeps it locked; try again later"));
  };
  expect_busy(error_of([&] { put_deployment(catalogue_, 2); }));
  expect_busy(error_of([&] { static_cast<void>(catalogue_.open_regroup(1, {})); }));
  const auto merge = catalogue_.open_merge(1, {});
  expect_busy(error_of([&] { merge->merge(part_of("a/", folder_of_captures(3))); }));

  other.run("ROLLBACK");
  merge->merge(part_of("a/", folder_of_captures(3)));
  EXPECT_EQ(merge->finish().added, 3);
}

TEST_F(SqliteCatalogueTest, LeavesTheSameFragmentsOfAFolderTooLargeForMemory) {
  CaptureFolder folder = folder_of_captures(140'000);
  folder["late.jpg"] = {1'690'900'000};
  folder["late again.jpg"] = {1'690'900'000};
  const auto merge = catalogue_.open_merge(1, {});
  for (const CapturePart& part : parts_of("a/", folder, 3)) {
    merge->merge(part);
  }
  EXPECT_EQ(merge->finish().added, 140'002);

  const std::vector<Fragment> fragments =
      catalogue_.open_regroup(1, {})->fragments(span(0, 2'000'000'000));
  ASSERT_EQ(fragments.size(), 2U);
  EXPECT_EQ(fragments[0].span, span(1'690'000'000, 1'690'139'999));
  EXPECT_EQ(fragments[0].captures, 140'000);
  EXPECT_EQ(fragments[0].duplicate_times, 0);
  EXPECT_EQ(fragments[1].captures, 2);
  EXPECT_EQ(fragments[1].duplicate_times, 1);
}

TEST_F(SqliteCatalogueTest, GivesTheSameTimesHoweverOftenItIsAsked) {
  CaptureTree tree;
  for (int day = 1; day <= 20; ++day) {
    for (int minute = 0; minute < 10; ++minute) {
      const std::string name = std::to_string(1000 + day * 10 + minute) + ".jpg";
      tree["one/"][name] = {evening(day, minute)};
      tree["two/"][name] = {evening(day, std::int64_t{2} * minute)};
    }
  }
  sync(catalogue_, 1, tree);
  const auto regroup = catalogue_.open_regroup(1, {});
  for (int round = 0; round < 3; ++round) {
    for (int day = 1; day <= 20; ++day) {
      std::int64_t times = 0;
      std::int64_t captures = 0;
      WallTime last = wall(0);
      regroup->times(span(evening(day), evening(day, 12)), [&](WallTime time, std::int64_t count) {
        EXPECT_LT(last, time);
        last = time;
        ++times;
        captures += count;
      });
      EXPECT_EQ(times, 12) << "minutes 0 to 9, 10 and 12";
      EXPECT_EQ(captures, 17) << "ten of the one, seven of the other";
    }
  }
  regroup->commit({});
  EXPECT_EQ(catalogue_.open_regroup(1, {})->fragments(span(0, 2'000'000'000)).size(), 40U);
}

TEST_F(SqliteCatalogueTest, GivesTimesInTheirOrderThoughTheyAreTooManyForMemory) {
  constexpr int k_count = 130'000;
  for (const char* path : {"one/", "two/"}) {
    const auto merge = catalogue_.open_merge(1, {});
    for (const CapturePart& part : parts_of(path, folder_of_captures(k_count), 1)) {
      merge->merge(part);
    }
    // The other folder is not listed here, and not finished: nothing is missing.
  }
  catalogue_.flush();
  const auto regroup = catalogue_.open_regroup(1, {});
  std::int64_t expected = 1'690'000'000;
  std::int64_t captures = 0;
  regroup->times(span(0, 2'000'000'000), [&](WallTime time, std::int64_t count) {
    EXPECT_EQ(time, wall(expected++));
    captures += count;
  });
  EXPECT_EQ(captures, std::int64_t{2} * k_count) << "two at each time";
}

TEST_F(SqliteCatalogueTest, TakesSeventyBytesACaptureAtMost) {
  CaptureFolder folder;
  for (int at = 0; at < 20'000; ++at) {
    CaptureEntry entry{1'690'000'000 + at, 100'000 + at % 3'000'000};
    folder[std::to_string(20'230'801'000'000 + at) + "-night.jpg"] = entry;
  }
  ASSERT_EQ(folder.begin()->first.size(), 24U);
  sync(catalogue_, 1, {{"a/", folder}});
  EXPECT_LE(number("SELECT sum(pgsize) FROM dbstat WHERE name = 'capture'"), 70 * 20'000);
}

TEST_F(SqliteCatalogueTest, WritesNothingForASmallFolderBeforeItIsCommitted) {
  constexpr int k_folders = 4000; // enough for pages to be split
  const auto merge = catalogue_.open_merge(1, {});
  const auto before = own_io();
  for (int number = 0; number < k_folders; ++number) {
    merge->merge(part_of(fmt::format("night-{}/", number), folder_of_captures(3)));
  }
  const auto after = own_io();
  ASSERT_TRUE(before && after) << "the kernel counts what a process reads and writes";
  EXPECT_LT(after->writes - before->writes, k_folders / 10);
  catalogue_.flush();
  EXPECT_EQ(number("SELECT count(*) FROM fragment"), k_folders);
}

TEST_F(SqliteCatalogueTest, KnowsEveryTimeSourceByItsName) {
  const Database database(file().native(), Database::Access::read, "other",
                          std::chrono::seconds{1});
  sqlite::Statement all = database.prepare("SELECT id, name FROM time_source ORDER BY id");
  sqlite::Rows rows = all.query();
  for (int id = 0; id < 256; ++id) {
    const std::string_view name = to_string(static_cast<TimeSource>(id));
    if (name != "unknown") {
      ASSERT_TRUE(rows.next()) << name;
      EXPECT_EQ(rows.number(0), id);
      EXPECT_EQ(rows.text(1), name);
    }
  }
  EXPECT_FALSE(rows.next());
}

TEST_F(SqliteCatalogueTest, GivesViewsInOrderWithoutSortingThem) {
  const Database database(file().native(), Database::Access::read, "other",
                          std::chrono::seconds{1});
  for (const char* view : {"captures", "undated", "sessions", "deployments"}) {
    sqlite::Statement plan =
        database.prepare("EXPLAIN QUERY PLAN SELECT * FROM " + std::string(view));
    sqlite::Rows rows = plan.query();
    while (rows.next()) {
      EXPECT_THAT(std::string(rows.text(3)), testing::Not(HasSubstr("TEMP B-TREE"))) << view;
    }
  }
}

TEST_F(SqliteCatalogueTest, ShowsItsViewsInThePlainShell) {
  sync(catalogue_, 1, {{"a/", {{"\xFF.jpg", {evening(1)}}, {"odd.jpg", {}}}}});
  regroup(catalogue_, 1);
  const std::string command = "sqlite3 -readonly '" + file().native() +
                              "' 'SELECT path, timestamp, state, session_id FROM captures;"
                              " SELECT night, \"start\", \"end\", captures_count FROM sessions;"
                              " SELECT captures_count, undated_count FROM deployments;"
                              " SELECT path, reason FROM undated' > '" +
                              (folder_ / "out").native() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream stream(folder_ / "out");
  const std::string out{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_EQ(out, "a/odd.jpg||present|\n"
                 "a/\\xFF.jpg|2023-08-01T21:00:00|present|1\n"
                 "2023-08-01|2023-08-01T21:00:00|2023-08-01T21:00:00|1\n"
                 "2|1\n"
                 "a/odd.jpg|none\n");
}

TEST_F(SqliteCatalogueTest, AnswersManyThreadsWhileOthersMerge) {
  put_deployment(catalogue_, 2);
  const CaptureFolder folder = folder_of_captures(20);
  const auto path = [](int at) { return std::to_string(at) + "/"; };
  CaptureTree tree;
  for (int at = 0; at < 50; ++at) {
    tree[path(at)] = folder;
  }
  sync(catalogue_, 1, tree);

  const auto merge = catalogue_.open_merge(1, {});
  std::deque<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int at = thread; at < 50; at += 4) {
        const CapturePart part = part_of(path(at), folder);
        EXPECT_TRUE(merge->is_unchanged(part.part.folder, part.fingerprint, 20));
        EXPECT_GE(merge->counts().unchanged, 20);
      }
    });
  }
  threads.emplace_back([&] { EXPECT_EQ(sync(catalogue_, 2, tree).added, 1000); });
  threads.emplace_back([&] {
    for (int at = 0; at < 20; ++at) {
      catalogue_.flush();
      EXPECT_EQ(read_view(catalogue_, {View::captures, 1, {}}).rows.size(), 1000U);
    }
  });
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(merge->finish(), (MergeCounts{.unchanged = 1000, .bytes = 1'000'000, .folders = 50}));
}

TEST(SqliteCatalogue, TakesTheMergesOfSeveralProcesses) {
  const TempDir folder;
  const auto work = [&](std::int64_t id) {
    const auto catalogue = open_catalogue("sqlite:catalogue.db", folder.path());
    put_deployment(*catalogue, id);
    for (int round = 1; round <= 5; ++round) {
      CaptureTree tree;
      for (int at = 0; at < 10 * round; ++at) {
        tree[std::to_string(at) + "/"] = folder_of_captures(20);
      }
      sync(*catalogue, id, tree);
      regroup(*catalogue, id);
    }
  };
  std::deque<ChildProcess> children;
  for (const std::int64_t id : {1, 2, 3}) {
    children.emplace_back([&work, id] { work(id); });
  }
  for (ChildProcess& child : children) {
    EXPECT_EQ(child.wait(), 0);
  }
  const auto catalogue = open_catalogue("sqlite:catalogue.db", folder.path());
  EXPECT_THAT(read_view(*catalogue, {View::deployments, {}, {}}).column("captures_count"),
              testing::ElementsAre("1000", "1000", "1000"));
}

} // namespace
} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/open_catalogue.hpp"
#include "core/catalogue/sqlite/database.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nightshift {
namespace {

using testing::ElementsAre;

constexpr const char* k_uri = "sqlite:catalogue.db";

// Deployment 1 has captures in three folders; deployment 2 has one of the same name.
class CataloguePages : public testing::Test {
 protected:
  CataloguePages() {
    const auto catalogue = open_catalogue(k_uri, folder_.path());
    catalogue->put_deployment({1, "Ridge", {1, "Moths"}, "disk", "", "", "", {}, {}});
    catalogue->put_deployment({2, "Meadow", {2, "Bees"}, "disk", "", "", "", {}, {}});
    add_folder(1, 1, "a/", {{"1.jpg", 3600}, {"2.jpg", 3601}, {"3.jpg", 7200}});
    add_folder(2, 1, "b/", {{"1.jpg", -1}, {"2.jpg", std::nullopt}});
    add_folder(3, 1, "c/", {{"1.jpg", 3602}});
    add_folder(4, 2, "a/", {{"1.jpg", 3600}});
  }

  struct Capture {
    std::string name;
    std::optional<std::int64_t> time;
  };

  void add_folder(int id, int deployment, const std::string& path,
                  const std::vector<Capture>& captures) const {
    sqlite::Database database((folder_ / "catalogue.db").string(), sqlite::Database::Access::write,
                              "catalogue", std::chrono::seconds(30));
    database
        .prepare("INSERT INTO folder (id, deployment_id, path, rules_hash, captures, bytes, "
                 "undated, missing, fragment_gap) VALUES (?1, ?2, ?3, 0, 0, 0, 0, 0, 0)")
        .run(id, deployment, sqlite::Blob{path});
    for (const Capture& capture : captures) {
      database
          .prepare("INSERT INTO capture (folder_id, name, time, time_source, size, last_modified) "
                   "VALUES (?1, ?2, ?3, 1, 10, 0)")
          .run(id, sqlite::Blob{capture.name}, capture.time);
    }
  }

  [[nodiscard]] CapturePage page(std::int64_t limit,
                                 std::optional<CapturePageQuery::After> after = {}) const {
    return read_capture_page(k_uri, folder_.path(), {1, std::move(after), limit});
  }

  tests::TempDir folder_;
};

TEST_F(CataloguePages, TellOfCapturesWhatTheViewForPeopleTells) {
  const sqlite::Database database((folder_ / "catalogue.db").string(),
                                  sqlite::Database::Access::write, "catalogue",
                                  std::chrono::seconds(30));
  for (const char* const change :
       {"UPDATE capture SET last_modified = 1717277402 WHERE name = CAST('1.jpg' AS BLOB)",
        "UPDATE capture SET last_modified = 1717277402500000000 WHERE name = CAST('2.jpg' AS BLOB)",
        "UPDATE capture SET last_modified = CAST(-5 AS REAL) WHERE name = CAST('3.jpg' AS BLOB)"}) {
    database.prepare(change).run();
  }
  std::vector<std::string> told;
  for (const CaptureRow& row : page(7).rows) {
    told.push_back(row.path + ' ' + row.last_modified);
  }
  std::vector<std::string> viewed;
  sqlite::Statement view = database.prepare(
      "SELECT path || ' ' || last_modified FROM captures WHERE deployment_id = 1 ORDER BY path");
  for (sqlite::Rows rows = view.query(); rows.next();) {
    viewed.emplace_back(rows.text(0));
  }
  EXPECT_EQ(told, viewed);
  EXPECT_EQ(told.size(), 6U);
}

TEST_F(CataloguePages, GoThroughAllCapturesOnceWhateverTheirSize) {
  const std::vector<std::string> all{"a/1.jpg", "a/2.jpg", "a/3.jpg",
                                     "b/1.jpg", "b/2.jpg", "c/1.jpg"};
  for (std::int64_t limit = 1; limit <= 7; ++limit) {
    std::vector<std::string> seen;
    std::optional<CapturePageQuery::After> after;
    do {
      const CapturePage one = page(limit, after);
      for (const CaptureRow& row : one.rows) {
        seen.push_back(row.path);
      }
      after = one.next;
    } while (after);
    EXPECT_EQ(seen, all) << limit;
  }
}

TEST_F(CataloguePages, ARowTellsWhatIsKnownOfACapture) {
  const CapturePage first = page(5);
  EXPECT_EQ(first.rows[0].timestamp, "1970-01-01T01:00:00");
  EXPECT_EQ(first.rows[0].size, 10);
  EXPECT_EQ(first.rows[0].last_modified, "1970-01-01T00:00:00Z");
  EXPECT_FALSE(first.rows[0].missing_since);
  EXPECT_FALSE(first.rows[4].timestamp);
}

TEST_F(CataloguePages, GoOnAfterACaptureThatIsGone) {
  EXPECT_EQ(page(1, CapturePageQuery::After{"a/", "2.aaa"}).rows.front().path, "a/2.jpg");
  EXPECT_EQ(page(1, CapturePageQuery::After{"aa/", "x"}).rows.front().path, "b/1.jpg");
  EXPECT_TRUE(page(1, CapturePageQuery::After{"z/", ""}).rows.empty());
}

TEST_F(CataloguePages, CountDatedCapturesByTheHour) {
  EXPECT_THAT(read_hour_counts(k_uri, folder_.path(), 1),
              ElementsAre(HourCount{-1, 1}, HourCount{1, 3}, HourCount{2, 1}));
  EXPECT_THAT(read_hour_counts(k_uri, folder_.path(), 3), ElementsAre());
}

TEST_F(CataloguePages, NameTheProjects) {
  const std::vector<ProjectRow> projects = read_projects(k_uri, folder_.path());
  ASSERT_EQ(projects.size(), 2U);
  EXPECT_EQ(projects[1].name, "Bees");
}

} // namespace
} // namespace nightshift

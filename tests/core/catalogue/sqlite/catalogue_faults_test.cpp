// SPDX-License-Identifier: Apache-2.0
//
// A disk that is full, or fails: every merge that lost rows says so, nothing else is lost, and once
// the disk is well again all goes on.

#include "core/catalogue/open_catalogue.hpp"
#include "core/catalogue/sqlite/database.hpp"
#include "tests/support/capture_tree.hpp"
#include "tests/support/catalogue_views.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/regroup.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/sqlite_faults.hpp"

#include <nightshift/testkit/memory_catalogue.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift::tests {
namespace {

using testing::HasSubstr;

constexpr const char* k_uri = "sqlite:catalogue.db";

void put_deployments(Catalogue& catalogue) {
  for (const std::int64_t id : {1, 2}) {
    Deployment deployment;
    deployment.id = id;
    deployment.project = {1, "project"};
    catalogue.put_deployment(deployment);
  }
}

CaptureTree tree_of(int folders) {
  CaptureTree tree;
  for (int folder = 0; folder < folders; ++folder) {
    CaptureFolder& captures = tree["night" + std::to_string(1000 + folder) + "/"];
    for (int at = 0; at < 500; ++at) {
      captures[std::to_string(1'000'000 + at) + "-snapshot.jpg"] = {evening(1 + folder, at)};
    }
  }
  return tree;
}

// What a catalogue is like that was never disturbed.
std::vector<std::string> undisturbed(const CaptureTree& one, const CaptureTree& two) {
  testkit::MemoryCatalogue memory;
  put_deployments(memory);
  sync(memory, 1, one);
  regroup(memory, 1);
  sync(memory, 2, two);
  regroup(memory, 2);
  return equality_of(memory);
}

TEST(CatalogueFaults, AFullDiskLosesNothingThatWasCommitted) {
  const SmallDisk disk(6U << 20U);
  const auto catalogue = open_catalogue(k_uri, disk.path());
  put_deployments(*catalogue);
  sync(*catalogue, 1, tree_of(3));
  regroup(*catalogue, 1);
  disk.fill();

  const JobError error = error_of([&] { sync(*catalogue, 2, tree_of(60)); });
  EXPECT_EQ(error.code(), "no_space");
  EXPECT_EQ(error.error_class(), ErrorClass::permanent);
  EXPECT_EQ(error.what(), "cannot use catalogue " + (disk.path() / "catalogue.db").native() +
                              ": no space is left on its disk; make some and run again");
  EXPECT_EQ(read_view(*catalogue, {View::captures, 1, {}}).rows.size(), 1500U);
  EXPECT_EQ(read_view(*catalogue, {View::captures, 2, {}}).rows.size(), 0U);

  std::filesystem::remove(disk.path() / "filler");
  sync(*catalogue, 2, tree_of(10));
  regroup(*catalogue, 2);
  EXPECT_EQ(equality_of(*catalogue), undisturbed(tree_of(3), tree_of(10)));
}

// More rows than are written at once. The disk is found full when they are committed.
TEST(CatalogueFaults, AFullDiskLosesNothingOfALargeFolderThatChanged) {
  CaptureTree tree;
  for (int i = 0; i < 60'000; ++i) {
    tree["large/"][std::to_string(100'000 + i) + ".jpg"] = {evening(1, i), 1000};
  }
  const SmallDisk disk(24U << 20U);
  const auto catalogue = open_catalogue(k_uri, disk.path());
  put_deployments(*catalogue);
  sync(*catalogue, 1, tree);
  disk.fill();

  CaptureTree grown = tree;
  for (auto& [name, entry] : grown["large/"]) {
    entry.size += 1;
  }
  EXPECT_EQ(error_of([&] { sync(*catalogue, 1, grown); }).code(), "no_space");

  std::filesystem::remove(disk.path() / "filler");
  EXPECT_EQ(sync(*catalogue, 1, tree).unchanged, 60'000) << "all as it was";
  EXPECT_EQ(sync(*catalogue, 1, grown).changed, 60'000);
}

TEST(CatalogueFaults, AFullDiskIsFoundWhereverItFills) {
  for (const std::size_t kilobytes : {500U, 600U, 900U, 1400U, 2200U}) {
    const SmallDisk disk(kilobytes << 10U);
    const auto catalogue = open_catalogue(k_uri, disk.path());
    const JobError error = error_of([&] {
      put_deployments(*catalogue);
      sync(*catalogue, 1, tree_of(100));
      regroup(*catalogue, 1);
    });
    EXPECT_EQ(error.code(), "no_space") << kilobytes;
    const sqlite::Database other((disk.path() / "catalogue.db").native(),
                                 sqlite::Database::Access::read, "other", {});
    sqlite::Statement check = other.prepare("PRAGMA integrity_check");
    sqlite::Rows rows = check.query();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), "ok") << kilobytes;
  }
}

TEST(CatalogueFaults, AFailingDiskIsToldToAllWhoseRowsItTook) {
  const SmallDisk disk(32U << 20U);
  const auto catalogue = open_catalogue(k_uri, disk.path());
  put_deployments(*catalogue);
  const auto one = catalogue->open_merge(1, {});
  const auto two = catalogue->open_merge(2, {});
  const auto later = catalogue->open_merge(1, {});
  const CaptureTree small = tree_of(1);
  const std::string path = small.begin()->first;
  one->merge(part_of(path, small.at(path)));
  {
    const SqliteFaults faults(SqliteFaults::Kind::fail, 1);
    two->merge(part_of(path, small.at(path))); // still in memory
    const JobError error = error_of([&] { catalogue->flush(); });
    EXPECT_EQ(error.code(), "io");
    EXPECT_THAT(error.what(), HasSubstr("Input/output error"));
  }
  EXPECT_EQ(error_of([&] { one->merge(part_of("b/", small.at(path))); }).code(), "io");
  EXPECT_EQ(error_of([&] { two->finish(); }).code(), "io");
  EXPECT_EQ(later->finish().missing, 0);

  sync(*catalogue, 1, small);
  regroup(*catalogue, 1);
  sync(*catalogue, 2, small);
  regroup(*catalogue, 2);
  EXPECT_EQ(equality_of(*catalogue), undisturbed(small, small));
}

TEST(CatalogueFaults, AFailureAtAnyWriteLeavesACatalogueThatGoesOn) {
  const CaptureTree small = tree_of(3);
  const std::vector<std::string> expected = undisturbed(small, small);
  for (std::int64_t at = 1; at <= 60; ++at) {
    const SmallDisk disk(32U << 20U);
    const auto catalogue = open_catalogue(k_uri, disk.path());
    put_deployments(*catalogue);
    {
      const SqliteFaults faults(SqliteFaults::Kind::fail, at);
      try {
        sync(*catalogue, 1, small);
        regroup(*catalogue, 1);
      } catch (const JobError& error) {
        EXPECT_EQ(error.code(), "io");
      }
    }
    for (const std::int64_t id : {1, 2}) {
      sync(*catalogue, id, small);
      regroup(*catalogue, id);
    }
    ASSERT_EQ(equality_of(*catalogue), expected) << "failed at write " << at;
  }
}

} // namespace
} // namespace nightshift::tests

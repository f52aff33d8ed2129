// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/data_storage_sync.hpp"
#include "plugins/update_deployment_cache/update_deployment_cache.hpp"
#include "tests/plugins/one_deployment.hpp"
#include "tests/support/error_of.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace nightshift::update_deployment_cache {
namespace {

using testkit::FakeContext;
using tests::OneDeployment;
using Lines = std::vector<std::string>;

class UpdateDeploymentCacheTest : public testing::Test {
 public:
  void sync() { site.run(sync_type, Value::Map{{"max_missing", {}, "100%"}}); }

  std::unique_ptr<FakeContext> update(const Value& given = {}) { return site.run(type, given); }

  Lines sessions() { return site.rows(View::sessions, {"id", "start", "end", "captures_count"}); }

  Lines cached(const Lines& columns) { return site.rows(View::deployments, columns); }

  data_storage_sync::DataStorageSync sync_type;
  UpdateDeploymentCache type;
  OneDeployment site;
};

TEST_F(UpdateDeploymentCacheTest, GroupsCapturesIntoSessions) {
  // 119:59 minutes after the one before, then twice exactly 120.
  for (const char* time :
       {"20230801210000", "20230801225959", "20230802005959", "20230802025959"}) {
    site.put(fmt::format("{}.jpg", time));
  }
  sync();
  const auto fake = update();
  EXPECT_EQ(fake->log.messages(), (Lines{"Saving and recalculating sessions for deployment"}));
  EXPECT_EQ(sessions(), (Lines{"1|2023-08-01T21:00:00|2023-08-01T22:59:59|2",
                               "2|2023-08-02T00:59:59|2023-08-02T00:59:59|1",
                               "3|2023-08-02T02:59:59|2023-08-02T02:59:59|1"}));
  EXPECT_EQ(fake->progress.get(Counter::sessions_regrouped), 3);
  EXPECT_EQ(fake->progress.get(Counter::captures_regrouped), 4);
}

TEST_F(UpdateDeploymentCacheTest, KeepsSessionsThatBeginOnOneDateApart) {
  for (const char* time : {"20230801003000", "20230801203000"}) {
    site.put(fmt::format("{}.jpg", time));
  }
  sync();
  update();
  EXPECT_EQ(site.rows(View::sessions, {"night", "start"}),
            (Lines{"2023-07-31|2023-08-01T00:30:00", "2023-08-01|2023-08-01T20:30:00"}));
}

TEST_F(UpdateDeploymentCacheTest, RegroupsOnlyWhatASyncTouched) {
  for (int night = 1; night <= 28; ++night) {
    for (int minute = 0; minute < 60; ++minute) {
      site.put(fmt::format("{0:02}/202308{0:02}22{1:02}00.jpg", night, minute));
    }
  }
  sync();
  EXPECT_EQ(update()->progress.get(Counter::sessions_regrouped), 28);
  EXPECT_EQ(update()->progress.get(Counter::sessions_regrouped), 0);
  site.put("07/20230807230000.jpg");
  sync();
  const auto fake = update();
  EXPECT_EQ(fake->progress.get(Counter::sessions_regrouped), 1);
  EXPECT_EQ(fake->progress.get(Counter::captures_regrouped), 61);
}

TEST_F(UpdateDeploymentCacheTest, GroupsEverythingAnewUnderAnotherRule) {
  for (const char* time : {"20230801210000", "20230801213000", "20230801220000"}) {
    site.put(fmt::format("{}.jpg", time));
  }
  sync();
  update();
  EXPECT_EQ(sessions().size(), 1U);
  update(Value::Map{{"max_gap", {}, "30min"}});
  EXPECT_EQ(sessions().size(), 3U);
  update(Value::Map{{"max_session", {}, "30min"}});
  EXPECT_EQ(sessions().size(), 2U);
}

const Lines k_cached{"captures_count",          "events_count",
                     "first_capture_timestamp", "last_capture_timestamp",
                     "data_source_total_files", "data_source_total_size",
                     "missing_count",           "undated_count",
                     "duplicate_timestamps"};

TEST_F(UpdateDeploymentCacheTest, RecalculatesTheCachedFields) {
  site.put("a/20230801210000.jpg", 10);
  site.put("b/20230801210000.jpg", 20); // the same second
  site.put("b/20230803210000.jpg", 30);
  site.put("b/20230804210000.jpg", 40);
  site.put("IMG_0001.jpg", 50);
  sync();
  site.storage.remove("b/20230804210000.jpg");
  sync();
  update();
  EXPECT_EQ(cached(k_cached), (Lines{"4|2|2023-08-01T21:00:00|2023-08-03T21:00:00|4|110|1|1|1"}));
}

TEST_F(UpdateDeploymentCacheTest, KnowsNoSizeWithoutCaptures) {
  sync();
  update();
  EXPECT_EQ(cached(k_cached), (Lines{"0|0|||0||0|0|0"}));
}

TEST_F(UpdateDeploymentCacheTest, DeletesTheSessionsOfCapturesThatAreGone) {
  site.put("20230801210000.jpg");
  sync();
  update();
  site.storage.remove("20230801210000.jpg");
  sync();
  update();
  EXPECT_TRUE(sessions().empty());
  EXPECT_EQ(cached(k_cached), (Lines{"0|0|||0||1|0|0"}));
}

TEST_F(UpdateDeploymentCacheTest, UpdatesCachedFieldsWhereNoTimeChanged) {
  site.put("20230801210000.jpg", 10);
  sync();
  update();
  site.put("IMG_0001.jpg", 5);
  site.put("20230801210000.jpg", 11, 2);
  sync();
  EXPECT_EQ(update()->progress.get(Counter::sessions_regrouped), 0);
  EXPECT_EQ(cached({"captures_count", "data_source_total_size", "undated_count"}),
            (Lines{"2|16|1"}));
}

TEST_F(UpdateDeploymentCacheTest, ChangesNothingWhenItIsStopped) {
  site.put("20230801210000.jpg");
  sync();
  const auto fake = site.context(type);
  fake->stop.request_stop();
  EXPECT_EQ(tests::error_of([&] { fake->run(type); }).error_class(), ErrorClass::cancelled);
  EXPECT_TRUE(sessions().empty());
  update();
  EXPECT_EQ(sessions().size(), 1U);
}

TEST_F(UpdateDeploymentCacheTest, SaysWhatAJobWithoutADeploymentLacks) {
  FakeContext fake(type.info().parameters);
  EXPECT_EQ(tests::error_of([&] { fake.run(type); }).code(), error_code::k_config);
}

TEST_F(UpdateDeploymentCacheTest, IsAJobTypeOfItsOwn) {
  EXPECT_EQ(type.info().key, UpdateDeploymentCache::k_key);
  EXPECT_EQ(type.info().name, "Update deployment cache");
  EXPECT_EQ(type.info().stages, (Lines{"update_deployment_cache"}));
  EXPECT_TRUE(type.info().stage_parameters.empty());
  EXPECT_TRUE(type.info().needs_deployment);
}

// Syncs and updates with changes between, some syncs without an update after them: in the end the
// catalogue holds what a first sync of the same storage would have made, but for ids and for what
// it remembers of captures that are gone.
TEST_F(UpdateDeploymentCacheTest, EndsAsAfterAFirstSyncWhateverWasBefore) {
  std::mt19937 random(5);
  const auto below = [&](unsigned end) { return static_cast<unsigned>(random() % end); };
  std::set<std::string> keys;
  for (int round = 0; round < 40; ++round) {
    for (unsigned change = 1 + below(30); change > 0; --change) {
      if (!keys.empty() && below(3) == 0) {
        const auto key = std::next(keys.begin(), below(static_cast<unsigned>(keys.size())));
        site.storage.remove(*key);
        keys.erase(key);
      } else {
        const std::string key = fmt::format("{}/202308{:02}{:02}{:02}00.jpg", below(4),
                                            1 + below(9), below(24), 20 * below(3));
        site.put(key, 1 + below(3));
        keys.insert(key);
      }
    }
    sync();
    if (below(3) == 0) {
      continue;
    }
    update();
    OneDeployment fresh;
    for (const std::string& key : keys) {
      fresh.put(key);
    }
    fresh.run(sync_type);
    fresh.run(type);
    const Lines columns{"start", "end", "captures_count"};
    ASSERT_EQ(site.rows(View::sessions, columns), fresh.rows(View::sessions, columns))
        << "in round " << round;
    const Lines sums{"captures_count",         "events_count",         "first_capture_timestamp",
                     "last_capture_timestamp", "duplicate_timestamps", "undated_count"};
    ASSERT_EQ(cached(sums), fresh.rows(View::deployments, sums)) << "in round " << round;
  }
}

} // namespace
} // namespace nightshift::update_deployment_cache

// SPDX-License-Identifier: Apache-2.0
//
// What `verify: quick` sees, and what it may miss.

#include "plugins/data_storage_sync/data_storage_sync.hpp"
#include "tests/plugins/one_deployment.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/thread_executor.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace nightshift::data_storage_sync {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testkit::FakeContext;
using tests::OneDeployment;

std::int64_t minutes_ago(int minutes) {
  const auto then = std::chrono::system_clock::now() - std::chrono::minutes(minutes);
  return std::chrono::nanoseconds(then.time_since_epoch()).count();
}

class QuickTest : public testing::Test {
 protected:
  QuickTest() {
    for (int i = 0; i < 5; ++i) {
      site.put(fmt::format("a/2023080120000{}.jpg", i));
      site.put(fmt::format("b/2023080120000{}.jpg", i));
    }
    site.storage.set_version("a/", 1000);
    site.storage.set_version("b/", 2000);
  }

  std::unique_ptr<FakeContext> sync(const std::string& verify = "quick") {
    return site.run(type, Value::Map{{"verify", {}, verify}});
  }

  static std::int64_t get(const FakeContext& fake, Counter counter) {
    return fake.progress.get(counter);
  }

  std::vector<std::string> captures() {
    return site.rows(View::captures, {"path", "size", "state"});
  }

  DataStorageSync type;
  OneDeployment site;
};

TEST_F(QuickTest, PassesOverFoldersInWhichNothingHasComeOrGone) {
  EXPECT_EQ(get(*sync(), Counter::added), 10);
  site.catalogue.forget_calls();
  const auto again = sync();
  EXPECT_THAT(site.catalogue.calls(),
              ElementsAre("250 pass_over a/: yes", "250 pass_over b/: yes", "250 finish"));
  EXPECT_EQ(get(*again, Counter::passed_over), 10);
  EXPECT_EQ(get(*again, Counter::listed), 0);
  EXPECT_EQ(get(*again, Counter::missing), 0);
  EXPECT_EQ(again->progress.parameter(0), 10) << "\"Total files\"";
  EXPECT_EQ(again->progress.done(), 10);
  EXPECT_THAT(again->log.messages(), Contains(HasSubstr("written to in place")));
}

TEST_F(QuickTest, ReadsAFolderInWhichSomethingHasComeOrGone) {
  sync();
  site.put("a/20230801200009.jpg");
  site.storage.remove("b/20230801200000.jpg");
  site.storage.set_version("a/", 1001);
  const auto second = sync();
  EXPECT_EQ(get(*second, Counter::added), 1);
  EXPECT_EQ(get(*second, Counter::passed_over), 5);
  EXPECT_EQ(get(*second, Counter::missing), 0) << "the version of b/ has not changed";
  site.storage.set_version("b/", 2001);
  EXPECT_EQ(get(*sync(), Counter::missing), 1);
  EXPECT_EQ(get(*sync(), Counter::listed), 4) << "to see that only what was gone is marked";
  EXPECT_EQ(get(*sync(), Counter::passed_over), 10);
}

TEST_F(QuickTest, MissesWhatWasWrittenToInPlaceUntilAllIsLookedAt) {
  sync();
  site.put("a/20230801200000.jpg", 999);
  EXPECT_EQ(get(*sync(), Counter::passed_over), 10);
  EXPECT_THAT(captures(), Contains("a/20230801200000.jpg|100|present"));
  const auto all = sync("fingerprint");
  EXPECT_EQ(get(*all, Counter::changed), 1);
  EXPECT_THAT(captures(), Contains("a/20230801200000.jpg|999|present"));
  EXPECT_EQ(get(*sync(), Counter::listed), 5) << "what was merged otherwise is read once more";
  EXPECT_EQ(get(*sync(), Counter::listed), 0);
}

TEST_F(QuickTest, BeginsWithACatalogueThatKnowsNoVersions) {
  sync("fingerprint");
  const auto first = sync();
  EXPECT_EQ(get(*first, Counter::unchanged), 10) << "it cannot know, and looks";
  EXPECT_EQ(get(*first, Counter::folders_changed), 0);
  EXPECT_EQ(get(*sync(), Counter::passed_over), 10);
}

TEST_F(QuickTest, IsOnlyForWhoAsksForIt) {
  sync();
  for (const char* verify : {"fingerprint", "full"}) {
    EXPECT_EQ(get(*sync(verify), Counter::listed), 10) << verify;
  }
}

TEST_F(QuickTest, LooksAtFoldersInWhichSomethingWasWrittenToOfLate) {
  site.put("b/20230801200000.jpg", 100, minutes_ago(9));
  sync();
  EXPECT_EQ(get(*sync(), Counter::passed_over), 5);
  site.put("b/20230801200000.jpg", 100, minutes_ago(11));
  sync();
  EXPECT_EQ(get(*sync(), Counter::passed_over), 10);
}

TEST_F(QuickTest, ReadsEverythingUnderAnotherFilter) {
  sync();
  const Value other = Value::Map{{"verify", {}, "quick"}, {"exclude", {}, "20230801200000"}};
  const auto fake = site.run(type, other);
  EXPECT_EQ(get(*fake, Counter::listed), 10);
  EXPECT_EQ(get(*fake, Counter::missing), 2);
}

TEST_F(QuickTest, TakesASampleOfAllThereIs) {
  sync();
  const auto fake = site.context(type, Value::Map{{"verify", {}, "quick"}});
  fake->job.limit = 10;
  fake->run(type);
  EXPECT_EQ(get(*fake, Counter::listed), 10);
  EXPECT_EQ(get(*fake, Counter::unchanged), 10);
}

TEST_F(QuickTest, IsAsAlwaysWhereTheStorageKnowsNoVersions) {
  OneDeployment bucket;
  bucket.put("a/20230801200000.jpg");
  const Value quick = Value::Map{{"verify", {}, "quick"}};
  bucket.run(type, quick);
  EXPECT_EQ(get(*bucket.run(type, quick), Counter::unchanged), 1);
}

TEST_F(QuickTest, HoldsTheGuardAgainstMassLossToAllCapturesThereWere) {
  for (int i = 0; i < 300; ++i) {
    site.put(fmt::format("many/2023080121{:02}{:02}.jpg", i / 60, i % 60));
  }
  site.storage.set_version("many/", 3000);
  sync();
  for (int i = 0; i < 100; ++i) {
    site.storage.remove(fmt::format("many/2023080121{:02}{:02}.jpg", i / 60, i % 60));
  }
  site.storage.set_version("many/", 3001);
  EXPECT_EQ(tests::error_of([&] { sync(); }).code(), error_code::k_mass_loss);
  EXPECT_EQ(tests::error_of([&] { sync(); }).code(), error_code::k_mass_loss)
      << "nor is the folder passed over the next time";
}

// Whatever comes and goes, in folders of one part or many, below one another or not, and whatever
// syncs there were before: the catalogue ends with the names that the storage holds.
TEST_F(QuickTest, EndsWithTheNamesOfTheListingWhateverCameAndWent) {
  std::mt19937 random(17);
  OneDeployment many(7); // objects to a part
  tests::ThreadExecutor threads(4);
  std::map<std::string, int> objects;
  std::int64_t passed_over = 0;
  std::int64_t clock = 1;
  for (int round = 0; round < 40; ++round) {
    for (int change = static_cast<int>(random() % 12); change > 0; --change) {
      const std::string folder =
          fmt::format("{}/{}", random() % 6, random() % 4 == 0 ? "below/" : "");
      const std::string key =
          fmt::format("{}2023080102{:02}{:02}.jpg", folder, random() % 20, random() % 5);
      if (random() % 3 == 0) {
        objects.erase(key);
        many.storage.remove(key);
      } else if (objects[key]++ == 0) {
        many.put(key);
      }
      many.storage.set_version(folder, ++clock);
      many.storage.set_version(folder.substr(0, 2), ++clock); // below/ may have come or gone
    }
    const char* verify = random() % 4 == 0 ? "fingerprint" : "quick";
    const auto fake =
        many.context(type, Value::Map{{"max_missing", {}, "100%"}, {"verify", {}, verify}});
    fake->io = &threads;
    fake->run(type);
    passed_over += get(*fake, Counter::passed_over);
    std::vector<std::string> expected(objects.size());
    std::transform(objects.begin(), objects.end(), expected.begin(),
                   [](const auto& object) { return object.first; });
    std::vector<std::string> present;
    for (const std::string& row : many.rows(View::captures, {"state", "path"})) {
      if (row.starts_with("present|")) {
        present.push_back(row.substr(8));
      }
    }
    std::sort(present.begin(), present.end());
    ASSERT_EQ(present, expected) << "in round " << round;
  }
  EXPECT_GT(passed_over, 100) << "else nothing was tried";
}

} // namespace
} // namespace nightshift::data_storage_sync

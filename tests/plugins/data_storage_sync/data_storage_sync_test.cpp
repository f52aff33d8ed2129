// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/data_storage_sync.hpp"
#include "tests/plugins/one_deployment.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/thread_executor.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace nightshift::data_storage_sync {
namespace {

using testkit::FakeContext;
using tests::OneDeployment;
using Lines = std::vector<std::string>;

std::int64_t get(const FakeContext& fake, Counter counter) {
  return fake.progress.get(counter);
}

// Listed, new, changed, unchanged, skipped, failed, missing.
std::vector<std::int64_t> counts(const FakeContext& fake) {
  return {get(fake, Counter::listed),    get(fake, Counter::added),   get(fake, Counter::changed),
          get(fake, Counter::unchanged), get(fake, Counter::skipped), get(fake, Counter::failed),
          get(fake, Counter::missing)};
}

using Counts = std::vector<std::int64_t>;

bool has_line(const FakeContext& fake, const testkit::RecordingLogger::Line& line) {
  const auto lines = fake.log.lines();
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

class DataStorageSyncTest : public testing::Test {
 public:
  void put_night(const std::string& folder, int captures) {
    for (int i = 0; i < captures; ++i) {
      site.put(fmt::format("{}202308012{}{:02}{:02}-snapshot.jpg", folder, i / 3600, i / 60 % 60,
                           i % 60));
    }
  }

  std::unique_ptr<FakeContext> sync(const Value& given = {}) { return site.run(type, given); }

  Lines captures() { return site.rows(View::captures, {"path", "timestamp", "state"}); }

  DataStorageSync type;
  OneDeployment site;
};

TEST_F(DataStorageSyncTest, TellsWhatAntennaTells) {
  put_night("night/", 3419);
  const auto fake = sync();
  EXPECT_EQ(fake->log.messages(),
            (Lines{"Processed 1000 files", "Processed 2000 files", "Processed 3000 files",
                   "Processed 3419 files", "Processed 3419 files"}));
  EXPECT_EQ(fake->progress.parameter(0), 3419);
  EXPECT_EQ(fake->progress.done(), 3419);
  EXPECT_EQ(fake->progress.total(), 3419);
  EXPECT_EQ(counts(*fake), (Counts{3419, 3419, 0, 0, 0, 0, 0}));
  EXPECT_EQ(get(*fake, Counter::bytes), 341'900);
  EXPECT_EQ(get(*fake, Counter::folders), 1);
}

TEST_F(DataStorageSyncTest, OnlyFoldersThatChangedGoThroughItsQueue) {
  put_night("1/", 3);
  put_night("2/", 2);
  const auto first = sync();
  EXPECT_EQ(first->host.queue("merge")->use().items, 2);
  put_night("2/", 4);
  const auto second = sync();
  EXPECT_EQ(second->host.queue("merge")->use().items, 1);
  EXPECT_EQ(second->host.queue("merge")->use().held_back, 0);
}

TEST_F(DataStorageSyncTest, IsAJobTypeOfTwoStages) {
  const JobTypeInfo& info = type.info();
  EXPECT_EQ(info.key, DataStorageSync::k_key);
  EXPECT_EQ(info.name, "Data storage sync");
  EXPECT_EQ(info.stages, (Lines{"data_storage_sync", "update_deployment_cache"}));
  EXPECT_EQ(info.stage_parameters, (Lines{"Total files"}));
  EXPECT_TRUE(info.needs_deployment);
}

TEST_F(DataStorageSyncTest, StoresWhatItRecognises) {
  site.put("a/20230801023001.jpg");
  site.put("a/IMG_0001.JPG");
  site.put("top_2023-08-01_02-30-01.png");
  sync();
  EXPECT_EQ(captures(),
            (Lines{"top_2023-08-01_02-30-01.png|2023-08-01T02:30:01|present",
                   "a/20230801023001.jpg|2023-08-01T02:30:01|present", "a/IMG_0001.JPG||present"}));
  EXPECT_EQ(site.rows(View::undated, {"path", "reason"}), (Lines{"a/IMG_0001.JPG|none"}));
}

TEST_F(DataStorageSyncTest, ListsOnlyTheDeploymentsSubdir) {
  site.deployment.subdir = "/restoration//";
  site.put("restoration/20230801023001.jpg");
  site.put("restorations/20230801023002.jpg");
  sync();
  EXPECT_EQ(site.storage.calls(), (Lines{"list restoration/"}));
  EXPECT_EQ(captures().size(), 1U);
}

TEST_F(DataStorageSyncTest, GoesNoFurtherThanTheFingerprintOfAnUnchangedFolder) {
  put_night("one/", 30);
  put_night("two/", 20);
  sync();
  site.catalogue.forget_calls();
  const auto again = sync();
  EXPECT_EQ(site.catalogue.calls(),
            (Lines{"250 is_unchanged one/: yes", "250 is_unchanged two/: yes", "250 finish"}));
  EXPECT_EQ(counts(*again), (Counts{50, 0, 0, 50, 0, 0, 0}));
  EXPECT_EQ(again->log.messages(), (Lines{"Processed 50 files", "Processed 50 files"}));
  EXPECT_EQ(again->progress.parameter(0), 50);
}

TEST_F(DataStorageSyncTest, MergesOnlyTheFolderThatChanged) {
  put_night("one/", 30);
  put_night("two/", 20);
  sync();
  site.catalogue.forget_calls();
  site.put("two/20230801230000.jpg");
  const auto again = sync();
  EXPECT_EQ(site.catalogue.calls(),
            (Lines{"250 is_unchanged one/: yes", "250 is_unchanged two/: no", "250 merge two/: 21",
                   "250 finish"}));
  EXPECT_EQ(counts(*again), (Counts{51, 1, 0, 50, 0, 0, 0}));
  EXPECT_EQ(get(*again, Counter::folders_changed), 1);
}

TEST_F(DataStorageSyncTest, ComparesEveryCaptureWhenItIsToVerifyInFull) {
  put_night("one/", 30);
  sync();
  site.catalogue.forget_calls();
  sync(Value::Map{{"verify", {}, "full"}});
  EXPECT_EQ(site.catalogue.calls(), (Lines{"250 merge one/: 30", "250 finish"}));
}

TEST_F(DataStorageSyncTest, LooksAtEveryFolderAnewUnderAnotherFilter) {
  put_night("one/", 30);
  sync();
  for (const Value& given : {Value(Value::Map{{"exclude", {}, "thumb"}}),
                             Value(Value::Map{{"extensions", {}, Value::List{"jpg"}}})}) {
    site.catalogue.forget_calls();
    sync(given);
    EXPECT_EQ(site.catalogue.calls()[0], "250 is_unchanged one/: no");
  }
  site.deployment.regex = "snapshot";
  site.catalogue.forget_calls();
  sync();
  EXPECT_EQ(site.catalogue.calls()[0], "250 is_unchanged one/: no");
}

TEST_F(DataStorageSyncTest, CountsWhatItSkipsByReason) {
  site.deployment.regex = "night";
  site.put("night/20230801023001.jpg");
  site.put("night/20230801023002.jpg", 0);
  site.put("night/thumb_20230801023003.jpg");
  site.put("day/20230801123001.jpg");
  site.put("night/readme.txt");
  const auto fake = sync(Value::Map{{"exclude", {}, "thumb"}});
  EXPECT_EQ(counts(*fake), (Counts{5, 1, 0, 0, 4, 0, 0}));
  EXPECT_TRUE(has_line(
      *fake, {Severity::info, "Skipped 4 entries: extension 1, pattern 2, empty_object 1"}));
}

TEST_F(DataStorageSyncTest, KeepsCapturesBelowAFolderThatItCannotRead) {
  put_night("one/", 30);
  put_night("two/deep/", 20);
  sync();
  site.storage.fail_folder("two/");
  const auto fake = sync();
  EXPECT_EQ(counts(*fake), (Counts{31, 0, 0, 30, 0, 1, 0}));
  EXPECT_TRUE(has_line(*fake, {Severity::warning, "Cannot read two/: Permission denied"}));
  EXPECT_TRUE(
      has_line(*fake, {Severity::warning,
                       "1 entry could not be read; no capture there was marked as missing"}));
  EXPECT_EQ(fake->host.failed_items().size(), 1U);
  EXPECT_EQ(captures().size(), 50U);
}

TEST_F(DataStorageSyncTest, TakesWhatItCouldReadOfAFolderThatBreaksOff) {
  put_night("one/", 30);
  put_night("one/deep/", 20);
  sync();
  site.put("one/20230801000000.jpg");
  site.storage.break_off("one/20230801200020-snapshot.jpg");
  const auto fake = sync();
  EXPECT_EQ(counts(*fake), (Counts{42, 1, 0, 40, 0, 1, 0}));
  EXPECT_EQ(captures().size(), 51U);
}

TEST_F(DataStorageSyncTest, TakesACaptureOnceThatIsListedTwice) {
  put_night("one/", 30);
  site.storage.repeat("one/20230801200007-snapshot.jpg");
  EXPECT_EQ(counts(*sync()), (Counts{31, 30, 0, 0, 1, 0, 0}));
  const auto again = sync();
  EXPECT_EQ(counts(*again), (Counts{31, 0, 0, 30, 1, 0, 0}));
  EXPECT_TRUE(has_line(*again, {Severity::info, "Skipped 1 entry: repeated 1"}));
  site.storage.mend();
  site.catalogue.forget_calls();
  sync();
  EXPECT_EQ(site.catalogue.calls(), (Lines{"250 is_unchanged one/: yes", "250 finish"}))
      << "the folder was merged as if it had been listed once";
}

TEST_F(DataStorageSyncTest, TakesACaptureOnceThatTwoPartsOfAFolderTell) {
  OneDeployment other{4};
  for (int number = 0; number < 10; ++number) {
    other.put(fmt::format("one/202308012000{:02}.jpg", number));
  }
  other.storage.repeat("one/20230801200000.jpg");
  EXPECT_EQ(counts(*other.run(type, {})), (Counts{11, 10, 0, 0, 1, 0, 0}));
}

// Breaks the promise that a folder's parts come one after another, each once.
class FolderBegunTwice final : public Storage {
 public:
  void list(const ListQuery& /*query*/, FolderSink sink, Executor& /*executor*/,
            std::stop_token /*stop*/) override {
    for (const bool last : {false, true}) {
      FolderPart part;
      part.folder = "one/";
      part.last = last;
      part.add("20230801200000.jpg", 1, 1);
      sink(std::move(part));
    }
  }

  [[nodiscard]] std::size_t read(std::string_view /*key*/, std::uint64_t /*offset*/,
                                 std::span<std::byte> /*to*/) override {
    return 0;
  }

  [[nodiscard]] std::string describe() const override { return "begun twice"; }
};

TEST_F(DataStorageSyncTest, MarksNothingAsMissingWhereTheListingDoesNotAddUp) {
  put_night("gone/", 3);
  sync();
  FolderBegunTwice storage;
  const auto fake = site.context(type);
  fake->storage = &storage;
  EXPECT_EQ(tests::error_of([&] { fake->run(type); }).code(), error_code::k_not_reconciled);
  EXPECT_THAT(captures(), testing::Contains(testing::StartsWith("gone/")).Times(3));
  EXPECT_THAT(captures(), testing::Each(testing::EndsWith("|present")));
}

TEST_F(DataStorageSyncTest, KeepsACaptureThatItCannotExamine) {
  put_night("one/", 30);
  sync();
  site.storage.fail_object("one/20230801200007-snapshot.jpg");
  const auto fake = sync();
  EXPECT_EQ(counts(*fake), (Counts{30, 0, 0, 29, 0, 1, 0}));
  EXPECT_EQ(get(*fake, Counter::missing), 0);
}

TEST_F(DataStorageSyncTest, MarksWhatIsGoneAndTakesItBack) {
  put_night("one/", 100);
  sync();
  site.storage.remove("one/20230801200007-snapshot.jpg");
  const auto without = sync();
  EXPECT_EQ(counts(*without), (Counts{99, 0, 0, 99, 0, 0, 1}));
  EXPECT_TRUE(has_line(
      *without, {Severity::warning, "1 capture is gone from the storage and marked as missing"}));
  site.put("one/20230801200007-snapshot.jpg");
  EXPECT_EQ(counts(*sync()), (Counts{100, 1, 0, 99, 0, 0, 0}));
}

TEST_F(DataStorageSyncTest, SeesAFolderWhoseObjectsHaveAllBecomeEmpty) {
  site.put("one/20230801023001.jpg");
  site.put("two/20230801023001.jpg");
  sync();
  site.put("one/20230801023001.jpg", 0);
  EXPECT_EQ(counts(*sync()), (Counts{2, 0, 0, 1, 1, 0, 1}));
}

TEST_F(DataStorageSyncTest, RefusesToMarkASuspiciousShareAsMissing) {
  put_night("one/", 100);
  put_night("two/", 200);
  sync();
  for (int i = 0; i < 100; ++i) {
    site.storage.remove(fmt::format("one/2023080120{:02}{:02}-snapshot.jpg", i / 60, i % 60));
  }
  const JobError error = tests::error_of([&] { return sync(); });
  EXPECT_EQ(error.code(), error_code::k_mass_loss);
  EXPECT_EQ(counts(*sync(Value::Map{{"max_missing", {}, "50%"}}))[6], 100);
}

TEST_F(DataStorageSyncTest, MarksAnyShareAsMissingWhenItIsAllowedTo) {
  put_night("one/", 100);
  sync();
  for (int i = 0; i < 99; ++i) {
    site.storage.remove(fmt::format("one/2023080120{:02}{:02}-snapshot.jpg", i / 60, i % 60));
  }
  const auto fake = site.context(type);
  fake->job.allow_missing = true;
  fake->run(type);
  EXPECT_EQ(get(*fake, Counter::missing), 99);
}

TEST_F(DataStorageSyncTest, TakesNoMoreThanItsLimitAndMarksNothingAsMissing) {
  put_night("one/", 30);
  put_night("two/", 30);
  sync();
  put_night("three/", 30);
  const auto fake = site.context(type);
  fake->job.limit = 40;
  fake->job.shuffle = false;
  fake->run(type);
  EXPECT_EQ(counts(*fake), (Counts{90, 10, 0, 30, 50, 0, 0}));
  EXPECT_EQ(fake->progress.parameter(0), 40);
  EXPECT_EQ(fake->progress.total(), 40);
  EXPECT_TRUE(has_line(*fake, {Severity::info, "Skipped 50 entries: beyond_limit 50"}));
  EXPECT_EQ(captures().size(), 70U);
}

TEST_F(DataStorageSyncTest, MergesARandomSampleFolderByFolder) {
  put_night("one/", 300);
  put_night("two/", 300);
  const auto fake = site.context(type);
  fake->job.limit = 100;
  fake->job.seed = 7;
  fake->run(type);
  EXPECT_EQ(captures().size(), 100U);
  const Lines calls = site.catalogue.calls();
  ASSERT_EQ(calls.size(), 3U) << "two folders and the end";
  EXPECT_TRUE(calls[0].starts_with("250 merge one/: "));
  EXPECT_TRUE(calls[1].starts_with("250 merge two/: "));
}

TEST_F(DataStorageSyncTest, LooksAtAFolderOfASampleAgainWhenThereIsNoLimit) {
  put_night("one/", 30);
  const auto limited = site.context(type);
  limited->job.limit = 30;
  limited->run(type);
  site.catalogue.forget_calls();
  EXPECT_EQ(counts(*sync()), (Counts{30, 0, 0, 30, 0, 0, 0}));
  EXPECT_EQ(site.catalogue.calls()[0], "250 is_unchanged one/: no");
}

TEST_F(DataStorageSyncTest, SaysWhichPatternCannotBeUsed) {
  const JobError error = tests::error_of([&] { return sync(Value::Map{{"exclude", {}, "a(b"}}); });
  EXPECT_EQ(error.code(), error_code::k_bad_data);
  EXPECT_TRUE(std::string(error.what()).starts_with("exclude: ")) << error.what();
  site.deployment.regex = "*";
  const JobError other = tests::error_of([&] { return sync(); });
  EXPECT_TRUE(std::string(other.what()).starts_with("the deployment's regex: ")) << other.what();
  EXPECT_TRUE(site.storage.calls().empty()) << "found before anything is listed";
}

TEST_F(DataStorageSyncTest, FailsAsItsListingFailsAndMarksNothing) {
  put_night("one/", 30);
  put_night("two/", 30);
  sync();
  site.storage.remove("one/20230801200007-snapshot.jpg");
  site.storage.fail_after(1, transient_error(error_code::k_io, "the disk has gone to sleep"));
  const JobError error = tests::error_of([&] { return sync(); });
  EXPECT_EQ(std::string(error.what()), "the disk has gone to sleep");
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
  site.storage.mend();
  EXPECT_EQ(counts(*sync()), (Counts{59, 0, 0, 59, 0, 0, 1}));
}

TEST_F(DataStorageSyncTest, GoesOnWhereItsListingWasCutShort) {
  for (const char* night : {"a/", "b/", "c/", "d/"}) {
    put_night(night, 10);
  }
  site.storage.go_on_where_it_was_cut_short();
  site.storage.fail_after(2, transient_error("unavailable", "the store went away"));
  EXPECT_EQ(tests::error_of([&] { sync(); }).code(), "unavailable");
  site.storage.mend();
  site.storage.remove("a/20230801200000-snapshot.jpg");

  const auto fake = sync();
  EXPECT_EQ(counts(*fake), (Counts{20, 20, 0, 0, 0, 0, 0})) << "c/ and d/ alone";
  EXPECT_THAT(fake->log.messages().front(), testing::HasSubstr("20 captures need not be listed"));
  EXPECT_EQ(fake->progress.parameter(0), 40);
  EXPECT_EQ(get(*sync(), Counter::missing), 1) << "the next one sees what went meanwhile";
}

TEST_F(DataStorageSyncTest, ListsEverythingAnewWhereItMayNotOrCannotGoOn) {
  for (const Value& given : {Value(Value::Map{{"resume_within", {}, "0s"}}),
                             Value(Value::Map{{"extensions", {}, Value::List{"jpg"}}}),
                             Value(Value::Map{{"verify", {}, "full"}})}) {
    OneDeployment fresh;
    for (const char* key : {"a/20230801200000.jpg", "b/20230801200000.jpg"}) {
      fresh.put(key);
    }
    fresh.storage.go_on_where_it_was_cut_short();
    fresh.storage.fail_after(1, transient_error("unavailable", "the store went away"));
    EXPECT_THROW(fresh.run(type), JobError);
    fresh.storage.mend();
    EXPECT_EQ(get(*fresh.run(type, given), Counter::listed), 2);
  }
}

TEST_F(DataStorageSyncTest, DoesNotGoOnAtAnotherPlaceWhereItWasCutShortAtOne) {
  site.put("a/20230801200000.jpg");
  site.put("b/20230801200000.jpg");
  site.storage.go_on_where_it_was_cut_short();
  site.storage.fail_after(1, transient_error("unavailable", "the store went away"));
  EXPECT_THROW(sync(), JobError);
  site.storage.mend();
  site.storage.move_to("another endpoint");
  EXPECT_EQ(get(*sync(), Counter::listed), 2);
}

TEST_F(DataStorageSyncTest, EndsAsCancelledOnAStopRequest) {
  put_night("one/", 30);
  const auto fake = site.context(type);
  fake->stop.request_stop();
  const JobError error = tests::error_of([&] { fake->run(type); });
  EXPECT_EQ(error.error_class(), ErrorClass::cancelled);
  EXPECT_TRUE(captures().empty());
}

TEST_F(DataStorageSyncTest, SaysWhatAJobWithoutADeploymentLacks) {
  FakeContext fake(type.info().parameters);
  EXPECT_EQ(tests::error_of([&] { fake.run(type); }).code(), error_code::k_config);
}

// Many threads, folders in many parts, changes between syncs: the catalogue ends equal to the
// storage, and a sync that follows finds nothing to do.
TEST_F(DataStorageSyncTest, EndsEqualToTheListingWhateverChanged) {
  std::mt19937 random(11);
  OneDeployment many(7); // objects to a part
  tests::ThreadExecutor threads(4);
  std::map<std::string, std::int64_t> objects; // key -> version, which is size and time alike
  const auto run = [&] {
    auto fake = many.context(type, Value::Map{{"max_missing", {}, "100%"}});
    fake->io = &threads;
    fake->run(type);
    return fake;
  };
  for (int round = 0; round < 12; ++round) {
    for (int change = 0; change < 60; ++change) {
      const std::string key =
          fmt::format("{}/2023080102{:02}{:02}.jpg", random() % 9, random() % 20, random() % 5);
      if (random() % 3 == 0) {
        objects.erase(key);
        many.storage.remove(key);
      } else {
        const std::int64_t version = ++objects[key];
        many.put(key, version, version);
      }
    }
    run();
    Lines expected;
    for (const auto& [key, version] : objects) {
      expected.push_back(fmt::format("{}|{}", key, version));
    }
    Lines present;
    for (const std::string& row : many.rows(View::captures, {"state", "path", "size"})) {
      if (row.starts_with("present|")) {
        present.push_back(row.substr(8));
      }
    }
    std::sort(present.begin(), present.end());
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(present, expected) << "in round " << round;
    const auto again = run();
    const auto listed = static_cast<std::int64_t>(objects.size());
    ASSERT_EQ(counts(*again), (Counts{listed, 0, 0, listed, 0, 0, 0}));
  }
}

} // namespace
} // namespace nightshift::data_storage_sync

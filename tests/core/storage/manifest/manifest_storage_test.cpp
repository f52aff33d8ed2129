// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/manifest_storage.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/listing.hpp"
#include "tests/support/manifest_texts.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/thread_executor.hpp"

#include <nightshift/testkit/memory_storage.hpp>

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <tuple>

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;
using manifest::open_manifest_storage;
using manifest::Settings;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// A manifest of these keys, in a folder of its own.
class Keys {
 public:
  explicit Keys(const std::vector<std::string>& keys) { write(keys); }

  void write(const std::vector<std::string>& keys) {
    ListedObjects objects;
    for (const std::string& key : keys) {
      objects.push_back({key, 1, 0});
    }
    settings.path = dir.write("listing.csv", csv_manifest(objects)).string();
  }

  [[nodiscard]] std::unique_ptr<Storage> open() const { return open_manifest_storage(settings); }

  TempDir dir;
  Settings settings;
};

TEST(ManifestStorage, TellsSizesTimesAndEtags) {
  const TempDir dir;
  const auto path = dir.write("listing.csv", csv_manifest({{"a/1.jpg", 5, -7, "abc"}}));
  const auto storage = open_manifest_storage({.path = path.string()});
  const Listing listing(*storage);
  const FolderPart& part = listing.parts().at("a/")[0];
  EXPECT_EQ(part.objects[0].size, 5);
  EXPECT_EQ(part.objects[0].last_modified, -7);
  EXPECT_EQ(part.etag(part.objects[0]), "abc");
  EXPECT_EQ(storage->describe(), "manifest:" + path.string());
}

TEST(ManifestStorage, LeavesItsRootOutOfKeysAndPassesOverWhatLiesElsewhere) {
  Keys keys({"trial/a/1.jpg", "trial/2.jpg", "trial2/3.jpg", "4.jpg", "trial/"});
  keys.settings.root = "trial/";
  {
    const auto storage = keys.open();
    const Listing listing(*storage);
    EXPECT_THAT(listing.keys(), ElementsAre("2.jpg", "a/1.jpg"));
    EXPECT_EQ(listing.skipped()[Skip::folder_marker], 1) << "of the root itself";
    EXPECT_THAT(Listing(*storage, "a/").keys(), ElementsAre("a/1.jpg"));
  }
  keys.settings.root = "trail/";
  const auto storage = keys.open();
  const JobError error = error_of([&] { Listing{*storage}; });
  EXPECT_EQ(error.code(), error_code::k_not_found);
  EXPECT_THAT(error.what(), HasSubstr("begins with the source's root, \"trail/\": check the root"));
}

TEST(ManifestStorage, SkipsLitterAndFolderMarkersWithoutAskingForThem) {
  const Keys keys({"a/._1.jpg", "a/1.jpg", "a/$RECYCLE.BIN/S-1/2.jpg", "a/lost+found/3.jpg",
                   "a/site.part/4.jpg", "a/5.jpg.part", "b/", "b/c/"});
  const auto storage = keys.open();
  const Listing listing(*storage);
  EXPECT_THAT(listing.keys(), ElementsAre("a/1.jpg", "a/site.part/4.jpg"));
  EXPECT_EQ(listing.skipped()[Skip::litter], 4);
  EXPECT_EQ(listing.skipped()[Skip::folder_marker], 2);
  EXPECT_EQ(listing.skipped().total(), 6);
  EXPECT_THAT(Listing(*storage, "a/lost+found/").keys(), ElementsAre("a/lost+found/3.jpg"))
      << "a place that is asked for by its name is what somebody wants";
}

TEST(ManifestStorage, TellsKeysThatNoFileCouldHave) {
  const Keys keys({"/1.jpg", "a//2.jpg", "../3.jpg", "./4.jpg"});
  EXPECT_THAT(Listing(*keys.open()).keys(),
              ElementsAre("../3.jpg", "./4.jpg", "/1.jpg", "a//2.jpg"));
}

TEST(ManifestStorage, HandsNothingOverOfAManifestThatIsNotWhole) {
  const TempDir dir;
  std::string text = csv_manifest({{"a/1.jpg", 1, 0}, {"b/2.jpg", 1, 0}});
  text.pop_back();
  const auto storage = open_manifest_storage({.path = dir.write("x", text).string()});
  testkit::SerialExecutor executor;
  int parts = 0;
  const auto list = [&] {
    storage->list({"", accept_all}, [&](FolderPart&&) { ++parts; }, executor, {});
  };
  EXPECT_THAT(error_of(list).what(), HasSubstr("cut short"));
  dir.write("x", text + "\n");
  list();
  EXPECT_EQ(parts, 2) << "once it is whole, the same storage lists it";
}

TEST(ManifestStorage, RefusesAKeyThatIsNamedTwice) {
  const Keys keys({"a/1.jpg", "b/2.jpg", "a/1.jpg"});
  const JobError error = error_of([&] { Listing{*keys.open()}; });
  EXPECT_EQ(error.code(), error_code::k_bad_data);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("listing.csv:4 names a/1.jpg as "),
                                  HasSubstr("listing.csv:2 does"), HasSubstr("make it anew")));
}

TEST(ManifestStorage, ReadsTheManifestAgainOnceItHasChanged) {
  Keys keys({"a/1.jpg"});
  const auto storage = keys.open();
  EXPECT_THAT(Listing(*storage).keys(), ElementsAre("a/1.jpg"));
  keys.write({"a/1.jpg", "a/2.jpg"});
  EXPECT_THAT(Listing(*storage).keys(), ElementsAre("a/1.jpg", "a/2.jpg"));
  fs::remove(keys.settings.path);
  EXPECT_EQ(error_of([&] { Listing{*storage}; }).code(), error_code::k_not_found);
}

TEST(ManifestStorage, LeavesNothingInTmpdir) {
  const TempDir tmp;
  ::setenv("TMPDIR", tmp.path().c_str(), 1);
  {
    const Keys keys({"a/1.jpg", "b/2.jpg"});
    const auto storage = keys.open();
    EXPECT_EQ(Listing(*storage).keys().size(), 2);
    const Keys twice({"1.jpg", "1.jpg"});
    EXPECT_EQ(error_of([&] { Listing{*twice.open()}; }).code(), error_code::k_bad_data);
  }
  ::unsetenv("TMPDIR");
  EXPECT_TRUE(fs::is_empty(tmp.path()));
}

TEST(ManifestStorage, RefusesAManifestThatIsTooOld) {
  Keys keys({"a/1.jpg"});
  const auto now = fs::file_time_type::clock::now();
  keys.settings.max_age = std::chrono::hours(48);
  fs::last_write_time(keys.settings.path, now - std::chrono::hours(47));
  const auto storage = keys.open();
  EXPECT_EQ(Listing(*storage).keys().size(), 1);
  fs::last_write_time(keys.settings.path, now - std::chrono::hours(72));
  for (const auto& call : std::vector<std::function<void()>>{
           [&] { Listing{*storage}; }, [&] { static_cast<void>(keys.open()); }}) {
    const JobError error = error_of(call);
    EXPECT_EQ(error.code(), error_code::k_bad_data);
    EXPECT_THAT(error.what(), HasSubstr("ago, more than the source's max_age of 2d allows"));
  }
}

TEST(ManifestStorage, TakesTheAgeOfAnInventoryFromWhatItSays) {
  const TempDir dir; // as copied now, of an inventory made in 2024
  const auto path = write_inventory(dir, {{"1.jpg", 1, 0}});
  const auto storage =
      open_manifest_storage({.path = path.string(), .max_age = std::chrono::hours(24 * 30)});
  EXPECT_THAT(error_of([&] { Listing{*storage}; }).what(), HasSubstr("max_age of 30d"));
}

TEST(ManifestStorage, SaysWhatIsWrongWithTheFile) {
  const TempDir dir;
  const auto error_at = [&](const fs::path& path) {
    return error_of([&] { return open_manifest_storage({.path = path.string()}); });
  };
  EXPECT_EQ(error_at(dir / "gone.csv").code(), error_code::k_not_found);
  EXPECT_THAT(error_at(dir / "gone.csv").what(), HasSubstr("gone.csv"));
  EXPECT_EQ(error_at(dir.path()).code(), error_code::k_bad_data) << "a folder";
}

// Objects of random keys that like to be each other's beginnings, and the same in memory.
class RandomObjects {
 public:
  explicit RandomObjects(unsigned seed) : random_(seed) {
    std::set<std::string> keys;
    for (int i = pick(200); i >= 0; --i) {
      keys.insert(key());
    }
    for (const std::string& key : keys) {
      const std::int64_t time = std::int64_t{pick(2'000'000'000)} * 1'000'000'007;
      const std::string content(static_cast<std::size_t>(pick(30)), 'x');
      objects_.push_back({key, static_cast<std::int64_t>(content.size()), time});
      memory_.put(key, {content, time});
    }
    std::shuffle(objects_.begin(), objects_.end(), random_);
  }

  int pick(int count) { return std::uniform_int_distribution<>(0, count - 1)(random_); }

  [[nodiscard]] const ListedObjects& objects() const noexcept { return objects_; }

  [[nodiscard]] Storage& memory() noexcept { return memory_; }

  // "" or the folder of one of the objects, or one above it.
  std::string prefix() {
    const std::string& key =
        objects_[static_cast<std::size_t>(pick(static_cast<int>(objects_.size())))].key;
    const std::size_t slash = key.find('/', static_cast<std::size_t>(pick(6)));
    return slash == std::string::npos ? "" : key.substr(0, slash + 1);
  }

 private:
  std::string key() {
    constexpr std::string_view k_characters = "ab-.0\xFF,\"";
    std::string key;
    for (int depth = pick(5); depth >= 0; --depth) {
      key += k_characters[static_cast<std::size_t>(pick(3))];
      for (int more = pick(2); more > 0; --more) {
        key += k_characters[static_cast<std::size_t>(pick(static_cast<int>(k_characters.size())))];
      }
      key += depth > 0 ? "/" : "";
    }
    return key;
  }

  std::mt19937 random_;
  ListedObjects objects_;
  testkit::MemoryStorage memory_;
};

class ManifestStorageOfRandomObjects : public testing::TestWithParam<unsigned> {};

TEST_P(ManifestStorageOfRandomObjects, TellsWhatMemoryTellsWhateverTheOrder) {
  RandomObjects random(GetParam());
  const TempDir dir;
  const auto path = dir.write("listing", csv_manifest(random.objects()));
  const auto storage = open_manifest_storage(
      {.path = path.string()}, {.objects = static_cast<std::size_t>(random.pick(10)) + 1},
      {.memory = static_cast<std::size_t>(random.pick(5000)),
       .runs = static_cast<std::size_t>(random.pick(4)) + 2,
       .block = static_cast<std::size_t>(random.pick(300))});
  const auto filter = [](std::string_view folder, std::string_view name) {
    return (folder.size() + name.size()) % 3 == 0 ? std::optional(Skip::pattern) : std::nullopt;
  };
  ThreadExecutor threads(3);
  testkit::SerialExecutor serial;
  for (int i = 0; i < 6; ++i) {
    const std::string prefix = i == 0 ? "" : random.prefix();
    Listing expected;
    expected.run(random.memory(), {prefix, filter}, serial);
    Listing listing;
    listing.run(*storage, {prefix, filter}, threads);
    EXPECT_EQ(listing.objects(), expected.objects());
    EXPECT_EQ(listing.skipped().by_reason, expected.skipped().by_reason);
    ASSERT_EQ(listing.parts().size(), expected.parts().size());
    for (const auto& [folder, parts] : expected.parts()) {
      EXPECT_EQ(listing.parts().count(folder), 1) << folder;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ManifestStorageOfRandomObjects, testing::Range(0U, 40U));

} // namespace
} // namespace nightshift::tests

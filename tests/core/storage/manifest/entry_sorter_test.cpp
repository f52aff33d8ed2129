// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/entry_sorter.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <random>
#include <tuple>

namespace nightshift::manifest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::error_of;
using tests::TempDir;

const std::vector<std::string> k_files{"one.csv", "two.csv"};

// An entry that keeps its texts.
struct Kept {
  std::string folder;
  std::string name;
  std::int64_t size = 0;
  std::int64_t last_modified = 0;
  std::string etag = {};
  Place place = {};

  friend bool operator==(const Kept&, const Kept&) = default;

  friend bool operator<(const Kept& a, const Kept& b) {
    return std::tie(a.folder, a.name, a.size, a.last_modified, a.etag, a.place) <
           std::tie(b.folder, b.name, b.size, b.last_modified, b.etag, b.place);
  }
};

Kept kept(const SplitEntry& entry) {
  return {std::string(entry.folder), std::string(entry.name), entry.size,
          entry.last_modified,       std::string(entry.etag), entry.place};
}

std::vector<Kept> all_of(const EntryFile& file) {
  EntryFileReader reader(file, {0, file.size()});
  std::vector<Kept> entries;
  while (reader.next()) {
    EXPECT_EQ(reader.is_first_of_folder(),
              entries.empty() || entries.back().folder != reader.entry().folder);
    entries.push_back(kept(reader.entry()));
  }
  return entries;
}

std::vector<Kept> sorted(const std::vector<Kept>& entries, SorterLimits limits) {
  const TempDir dir;
  EntrySorter sorter(dir.path(), k_files, limits);
  for (const Kept& entry : entries) {
    const std::string key = entry.folder + entry.name;
    sorter.add({key, entry.size, entry.last_modified, entry.etag, entry.place}, key, {});
  }
  const EntryFile file = sorter.finish({});
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1)
      << "of the files of runs none is left";
  return all_of(file);
}

std::vector<Kept> some_entries(int count) {
  std::vector<Kept> entries;
  entries.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    entries.push_back({i % 3 == 0 ? "" : "f" + std::to_string(i % 7) + "/",
                       std::to_string(i) + ".jpg", i, i * 1'000'003LL, i % 2 == 0 ? "tag" : "",
                       Place{static_cast<std::uint32_t>(i % 2), i + 1}});
  }
  return entries;
}

TEST(EntrySorter, GivesEverythingBackInOrderHoweverLittleFitsIntoMemory) {
  std::vector<Kept> entries = some_entries(500);
  std::vector<Kept> expected = entries;
  std::sort(expected.begin(), expected.end());
  std::shuffle(entries.begin(), entries.end(), std::mt19937(7));
  for (const std::size_t memory : {1U, 150U, 1000U, 10'000U, 10'000'000U}) {
    for (const std::size_t runs : {2U, 3U, 64U}) {
      EXPECT_EQ(sorted(entries, {memory, runs, 1}), expected) << memory << " " << runs;
    }
  }
  EXPECT_TRUE(sorted({}, {}).empty());
}

TEST(EntrySorter, CarriesNumbersAndTextsOfEveryKind) {
  constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t k_least = std::numeric_limits<std::int64_t>::min();
  const std::vector<Kept> entries{
      {"", "", 0, 0, "", {0, 1}},
      {"", std::string(200'000, 'n'), 127, k_least, std::string(100'000, 'e'), {0, 2}},
      {"", std::string(200'001, 'n'), 128, k_most, "", {1, k_most}},
      {"a/", std::string("\0\xFF/", 2), k_most, -1, "e", {1, 3}},
      {"a/", "\xFF\xFF", 1, 1, "", {1, 4}},
      {"a/b/", "\xFF\xFF", 1, k_least, "", {1, 5}}};
  for (const std::size_t memory : {1U, 10'000'000U}) {
    EXPECT_EQ(sorted(entries, {memory, 2, 1}), entries);
  }
}

TEST(EntrySorter, FindsAKeyThatIsThereTwiceWhereverTheTwoAre) {
  const std::vector<Kept> entries = some_entries(40);
  for (const std::size_t memory : {1U, 500U, 10'000'000U}) {
    for (std::size_t at = 0; at < entries.size(); at += 3) {
      std::vector<Kept> doubled = entries;
      doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(at * 17 % 41), entries[at]);
      doubled[at * 17 % 41].place = {1, 99};
      const JobError error = error_of([&] { return sorted(doubled, {memory, 3, 1}); });
      EXPECT_EQ(error.code(), error_code::k_bad_data);
      EXPECT_THAT(error.what(),
                  HasSubstr("two.csv:99 names " + entries[at].folder + entries[at].name + " as " +
                            to_string(entries[at].place, k_files) + " does"));
    }
  }
}

TEST(EntrySorter, StopsInTheMidstOfAMerge) {
  const TempDir dir;
  EntrySorter sorter(dir.path(), k_files, {.memory = 1000});
  for (const Kept& entry : some_entries(100)) {
    const std::string key = entry.folder + entry.name;
    sorter.add({key, 1, 0}, key, {});
  }
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(error_of([&] { return sorter.finish(stop.get_token()); }).error_class(),
            ErrorClass::cancelled);
}

TEST(EntrySorter, SaysWhatToDoAboutAFullDisk) {
  const tests::SmallDisk disk(200'000);
  EntrySorter sorter(disk.path(), k_files, {.memory = 50'000});
  const JobError error = error_of([&] {
    for (int i = 0; i < 20'000; ++i) {
      const std::string key = std::to_string(i * 7919 % 20'011) + "-with-a-long-name.jpg";
      sorter.add({key, 1, 0}, key, {});
    }
  });
  EXPECT_EQ(error.code(), error_code::k_no_space);
  EXPECT_THAT(error.what(), HasSubstr("set TMPDIR to a larger place"));
}

// NOLINTNEXTLINE(readability-function-size): by what its helper nests
TEST(EntryFile, HasTheFoldersUnderAPrefixInNeighbouringBlocks) {
  const TempDir dir;
  EntryFileWriter writer(dir / "file", k_files, 1);
  for (const char* folder : {"", "a/", "a/b/", "a/b/c/", "a/bc/", "ab/", "b/"}) {
    writer.add({folder, "1"});
    writer.add({folder, "2"});
  }
  const EntryFile file = writer.finish();
  ASSERT_EQ(file.block_count(), 7);
  const auto folders_under = [&](const std::string& prefix) {
    std::vector<std::string> folders;
    const auto [first, last] = file.blocks_under(prefix);
    for (std::size_t block = first; block < last; ++block) {
      EntryFileReader reader(file, file.extent(block));
      while (reader.next()) {
        if (reader.is_first_of_folder() && reader.entry().folder.starts_with(prefix)) {
          folders.emplace_back(reader.entry().folder);
        }
      }
    }
    EXPECT_LE(last - first, folders.size() + 1) << "at most one block too many";
    return folders;
  };
  EXPECT_THAT(folders_under("a/b/"), ElementsAre("a/b/", "a/b/c/"));
  EXPECT_THAT(folders_under("a/"), ElementsAre("a/", "a/b/", "a/b/c/", "a/bc/"));
  EXPECT_THAT(folders_under("b/"), ElementsAre("b/"));
  EXPECT_EQ(folders_under("").size(), 7);
  EXPECT_TRUE(folders_under("aa/").empty());
  EXPECT_TRUE(folders_under("c/").empty());
}

} // namespace
} // namespace nightshift::manifest

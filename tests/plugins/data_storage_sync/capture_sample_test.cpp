// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/capture_sample.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace nightshift::data_storage_sync {
namespace {

using Keys = std::vector<std::string>;

std::vector<FolderPart> ten_folders_of_ten() {
  std::vector<FolderPart> parts;
  for (int folder = 0; folder < 10; ++folder) {
    FolderPart& part = parts.emplace_back();
    part.folder = fmt::format("f{}/", folder);
    for (int name = 9; name >= 0; --name) {
      part.add(fmt::format("{}.jpg", name), folder * 10 + name + 1, 7, fmt::format("tag{}", name));
    }
  }
  return parts;
}

Keys keys_of(const std::vector<FolderPart>& parts) {
  Keys keys;
  for (const FolderPart& part : parts) {
    for (const ObjectEntry& object : part.objects) {
      keys.push_back(part.folder + std::string(part.name(object)));
    }
  }
  return keys;
}

Keys sample_of(const std::vector<FolderPart>& parts, const SampleRules& rules) {
  CaptureSample sample(rules);
  for (const FolderPart& part : parts) {
    sample.add(part);
    EXPECT_LE(sample.size(), rules.limit);
  }
  return keys_of(sample.take());
}

TEST(CaptureSample, TakesTheFirstByTheBytesOfTheirKeys) {
  std::vector<FolderPart> parts(3);
  parts[0].folder = "b/";
  parts[0].add("a.jpg", 1, 1);
  parts[1].folder = "";
  parts[1].add("b.jpg", 1, 1);
  parts[1].add("c.jpg", 1, 1);
  parts[2].folder = "b/\xFF/";
  parts[2].add("a.jpg", 1, 1);
  EXPECT_EQ(sample_of(parts, {2, false, 0}), (Keys{"b.jpg", "b/a.jpg"}));
  EXPECT_EQ(sample_of(parts, {3, false, 0}), (Keys{"b.jpg", "b/a.jpg", "b/\xFF/a.jpg"}));
}

TEST(CaptureSample, DoesNotDependOnTheOrderOfTheListing) {
  std::vector<FolderPart> parts = ten_folders_of_ten();
  for (const bool shuffle : {false, true}) {
    const SampleRules rules{17, shuffle, 42};
    const Keys expected = sample_of(parts, rules);
    EXPECT_EQ(expected.size(), 17U);
    for (unsigned seed = 0; seed < 20; ++seed) {
      std::shuffle(parts.begin(), parts.end(), std::mt19937(seed));
      EXPECT_EQ(sample_of(parts, rules), expected);
    }
  }
}

TEST(CaptureSample, ShufflesAnewWithAnotherSeed) {
  const auto parts = ten_folders_of_ten();
  EXPECT_NE(sample_of(parts, {17, true, 1}), sample_of(parts, {17, true, 2}));
}

TEST(CaptureSample, GivesEveryCaptureItsChance) {
  const auto parts = ten_folders_of_ten();
  std::map<std::string, int> taken;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    for (const std::string& key : sample_of(parts, {10, true, seed})) {
      ++taken[key];
    }
  }
  // 100 each are expected; the standard deviation is 9.5.
  ASSERT_EQ(taken.size(), 100U);
  for (const auto& [key, count] : taken) {
    EXPECT_NEAR(count, 100, 50) << key;
  }
}

TEST(CaptureSample, KeepsWhatTheListingSaidOfAnObject) {
  CaptureSample sample({1, false, 0});
  for (const FolderPart& part : ten_folders_of_ten()) {
    sample.add(part);
  }
  const std::vector<FolderPart> taken = sample.take();
  ASSERT_EQ(taken.size(), 1U);
  const FolderPart& part = taken[0];
  EXPECT_EQ(part.folder, "f0/");
  EXPECT_TRUE(part.first && part.last);
  ASSERT_EQ(part.objects.size(), 1U);
  EXPECT_EQ(part.name(part.objects[0]), "0.jpg");
  EXPECT_EQ(part.etag(part.objects[0]), "tag0");
  EXPECT_EQ(part.objects[0].size, 1);
  EXPECT_EQ(part.objects[0].last_modified, 7);
  EXPECT_EQ(sample.size(), 0U);
}

TEST(CaptureSample, OfNothingIsNothing) {
  EXPECT_TRUE(sample_of(ten_folders_of_ten(), {0, true, 0}).empty());
  EXPECT_TRUE(sample_of({}, {10, true, 0}).empty());
  EXPECT_EQ(sample_of(ten_folders_of_ten(), {1000, true, 0}).size(), 100U);
}

} // namespace
} // namespace nightshift::data_storage_sync

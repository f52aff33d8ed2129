// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/capture_filter.hpp"
#include "tests/support/oracle.hpp"

#include <nightshift/key.hpp>
#include <nightshift/testkit/fake_context.hpp>

#include <gtest/gtest.h>

#include <set>

namespace nightshift::data_storage_sync {
namespace {

std::optional<Skip> ask(const CaptureFilter& filter, std::string_view key) {
  return filter(folder_of(key), name_of(key));
}

CaptureFilter default_filter() {
  return {default_extensions(), nullptr, nullptr};
}

TEST(CaptureFilter, AgreesWithAntennaWithoutARegex) {
  int rows = 0;
  for (const auto& row : tests::read_oracle_csv("filter_keys_public.csv")) {
    if (row.at("regex").empty()) {
      // The filter is asked before sizes are known; the sync leaves empty objects out later.
      const bool accepted = !ask(default_filter(), row.at("key")) && row.at("size") != "0";
      EXPECT_EQ(accepted, row.at("accepted") == "true") << row.at("key");
      ++rows;
    }
  }
  EXPECT_GT(rows, 50);
}

// The dialect is the host's affair; patterns that mean the same in every dialect show that the
// filter looks for them anywhere in the whole key.
TEST(CaptureFilter, AgreesWithAntennaOnPlainRegexes) {
  const std::set<std::string> plain{".*\\.jpg",
                                    "\\.jpg$",
                                    "^test_prefix",
                                    "deployment_1",
                                    "deployment_[0-9]+/",
                                    "quack_",
                                    "^quack_",
                                    "snapshot",
                                    "\\.JPG$",
                                    "Station 1",
                                    "^[^/]+/[^/]+/",
                                    "a|b|q",
                                    "/sub/",
                                    "^[^/]+$",
                                    "nomatch",
                                    "a",
                                    "/20(22|23)",
                                    "null",
                                    "^$",
                                    "\\d{8}_",
                                    "x*",
                                    "[.]jpg",
                                    "2022_06_2[0-9]"};
  testkit::FakeHost host;
  int rows = 0;
  for (const auto& row : tests::read_oracle_csv("filter_keys_public.csv")) {
    if (plain.contains(row.at("regex"))) {
      const auto pattern = host.compile(row.at("regex"));
      const CaptureFilter filter(default_extensions(), pattern.get(), nullptr);
      const bool accepted = !ask(filter, row.at("key")) && row.at("size") != "0";
      EXPECT_EQ(accepted, row.at("accepted") == "true") << row.at("key") << ' ' << row.at("regex");
      ++rows;
    }
  }
  EXPECT_GT(rows, 50);
}

TEST(CaptureFilter, GivesTheFirstReasonInAntennasOrder) {
  testkit::FakeHost host;
  const auto pattern = host.compile("^wanted");
  const CaptureFilter filter(default_extensions(), pattern.get(), nullptr);
  EXPECT_EQ(ask(filter, ""), Skip::empty_key);
  EXPECT_EQ(ask(filter, "other/a.txt"), Skip::extension);
  EXPECT_EQ(ask(filter, "other.jpg/"), Skip::extension) << "as in Antenna: it ends with '/'";
  EXPECT_EQ(ask(filter, "other/a.jpg"), Skip::pattern);
  EXPECT_EQ(ask(filter, "wanted/a.jpg"), std::nullopt);
}

TEST(CaptureFilter, AcceptsAnySuffixButNoFolderMarkerWithoutExtensions) {
  const CaptureFilter filter({}, nullptr, nullptr);
  EXPECT_EQ(ask(filter, "a/b.mp4"), std::nullopt);
  EXPECT_EQ(ask(filter, "a/b/"), Skip::folder_marker);
}

TEST(CaptureFilter, TakesExtensionsOfAnyCaseWithOrWithoutADot) {
  const CaptureFilter filter({".JPG", "mp4"}, nullptr, nullptr);
  EXPECT_EQ(ask(filter, "a.jpg"), std::nullopt);
  EXPECT_EQ(ask(filter, "a.Mp4"), std::nullopt);
  EXPECT_EQ(ask(filter, "a_jpg"), Skip::extension);
}

// U+0130 is the one letter whose lower case begins with an ASCII letter of an extension: the
// reference gets "gi" + combining dot + "f", which is no suffix either.
TEST(CaptureFilter, NeedsNoUnicodeToLowerItsExtensions) {
  EXPECT_EQ(ask(default_filter(), "a.g\u0130f"), Skip::extension);
  EXPECT_EQ(ask(default_filter(), "a.\uFF2APG"), Skip::extension);
}

TEST(CaptureFilter, LeavesOutWhatExcludeIsFoundIn) {
  testkit::FakeHost host;
  const auto wanted = host.compile("2023");
  const auto excluded = host.compile("/thumbs/");
  const CaptureFilter filter(default_extensions(), wanted.get(), excluded.get());
  EXPECT_EQ(ask(filter, "2023/a.jpg"), std::nullopt);
  EXPECT_EQ(ask(filter, "2023/thumbs/a.jpg"), Skip::pattern);
  EXPECT_EQ(ask(filter, "2022/a.jpg"), Skip::pattern);
}

TEST(CaptureFilter, LooksAtKeysOfAnyLengthWhole) {
  testkit::FakeHost host;
  const auto pattern = host.compile("^begin");
  const CaptureFilter filter(default_extensions(), pattern.get(), nullptr);
  const std::string folder = "begin" + std::string(5000, 'x') + "/";
  EXPECT_EQ(filter(folder, "end.jpg"), std::nullopt);
  EXPECT_EQ(filter("x" + folder, "end.jpg"), Skip::pattern);
}

} // namespace
} // namespace nightshift::data_storage_sync

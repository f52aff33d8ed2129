// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/generated_bucket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace nightshift::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> texts_of(const std::string& element, const std::string& xml) {
  std::vector<std::string> texts;
  const std::string open = "<" + element + ">";
  for (std::size_t at = 0; (at = xml.find(open, at)) != std::string::npos;) {
    at += open.size();
    texts.push_back(xml.substr(at, xml.find('<', at) - at));
  }
  return texts;
}

// All that a listing gives, page after page.
std::vector<std::string> walk(const GeneratedBucket& bucket, ListParameters parameters,
                              const std::string& element = "Key") {
  std::vector<std::string> all;
  for (;;) {
    const std::string xml = bucket.list(parameters);
    const auto texts = texts_of(element, xml);
    all.insert(all.end(), texts.begin(), texts.end());
    if (texts_of("IsTruncated", xml) != std::vector<std::string>{"true"}) {
      return all;
    }
    if (parameters.v2) {
      parameters.token = texts_of("NextContinuationToken", xml).at(0);
    } else {
      parameters.after = all.back();
    }
  }
}

TEST(GeneratedBucket, KeysAscend) {
  const GeneratedBucket bucket({.objects = 500, .cameras = 3, .nights = 4});
  std::vector<std::string> keys;
  for (std::uint64_t place = 0; place < bucket.size(); ++place) {
    keys.push_back(bucket.key(place));
  }
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
}

TEST(GeneratedBucket, PagesTogetherHoldEachKeyOnce) {
  const GeneratedBucket bucket({.objects = 500, .cameras = 3, .nights = 4});
  std::vector<std::string> keys;
  for (std::uint64_t place = 0; place < bucket.size(); ++place) {
    keys.push_back(bucket.key(place));
  }
  EXPECT_EQ(walk(bucket, {.max_keys = 7}), keys);
  EXPECT_EQ(walk(bucket, {.max_keys = 7, .v2 = false}), keys);
}

TEST(GeneratedBucket, APrefixAndAPlaceToStartAfterLeaveTheRestOut) {
  const GeneratedBucket bucket({.objects = 12, .cameras = 3, .nights = 2});
  EXPECT_EQ(walk(bucket, {.prefix = "camera-001/"}).size(), 4U);
  EXPECT_EQ(walk(bucket, {.prefix = "camera-001/", .after = bucket.key(4)}),
            (std::vector<std::string>{bucket.key(5), bucket.key(6), bucket.key(7)}));
  EXPECT_TRUE(walk(bucket, {.prefix = "meadow/"}).empty());
  EXPECT_TRUE(walk(bucket, {.after = bucket.key(11)}).empty());
}

TEST(GeneratedBucket, ADelimiterFoldsWhatIsBelow) {
  const GeneratedBucket bucket({.objects = 40, .cameras = 2, .nights = 2});
  for (const bool v2 : {true, false}) {
    const ListParameters parameters{
        .prefix = "camera-001/", .delimiter = "/", .max_keys = 1, .v2 = v2};
    EXPECT_THAT(walk(bucket, {.prefix = "zebra/", .delimiter = "/", .v2 = v2}, "Prefix"),
                ElementsAre(""));
    const auto prefixes = walk(bucket, parameters, "CommonPrefixes><Prefix");
    EXPECT_THAT(prefixes, ElementsAre("camera-001/night-0000/", "camera-001/night-0001/"));
  }
}

TEST(GeneratedBucket, APageSaysWhatItHolds) {
  const GeneratedBucket bucket({.objects = 3});
  const std::string xml = bucket.list({.max_keys = 2, .url_encoding = true});
  EXPECT_THAT(xml, HasSubstr("<KeyCount>2</KeyCount>"));
  EXPECT_THAT(xml, HasSubstr("<IsTruncated>true</IsTruncated>"));
  EXPECT_THAT(xml, HasSubstr("<EncodingType>url</EncodingType>"));
  EXPECT_THAT(xml, HasSubstr("<Key>camera-000/night-0000/20240601200001-snapshot.jpg</Key>"));
}

} // namespace
} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0

#include <nightshift/object.hpp>

#include <gtest/gtest.h>

namespace nightshift {
namespace {

TEST(FolderPart, KeepsNamesAndEtagsOfItsObjectsApart) {
  FolderPart part;
  part.add("a.jpg", 1, 2, "tag");
  part.add("b.jpg", 3, 4);
  EXPECT_EQ(part.name(part.objects[0]), "a.jpg");
  EXPECT_EQ(part.etag(part.objects[0]), "tag");
  EXPECT_EQ(part.name(part.objects[1]), "b.jpg");
  EXPECT_EQ(part.etag(part.objects[1]), "");
  EXPECT_EQ(part.objects[1].size, 3);
  EXPECT_EQ(part.objects[1].last_modified, 4);
}

TEST(FolderPart, ListedCountsWhateverWasMet) {
  FolderPart part;
  part.add("a.jpg", 1, 1);
  part.skipped.add(Skip::extension, 5);
  part.skipped.add(Skip::litter);
  part.failures.push_back({"b.jpg", "Permission denied"});
  EXPECT_EQ(part.listed(), 8);
}

TEST(SkipCounts, AddUpByReason) {
  SkipCounts counts;
  counts.add(Skip::extension, 2);
  SkipCounts others;
  others.add(Skip::extension);
  others.add(Skip::beyond_limit, 4);
  counts.add(others);
  EXPECT_EQ(counts[Skip::extension], 3);
  EXPECT_EQ(counts[Skip::beyond_limit], 4);
  EXPECT_EQ(counts[Skip::pattern], 0);
  EXPECT_EQ(counts.total(), 7);
}

TEST(Skip, HasANameForEachReason) {
  EXPECT_EQ(to_string(Skip::empty_key), "empty_key");
  EXPECT_EQ(to_string(Skip::special), "special");
  EXPECT_EQ(to_string(Skip::repeated), k_skip_names.back());
}

} // namespace
} // namespace nightshift

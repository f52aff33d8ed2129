// SPDX-License-Identifier: Apache-2.0

#include <nightshift/fingerprint.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace nightshift {
namespace {

FolderPart a_thousand_objects() {
  FolderPart part;
  for (int i = 0; i < 1000; ++i) {
    part.add(fmt::format("{:04}.jpg", i), 100 + i % 7, 1'000'000 + i, i % 2 == 0 ? "tag" : "");
  }
  return part;
}

TEST(Fingerprint, DoesNotDependOnTheOrderOfTheListing) {
  FolderPart part = a_thousand_objects();
  const Fingerprint expected = fingerprint_of(part);
  std::shuffle(part.objects.begin(), part.objects.end(), std::mt19937(1));
  EXPECT_EQ(fingerprint_of(part), expected);
}

TEST(Fingerprint, OfAFolderIsTheSumOfItsParts) {
  const FolderPart whole = a_thousand_objects();
  FolderPart first = whole;
  FolderPart second = whole;
  first.objects.erase(first.objects.begin() + 300, first.objects.end());
  second.objects.erase(second.objects.begin(), second.objects.begin() + 300);
  Fingerprint sum = fingerprint_of(second);
  sum += fingerprint_of(first);
  EXPECT_EQ(sum, fingerprint_of(whole));
  EXPECT_EQ(fingerprint_of(FolderPart{}), Fingerprint{});
}

TEST(Fingerprint, ChangesWithAnyFieldOfAnObject) {
  const std::set<std::pair<std::uint64_t, std::uint64_t>> fingerprints = [] {
    std::set<std::pair<std::uint64_t, std::uint64_t>> set;
    for (const Fingerprint& f :
         {fingerprint_of("a.jpg", 1, 1, "t"), fingerprint_of("b.jpg", 1, 1, "t"),
          fingerprint_of("a.jpg", 2, 1, "t"), fingerprint_of("a.jpg", 1, 2, "t"),
          fingerprint_of("a.jpg", 1, 1, "u"), fingerprint_of("a.jpg", 1, 1, ""),
          fingerprint_of("a.jp", 1, 1, "gt"),
          fingerprint_of(std::string_view("a.jpg\0", 6), 1, 1, "t"),
          fingerprint_of("12345678", 1, 1, "t"), fingerprint_of("123456789", 1, 1, "t")}) {
      set.emplace(f.low, f.high);
    }
    return set;
  }();
  EXPECT_EQ(fingerprints.size(), 10U);
}

TEST(Fingerprint, TellsSwappedFieldsOfTwoObjects) {
  Fingerprint straight = fingerprint_of("a.jpg", 1, 5);
  straight += fingerprint_of("b.jpg", 2, 5);
  Fingerprint swapped = fingerprint_of("a.jpg", 2, 5);
  swapped += fingerprint_of("b.jpg", 1, 5);
  EXPECT_NE(straight, swapped);
}

TEST(Fingerprint, SpreadsNamesThatDifferByOneDigit) {
  std::set<std::uint64_t> low;
  std::set<std::uint64_t> high;
  for (int i = 0; i < 100'000; ++i) {
    const Fingerprint fingerprint = fingerprint_of(fmt::format("2023080102{:06}.jpg", i), 1, 1);
    low.insert(fingerprint.low);
    high.insert(fingerprint.high);
  }
  EXPECT_EQ(low.size(), 100'000U);
  EXPECT_EQ(high.size(), 100'000U);
}

// Catalogues keep fingerprints: another way to mix would make every folder look changed once.
TEST(Fingerprint, IsTheSameInEveryVersion) {
  EXPECT_EQ(fingerprint_of("20230801023001-301-snapshot.jpg", 123'456, 1'690'857'001, "etag"),
            (Fingerprint{0xA00785FBF9794DDCULL, 0x5EB2EFB2BCBF02BDULL}));
  EXPECT_EQ(hash_of("1 7200 3:jpg"), 0x865F47FF6C1FA240ULL);
}

} // namespace
} // namespace nightshift

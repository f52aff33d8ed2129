// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/key_interpolation.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace nightshift::s3 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Boundaries = std::vector<std::string>;

// Between the last of `seen` and `until`.
Boundaries cut(const std::vector<std::string>& seen, std::string_view until, std::size_t most,
               std::string_view folder = "") {
  const std::vector<std::string_view> keys(seen.begin(), seen.end());
  return interpolate({keys.back(), until, folder}, keys, most);
}

Boundaries counted(const char* form, int first, int last) {
  Boundaries keys;
  for (int number = first; number <= last; ++number) {
    keys.push_back(fmt::format(fmt::runtime(form), number));
  }
  return keys;
}

TEST(KeyInterpolation, CountersAreCutLikeNumbers) {
  EXPECT_THAT(cut(counted("a/IMG_{:04}.jpg", 1000, 1010), "a/IMG_5010.jpg", 3),
              ElementsAre("a/IMG_201", "a/IMG_301", "a/IMG_401"));
}

TEST(KeyInterpolation, DigitsStayDigitsThoughFewWereSeen) {
  for (const std::string& boundary : cut(counted("a/{:06}.jpg", 0, 99), "", 7, "a/")) {
    EXPECT_EQ(boundary.find_first_not_of("0123456789", 2), std::string::npos) << boundary;
    EXPECT_GT(boundary, "a/000099.jpg");
  }
}

TEST(KeyInterpolation, WhatNeverChangedStaysAsItIs) {
  for (const std::string& boundary : cut(counted("a/DSC{:04}-x.jpg", 0, 99), "", 7, "a/")) {
    EXPECT_TRUE(boundary.starts_with("a/DSC")) << boundary;
  }
}

TEST(KeyInterpolation, HashesGoOnToLettersThoughTheirFirstByteDidNot) {
  const Boundaries boundaries =
      cut({"00a3f1", "00b7c9", "01c2d4", "01ffe0", "02b49a"}, "ffffff", 15);
  ASSERT_EQ(boundaries.size(), 15);
  EXPECT_EQ(boundaries.back().front(), 'f');
}

TEST(KeyInterpolation, ASpaceWithoutAnEndIsCutInPiecesThatGrow) {
  const auto number = [](const std::string& boundary) {
    return std::stoi((boundary.substr(4) + "00000").substr(0, 6));
  };
  const Boundaries boundaries = cut(counted("IMG_{:06}", 0, 999), "", 7);
  ASSERT_EQ(boundaries.size(), 7);
  int before = 999;
  int piece = 0;
  for (const std::string& boundary : boundaries) {
    EXPECT_GT(number(boundary) - before, piece) << boundary;
    piece = number(boundary) - before;
    before = number(boundary);
  }
  EXPECT_LT(number(boundaries.front()), 5000);
  EXPECT_GT(number(boundaries.back()), 300'000);
}

TEST(KeyInterpolation, PiecesAreNoSmallerThanTwoPages) {
  const Boundaries page = counted("{:06}", 1000, 1999);
  EXPECT_THAT(cut(page, "002999", 7), IsEmpty());
  EXPECT_THAT(cut(page, "005000", 7), IsEmpty());
  EXPECT_EQ(cut(page, "006100", 7).size(), 1);
  EXPECT_EQ(cut(page, "008100", 7).size(), 2);
  EXPECT_EQ(cut(page, "099999", 7).size(), 7);
}

TEST(KeyInterpolation, BoundariesLieBetweenTheEndsAndAscend) {
  for (const char* until : {"a/b/c/9", "a/b/d", "a/c", "b", "~", ""}) {
    const Boundaries seen{"a/b/c/1", "a/b/c/12", "a/b/c/13.jpg", "a/b/c/2"};
    std::string before = seen.back();
    for (const std::string& boundary : cut(seen, until, 20, "a/")) {
      EXPECT_GT(boundary, before);
      EXPECT_TRUE(*until == '\0' || boundary < until) << boundary;
      before = boundary;
    }
  }
}

TEST(KeyInterpolation, NoBoundaryLiesWithinACharacter) {
  EXPECT_THAT(cut({"ä", "ö"}, "ü", 7), IsEmpty());
  for (const std::string& boundary : cut({"1ä", "2ö"}, "9ü", 7)) {
    EXPECT_EQ(boundary.find_first_not_of("0123456789"), std::string::npos) << boundary;
  }
}

TEST(KeyInterpolation, WhereNothingDiffersNothingIsCut) {
  EXPECT_THAT(cut({"a"}, "", 7), IsEmpty());
  EXPECT_THAT(cut({"\xFF"}, "", 7), IsEmpty());
  EXPECT_THAT(cut({""}, "", 7), IsEmpty());
  EXPECT_THAT(cut({"1"}, "2", 0), IsEmpty());
}

} // namespace
} // namespace nightshift::s3

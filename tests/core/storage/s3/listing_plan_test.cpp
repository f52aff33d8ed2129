// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/listing_plan.hpp"
#include "tests/support/listing.hpp"

#include <gmock/gmock.h>

namespace nightshift::s3 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ListingPlanTest : public testing::Test {
 protected:
  ListingPlan plan(std::vector<KeyRange> proven, std::vector<std::string> again = {}) {
    proven_ = std::move(proven);
    again_ = std::move(again);
    ListQuery query{prefix_, tests::accept_all};
    query.proven = proven_;
    query.again = again_;
    return plan_listing(query);
  }

  std::string prefix_;

 private:
  std::vector<KeyRange> proven_;
  std::vector<std::string> again_;
};

TEST_F(ListingPlanTest, WithNothingProvenAllIsListed) {
  const ListingPlan all = plan({}, {"a/"});
  EXPECT_THAT(all.ranges, ElementsAre(KeyRange{"", ""}));
  EXPECT_THAT(all.own, IsEmpty()) << "its objects come with the others";
}

TEST_F(ListingPlanTest, WhatLiesBetweenProvenRangesIsListed) {
  EXPECT_THAT(plan({{"", "b"}, {"d", "f"}, {"f", "h"}}).ranges,
              ElementsAre(KeyRange{"b", "d"}, KeyRange{"h", ""}));
  EXPECT_THAT(plan({{"b", "d"}, {"f", ""}}).ranges,
              ElementsAre(KeyRange{"", "b"}, KeyRange{"d", "f"}));
  EXPECT_THAT(plan({{"", ""}}).ranges, IsEmpty());
}

TEST_F(ListingPlanTest, FoldersThatAnEndLiesInAreListedByThemselves) {
  EXPECT_THAT(plan({{"", "a/b/1.jpg"}, {"c/", "d//e/2"}}).own,
              ElementsAre("", "a/", "a/b/", "c/", "d/", "d//", "d//e/"));
}

TEST_F(ListingPlanTest, FoldersToListAgainAreListedByThemselvesWhereTheyAreProven) {
  EXPECT_THAT(plan({{"b/1", "d/1"}}, {"a/", "b/", "c/", "c/x/", "e/"}).own,
              ElementsAre("", "b/", "c/", "c/x/", "d/"));
}

TEST_F(ListingPlanTest, AFolderInLitterIsNotListedByItself) {
  EXPECT_THAT(plan({{"", "a/.Trash-1000/files/1.jpg"}, {"b/@eaDir/1.jpg/t", "c/@eaDir/"}}).own,
              ElementsAre("", "a/", "b/", "c/"));
  EXPECT_THAT(plan({{"", "d"}}, {"a/@eaDir/", "b/.Trash-1000/files/", "c/"}).own,
              ElementsAre("", "c/"))
      << "although it was taken for captures once";
}

TEST_F(ListingPlanTest, APrefixThatLooksLikeLitterIsSomebodysOwn) {
  prefix_ = "lost+found/";
  EXPECT_THAT(plan({{"", "lost+found/a/1"}}, {"lost+found/", "lost+found/Z/"}).own,
              ElementsAre("lost+found/", "lost+found/Z/", "lost+found/a/"));
}

TEST_F(ListingPlanTest, OnlyWhatLiesBelowThePrefixCounts) {
  prefix_ = "b/";
  const ListingPlan rest = plan({{"", "a/1"}, {"b/x/1", "b/y/1"}, {"c/1", "c/2"}}, {"b/x2/", "c/"});
  EXPECT_THAT(rest.ranges, ElementsAre(KeyRange{"a/1", "b/x/1"}, KeyRange{"b/y/1", "c/1"}));
  EXPECT_THAT(rest.own, ElementsAre("b/", "b/x/", "b/x2/", "b/y/"));
}

TEST_F(ListingPlanTest, AProvenWholeNeedsNothingBelowAPrefix) {
  prefix_ = "b/";
  const ListingPlan rest = plan({{"", ""}}, {"b/c/"});
  EXPECT_THAT(rest.ranges, IsEmpty());
  EXPECT_THAT(rest.own, ElementsAre("b/c/"));
}

} // namespace
} // namespace nightshift::s3

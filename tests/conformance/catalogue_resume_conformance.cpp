// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/catalogue_conformance.hpp"

#include <gmock/gmock.h>

namespace nightshift::tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Of one and the same storage, prefix and rules.
MergeRules same_listing() {
  MergeRules rules;
  rules.listing_hash = 7;
  rules.resume_within = std::chrono::hours{1};
  return rules;
}

const CaptureFolder k_one{{"1.jpg", {evening(1)}}};
const CaptureFolder k_two{{"1.jpg", {evening(1)}}, {"2.jpg", {evening(1, 5)}}};
const CaptureTree k_tree{{"a/", k_two}, {"b/", k_one}, {"c/", k_one}, {"d/", k_one}};

// A listing that finds `tree`, tells that it is proven up to `until`, and is cut short.
void list_until(Catalogue& catalogue, const CaptureTree& tree, const std::string& until,
                const MergeRules& rules = same_listing()) {
  const auto merge = catalogue.open_merge(1, rules);
  EXPECT_FALSE(merge->resume());
  for (const auto& [path, folder] : tree) {
    list_folder(*merge, part_of(path, folder));
  }
  merge->prove({"", until});
}

// What one that goes on finds besides.
MergeCounts go_on(Catalogue& catalogue, const CaptureTree& tree) {
  const auto merge = catalogue.open_merge(1, same_listing());
  EXPECT_TRUE(merge->resume());
  for (const auto& [path, folder] : tree) {
    list_folder(*merge, part_of(path, folder));
  }
  return merge->finish();
}

TEST_P(CatalogueConformance, AListingGoesOnWhereOneOfTheSameWasCutShort) {
  list_until(catalogue(), {{"a/", k_two}, {"b/", k_one}}, "b/1.jpg");

  const auto merge = catalogue().open_merge(1, same_listing());
  const auto cut = merge->resume();
  ASSERT_TRUE(cut);
  EXPECT_THAT(cut->proven, ElementsAre(KeyRange{"", "b/1.jpg"}));
  EXPECT_THAT(cut->again, IsEmpty());
  EXPECT_EQ(cut->captures, 2) << "more of b/ may come";
  list_folder(*merge, part_of("b/", k_one));
  list_folder(*merge, part_of("c/", k_one));
  EXPECT_EQ(
      merge->finish(),
      (MergeCounts{.added = 1, .unchanged = 1, .bytes = 2000, .folders = 2, .folders_changed = 1}));
  EXPECT_THAT(states(), ElementsAre("a/1.jpg present", "a/2.jpg present", "b/1.jpg present",
                                    "c/1.jpg present"));
}

TEST_P(CatalogueConformance, AFinishedListingLeavesNothingToResume) {
  list_until(catalogue(), k_tree, "d/1.jpg");
  go_on(catalogue(), {{"d/", k_one}});
  EXPECT_FALSE(catalogue().open_merge(1, same_listing())->resume());
}

TEST_P(CatalogueConformance, OnlyAListingOfTheSameIsResumedAndNotTooLate) {
  MergeRules other = same_listing();
  other.listing_hash = 8;
  MergeRules late = same_listing();
  late.resume_within = std::chrono::seconds{-1};
  for (const MergeRules& rules : {other, late, MergeRules{}}) {
    list_until(catalogue(), k_tree, "d/1.jpg");
    EXPECT_FALSE(catalogue().open_merge(1, rules)->resume());
    EXPECT_FALSE(catalogue().open_merge(1, same_listing())->resume()) << "it is forgotten";
  }
  list_until(catalogue(), k_tree, "d/1.jpg", MergeRules{});
  EXPECT_FALSE(catalogue().open_merge(1, same_listing())->resume());
}

TEST_P(CatalogueConformance, AListingIsResumedThoughItDidNotResumeAnother) {
  MergeRules other = same_listing();
  other.listing_hash = 8;
  MergeRules late = same_listing();
  late.resume_within = std::chrono::seconds{-1};
  for (MergeRules rules : {other, late}) {
    list_until(catalogue(), k_tree, "d/1.jpg");
    {
      const auto merge = catalogue().open_merge(1, rules);
      EXPECT_FALSE(merge->resume());
      list_folder(*merge, part_of("a/", k_two));
      merge->prove({"", "a/2.jpg"});
    }
    rules.resume_within = same_listing().resume_within;
    const auto cut = catalogue().open_merge(1, rules)->resume();
    ASSERT_TRUE(cut);
    EXPECT_THAT(cut->proven, ElementsAre(KeyRange{"", "a/2.jpg"})) << "and nothing of the other";
    list_until(catalogue(), {}, "", MergeRules{});
  }
}

TEST_P(CatalogueConformance, AListingThatDoesNotAskIsNotResumedLater) {
  list_until(catalogue(), k_tree, "d/1.jpg");
  catalogue().open_merge(1, same_listing())->merge(part_of("a/", k_one));
  EXPECT_FALSE(catalogue().open_merge(1, same_listing())->resume());
}

TEST_P(CatalogueConformance, WhatVanishedFromAProvenRangeIsFoundByTheListingThatGoesOn) {
  sync(catalogue(), 1, k_tree);
  list_until(catalogue(), {{"a/", k_two}, {"c/", k_one}}, "d/1.jpg");
  {
    const auto cut = catalogue().open_merge(1, same_listing())->resume();
    ASSERT_TRUE(cut);
    EXPECT_THAT(cut->again, ElementsAre("b/"));
    EXPECT_EQ(cut->captures, 3);
  }
  EXPECT_EQ(go_on(catalogue(), {{"d/", k_one}}).missing, 1);
  EXPECT_THAT(states(), ElementsAre("a/1.jpg present", "a/2.jpg present", "b/1.jpg missing",
                                    "c/1.jpg present", "d/1.jpg present"));
}

TEST_P(CatalogueConformance, WhatIsGoneFromAFolderIsFoundByTheListingThatGoesOn) {
  sync(catalogue(), 1, k_tree);
  list_until(catalogue(), {{"a/", k_one}, {"b/", k_one}, {"c/", k_one}}, "d/1.jpg");
  EXPECT_THAT(catalogue().open_merge(1, same_listing())->resume().value().again, ElementsAre("a/"));
  EXPECT_EQ(go_on(catalogue(), {{"a/", k_one}, {"d/", k_one}}).missing, 1);
  EXPECT_THAT(states(), testing::Contains("a/2.jpg missing"));
}

TEST_P(CatalogueConformance, AFolderThatHeldAFormerEndIsOverWhenTheRangeHasLeftIt) {
  sync(catalogue(), 1, {{"a/", k_one}, {"a/x/", k_one}, {"b/", k_one}});
  const auto merge = catalogue().open_merge(1, same_listing());
  EXPECT_FALSE(merge->resume());
  list_folder(*merge, part_of("a/x/", k_one));
  merge->prove({"", "a/x/1.jpg"});
  list_folder(*merge, part_of("b/", k_one));
  merge->prove({"", "b/1.jpg"});
  catalogue().flush();
  const auto cut = catalogue().open_merge(1, same_listing())->resume();
  ASSERT_TRUE(cut);
  EXPECT_THAT(cut->again, ElementsAre("a/"));
  EXPECT_THAT(cut->proven, ElementsAre(KeyRange{"", "b/1.jpg"}));
}

TEST_P(CatalogueConformance, ARangeWithoutAnEndHoldsTheLastFolder) {
  sync(catalogue(), 1, k_tree);
  CaptureTree rest = k_tree;
  rest.erase("d/");
  list_until(catalogue(), rest, "");
  EXPECT_THAT(catalogue().open_merge(1, same_listing())->resume().value().again, ElementsAre("d/"));
  EXPECT_EQ(go_on(catalogue(), {}).missing, 1);
}

TEST_P(CatalogueConformance, TheGuardCountsWhatAResumedListingMisses) {
  CaptureFolder many;
  for (int at = 0; at < 60; ++at) {
    many[std::to_string(100 + at) + ".jpg"] = {evening(1, at)};
  }
  sync(catalogue(), 1, {{"a/", many}, {"b/", many}});
  list_until(catalogue(), {{"b/", many}}, "c/1.jpg");
  EXPECT_EQ(error_of([&] { go_on(catalogue(), {}); }).code(), "mass_loss");
  EXPECT_FALSE(catalogue().open_merge(1, same_listing())->resume()) << "to be listed anew";
}

TEST_P(CatalogueConformance, ResumesNoListingOfAnotherDeployment) {
  list_until(catalogue(), k_tree, "d/1.jpg");
  EXPECT_FALSE(catalogue().open_merge(2, same_listing())->resume());
  EXPECT_TRUE(catalogue().open_merge(1, same_listing())->resume());
}

} // namespace
} // namespace nightshift::tests

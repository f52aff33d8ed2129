// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/catalogue_conformance.hpp"

#include <gmock/gmock.h>

namespace nightshift::tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Coverage = FolderPart::Coverage;

const CaptureTree k_two_folders{
    {"a/", {{"1.jpg", {evening(1), 10}}, {"2.jpg", {evening(1, 5), 20}}}},
    {"b/", {{"3.jpg", {evening(2), 30}}, {"odd.jpg", {std::nullopt, 40}}}}};

TEST_P(CatalogueConformance, AddsAllOfANewListing) {
  const MergeCounts counts = sync(catalogue(), 1, k_two_folders);

  EXPECT_EQ(
      counts,
      (MergeCounts{.added = 4, .undated = 1, .bytes = 100, .folders = 2, .folders_changed = 2}));
  EXPECT_THAT(states(), ElementsAre("a/1.jpg present", "a/2.jpg present", "b/3.jpg present",
                                    "b/odd.jpg present"));
}

TEST_P(CatalogueConformance, MergingTwiceChangesNothing) {
  sync(catalogue(), 1, k_two_folders);
  const std::vector<std::string> before = equality_of(catalogue());

  const MergeCounts again = sync(catalogue(), 1, k_two_folders);
  EXPECT_EQ(again, (MergeCounts{.unchanged = 4, .bytes = 100, .folders = 2}));
  MergeRules full;
  full.verify_full = true;
  EXPECT_EQ(sync(catalogue(), 1, k_two_folders, full), again);
  EXPECT_EQ(equality_of(catalogue()), before);
}

TEST_P(CatalogueConformance, SeesEachPropertyOfACaptureChange) {
  const CaptureEntry original{evening(1), 10, 1'000'000'000, "abc", TimeSource::digits_14};
  const std::vector<CaptureEntry> others{
      {evening(1), 11, 1'000'000'000, "abc", TimeSource::digits_14},
      {evening(1), 10, 1'000'000'001, "abc", TimeSource::digits_14},
      {evening(1), 10, 1'000'000'000, "abd", TimeSource::digits_14},
      {evening(1), 10, 1'000'000'000, "", TimeSource::digits_14},
      {evening(1, 1), 10, 1'000'000'000, "abc", TimeSource::digits_14},
      {evening(1), 10, 1'000'000'000, "abc", TimeSource::iso},
      {std::nullopt, 10, 1'000'000'000, "abc", TimeSource::ambiguous},
  };
  MergeRules rules;
  rules.verify_full = true; // a time is not part of the fingerprint
  for (const CaptureEntry& other : others) {
    sync(catalogue(), 1, {{"a/", {{"1.jpg", original}, {"2.jpg", original}}}}, rules);
    const MergeCounts counts =
        sync(catalogue(), 1, {{"a/", {{"1.jpg", other}, {"2.jpg", original}}}}, rules);
    EXPECT_EQ(counts.changed, 1);
    EXPECT_EQ(counts.unchanged, 1);
    EXPECT_EQ(counts.added + counts.missing, 0);
  }
}

// So many that changes are written while what is stored is still being read.
TEST_P(CatalogueConformance, TellsChangesOfEveryKindApartInALargeFolder) {
  CaptureFolder former;
  CaptureFolder listed;
  std::vector<std::string> expected;
  for (int i = 0; i < 40'000; ++i) {
    const std::string name = std::to_string(100'000 + i) + ".jpg";
    const CaptureEntry entry{evening(1, i), 10};
    const bool is_new = i % 4 == 3;
    const bool is_gone = i % 4 == 2;
    if (!is_new) {
      former[name] = entry;
    }
    if (!is_gone) {
      listed[name] = entry;
      listed[name].size += i % 4 == 1 ? 1 : 0;
    }
    expected.push_back("a/" + name + (is_gone ? " missing" : " present"));
  }
  MergeRules rules;
  rules.allow_missing = true;
  sync(catalogue(), 1, {{"a/", former}});
  EXPECT_EQ(sync(catalogue(), 1, {{"a/", listed}}, rules), (MergeCounts{.added = 10'000,
                                                                        .changed = 10'000,
                                                                        .unchanged = 10'000,
                                                                        .missing = 10'000,
                                                                        .bytes = 310'000,
                                                                        .folders = 1,
                                                                        .folders_changed = 1}));
  EXPECT_EQ(states(), expected);
}

TEST_P(CatalogueConformance, AddsUpTheNewSizesOfAFolderWhoseTimesStayed) {
  sync(catalogue(), 1, {{"a/", {{"1.jpg", {evening(1), 10}}, {"2.jpg", {{}, 20}}}}});
  const CaptureTree grown{{"a/", {{"1.jpg", {evening(1), 11}}, {"2.jpg", {{}, 22}}}}};
  sync(catalogue(), 1, grown);
  EXPECT_EQ(catalogue().open_regroup(1, {})->folder_totals().bytes, 33);
  EXPECT_EQ(sync(catalogue(), 1, grown).bytes, 33);
}

TEST_P(CatalogueConformance, KnowsAnUnchangedFolderByFingerprintNumberAndRules) {
  const CapturePart part = part_of("a/", k_two_folders.at("a/"));
  sync(catalogue(), 1, k_two_folders);
  const auto merge = catalogue().open_merge(1, {});

  EXPECT_FALSE(merge->is_unchanged("c/", part.fingerprint, 2));
  EXPECT_FALSE(merge->is_unchanged("b/", part.fingerprint, 2));
  EXPECT_FALSE(merge->is_unchanged("a/", part.fingerprint, 3));
  EXPECT_EQ(merge->counts(), MergeCounts{});
  EXPECT_TRUE(merge->is_unchanged("a/", part.fingerprint, 2));
  EXPECT_EQ(merge->counts(), (MergeCounts{.unchanged = 2, .bytes = 30, .folders = 1}));

  MergeRules other;
  other.rules_hash = 99;
  EXPECT_FALSE(catalogue().open_merge(1, other)->is_unchanged("a/", part.fingerprint, 2));
  EXPECT_FALSE(catalogue().open_merge(2, {})->is_unchanged("a/", part.fingerprint, 2));
}

TEST_P(CatalogueConformance, ComparesEveryFolderOnceUnderOtherRules) {
  sync(catalogue(), 1, k_two_folders);
  MergeRules other;
  other.rules_hash = 99;

  EXPECT_FALSE(is_unchanged("a/", k_two_folders.at("a/"), other));
  EXPECT_EQ(sync(catalogue(), 1, k_two_folders, other).unchanged, 4);
  EXPECT_TRUE(is_unchanged("a/", k_two_folders.at("a/"), other));
  EXPECT_FALSE(is_unchanged("a/", k_two_folders.at("a/")));
}

TEST_P(CatalogueConformance, MarksWhatIsGoneAsMissing) {
  sync(catalogue(), 1, k_two_folders);

  const CaptureTree rest{{"a/", {{"2.jpg", {evening(1, 5), 20}}}}};
  const MergeCounts counts = sync(catalogue(), 1, rest);

  EXPECT_EQ(
      counts,
      (MergeCounts{.unchanged = 1, .missing = 3, .bytes = 20, .folders = 1, .folders_changed = 2}));
  EXPECT_THAT(states(), ElementsAre("a/1.jpg missing", "a/2.jpg present", "b/3.jpg missing",
                                    "b/odd.jpg missing"));
  EXPECT_TRUE(is_unchanged("a/", rest.at("a/")));
  EXPECT_EQ(sync(catalogue(), 1, rest).missing, 0) << "they are missing already";
}

TEST_P(CatalogueConformance, MarksNothingBeforeTheListingIsComplete) {
  sync(catalogue(), 1, k_two_folders);
  {
    const auto merge = catalogue().open_merge(1, {});
    merge->merge(part_of("a/", {{"2.jpg", {evening(1, 5), 20}}, {"4.jpg", {evening(1, 9)}}}));
    EXPECT_EQ(merge->counts().added, 1);
    EXPECT_EQ(merge->counts().missing, 0);
  }
  EXPECT_THAT(states(), ElementsAre("a/1.jpg present", "a/2.jpg present", "a/4.jpg present",
                                    "b/3.jpg present", "b/odd.jpg present"));
  EXPECT_FALSE(is_unchanged("a/", {{"2.jpg", {evening(1, 5), 20}}, {"4.jpg", {evening(1, 9)}}}));
}

TEST_P(CatalogueConformance, CountsACaptureThatReturnsAsAdded) {
  sync(catalogue(), 1, k_two_folders);
  CaptureTree without = k_two_folders;
  without.at("a/").erase("1.jpg");
  without.erase("b/");
  sync(catalogue(), 1, without);

  EXPECT_FALSE(is_unchanged("b/", k_two_folders.at("b/")));
  const MergeCounts counts = sync(catalogue(), 1, k_two_folders);
  EXPECT_EQ(counts, (MergeCounts{.added = 3,
                                 .unchanged = 1,
                                 .undated = 1,
                                 .bytes = 100,
                                 .folders = 2,
                                 .folders_changed = 2}));
  EXPECT_THAT(states(), ElementsAre("a/1.jpg present", "a/2.jpg present", "b/3.jpg present",
                                    "b/odd.jpg present"));
}

TEST_P(CatalogueConformance, TakesAnAbsenceFromAPartialFolderForNothing) {
  sync(catalogue(), 1, k_two_folders);
  const CaptureFolder half{{"1.jpg", {evening(1), 11}}};

  const auto merge = catalogue().open_merge(1, {});
  merge->merge(part_of("a/", half, Coverage::partial));
  list_folder(*merge, part_of("b/", k_two_folders.at("b/")));
  EXPECT_EQ(
      merge->finish(),
      (MergeCounts{.changed = 1, .unchanged = 2, .bytes = 81, .folders = 2, .folders_changed = 1}));
  EXPECT_THAT(states(), ElementsAre("a/1.jpg present", "a/2.jpg present", "b/3.jpg present",
                                    "b/odd.jpg present"));
  EXPECT_FALSE(is_unchanged("a/", half));
}

TEST_P(CatalogueConformance, LeavesAloneWhatLiesInOrBelowAnUnreadableFolder) {
  sync(catalogue(), 1,
       {{"a/", {{"1.jpg", {}}}},
        {"a/x/", {{"2.jpg", {}}}},
        {"ab/", {{"3.jpg", {}}}},
        {"c/", {{"4.jpg", {}}}}});

  const auto merge = catalogue().open_merge(1, {});
  list_folder(*merge, part_of("c/", {{"4.jpg", {}}}));
  merge->merge(part_of("a/", {{"5.jpg", {}}}, Coverage::unreadable));
  EXPECT_EQ(merge->finish(), (MergeCounts{.added = 1,
                                          .unchanged = 1,
                                          .missing = 1,
                                          .undated = 1,
                                          .bytes = 2000,
                                          .folders = 2,
                                          .folders_changed = 2}));
  EXPECT_THAT(states(), ElementsAre("a/1.jpg present", "a/5.jpg present", "a/x/2.jpg present",
                                    "ab/3.jpg missing", "c/4.jpg present"))
      << "what was read of it before it broke off is there";
  EXPECT_FALSE(is_unchanged("a/", {{"5.jpg", {}}}));
}

TEST_P(CatalogueConformance, LeavesEverythingAloneWhereTheRootIsUnreadable) {
  sync(catalogue(), 1, k_two_folders);
  const auto merge = catalogue().open_merge(1, {});
  merge->merge(part_of("", {}, Coverage::unreadable));
  EXPECT_EQ(merge->finish(), MergeCounts{});
}

TEST_P(CatalogueConformance, ASampleAddsAndChangesButProvesNoAbsence) {
  sync(catalogue(), 1, k_two_folders);
  MergeRules sample;
  sample.sample = true;

  const CaptureFolder some{{"1.jpg", {evening(1), 11}}, {"5.jpg", {evening(1, 8)}}};
  const MergeCounts counts = sync(catalogue(), 1, {{"a/", some}}, sample);

  EXPECT_EQ(counts.added, 1);
  EXPECT_EQ(counts.changed, 1);
  EXPECT_EQ(counts.missing, 0);
  EXPECT_THAT(states(), ElementsAre("a/1.jpg present", "a/2.jpg present", "a/5.jpg present",
                                    "b/3.jpg present", "b/odd.jpg present"));
  EXPECT_FALSE(is_unchanged("a/", some));
  EXPECT_TRUE(is_unchanged("b/", k_two_folders.at("b/")));
}

TEST_P(CatalogueConformance, TakesAFolderInPartsThatComeInBetweenOthers) {
  const CaptureFolder big{{"1.jpg", {evening(1)}},
                          {"2.jpg", {evening(2)}},
                          {"3.jpg", {evening(3)}},
                          {"4.jpg", {}},
                          {"5.jpg", {evening(2)}}};
  const auto merge_in_parts = [&] {
    const auto merge = catalogue().open_merge(1, {});
    const std::vector<CapturePart> one = parts_of("a/", big, 3);
    const std::vector<CapturePart> two = parts_of("a/b/", big, 2);
    merge->merge(one[0]);
    merge->merge(two[0]);
    merge->merge(one[1]);
    EXPECT_EQ(merge->counts(), MergeCounts{}) << "kept aside until the last part";
    merge->merge(two[1]);
    merge->merge(part_of("c/", big));
    merge->merge(one[2]);
    return merge->finish();
  };

  EXPECT_EQ(merge_in_parts().added, 15);
  const std::vector<std::string> in_parts = equality_of(catalogue());
  EXPECT_EQ(merge_in_parts(), (MergeCounts{.unchanged = 15, .bytes = 15'000, .folders = 3}));
  EXPECT_TRUE(is_unchanged("a/", big)) << "the sum of the parts is the folder's fingerprint";
  EXPECT_EQ(sync(catalogue(), 1, {{"a/", big}, {"a/b/", big}, {"c/", big}}).unchanged, 15);
  EXPECT_EQ(equality_of(catalogue()), in_parts);
}

TEST_P(CatalogueConformance, TheLastPartSaysWhatAllPartsCover) {
  sync(catalogue(), 1, k_two_folders);
  const auto merge = catalogue().open_merge(1, {});
  std::vector<CapturePart> parts =
      parts_of("a/", {{"7.jpg", {evening(1)}}, {"8.jpg", {evening(1)}}}, 2);
  parts[1].part.coverage = Coverage::partial;
  merge->merge(parts[0]);
  merge->merge(parts[1]);
  parts = parts_of("b/", {{"7.jpg", {evening(1)}}, {"8.jpg", {evening(1)}}}, 2);
  parts[1].part.coverage = Coverage::unreadable;
  merge->merge(parts[0]);
  merge->merge(parts[1]);

  EXPECT_EQ(merge->finish(),
            (MergeCounts{.added = 4, .bytes = 4000, .folders = 2, .folders_changed = 2}));
  EXPECT_THAT(states(), ElementsAre("a/1.jpg present", "a/2.jpg present", "a/7.jpg present",
                                    "a/8.jpg present", "b/3.jpg present", "b/7.jpg present",
                                    "b/8.jpg present", "b/odd.jpg present"));
}

TEST_P(CatalogueConformance, TakesANameOnceThatTwoPartsOfAFolderTell) {
  for (const std::int64_t unchanged : {0, 2}) {
    const auto merge = catalogue().open_merge(1, {});
    std::vector<CapturePart> parts =
        parts_of("a/", {{"1.jpg", {evening(1)}}, {"2.jpg", {evening(2)}}}, 2);
    const CapturePart again = part_of("a/", {{"1.jpg", {evening(1)}}});
    parts[1].part.last = false;
    merge->merge(parts[0]);
    merge->merge(parts[1]);
    CapturePart last = again;
    last.part.first = false;
    merge->merge(last);
    const MergeCounts counts = merge->finish();
    EXPECT_EQ(counts.added, 2 - unchanged);
    EXPECT_EQ(counts.unchanged, unchanged);
    EXPECT_EQ(counts.repeated, 1);
    EXPECT_EQ(counts.bytes, 2000);
  }
  EXPECT_THAT(states(), ElementsAre("a/1.jpg present", "a/2.jpg present"));
}

TEST_P(CatalogueConformance, AFirstPartBeginsItsFolderAnew) {
  const auto merge = catalogue().open_merge(1, {});
  merge->merge(parts_of("a/", {{"1.jpg", {}}, {"2.jpg", {}}}, 2)[0]);
  merge->merge(part_of("a/", {{"3.jpg", {}}}));
  EXPECT_EQ(merge->finish().added, 1);
  EXPECT_THAT(states(), ElementsAre("a/3.jpg present"));
}

TEST_P(CatalogueConformance, RefusesToFinishInTheMidstOfAFolder) {
  const auto merge = catalogue().open_merge(1, {});
  merge->merge(parts_of("a/", k_two_folders.at("a/"), 2)[0]);
  EXPECT_EQ(error_of([&] { merge->finish(); }).code(), "internal");
}

CaptureTree numbered(int from, int to) {
  CaptureFolder folder;
  for (int at = from; at < to; ++at) {
    folder[std::to_string(1000 + at) + ".jpg"] = {evening(1, at)};
  }
  return {{"a/", folder}};
}

TEST_P(CatalogueConformance, GuardsAgainstMassLoss) {
  sync(catalogue(), 1, numbered(0, 300));

  EXPECT_EQ(error_of([&] { sync(catalogue(), 1, numbered(61, 300)); }).code(), "mass_loss");
  EXPECT_EQ(error_of([&] { sync(catalogue(), 1, {}); }).code(), "mass_loss");
  EXPECT_THAT(states(), testing::Each(testing::EndsWith(" present")));

  EXPECT_EQ(sync(catalogue(), 1, numbered(60, 300)).missing, 60) << "a fifth exactly";
  MergeRules allowed;
  allowed.allow_missing = true;
  EXPECT_EQ(sync(catalogue(), 1, {}, allowed).missing, 240);
  EXPECT_THAT(states(), testing::Each(testing::EndsWith(" missing")));
}

TEST_P(CatalogueConformance, KeepsWhatWasMergedWhenTheGuardRefuses) {
  sync(catalogue(), 1, numbered(0, 300));
  CaptureTree other = numbered(200, 300);
  other["b/"] = {{"new.jpg", {evening(1)}}};

  EXPECT_EQ(error_of([&] { sync(catalogue(), 1, other); }).code(), "mass_loss");
  EXPECT_THAT(states(), testing::Contains("b/new.jpg present"));
  EXPECT_FALSE(is_unchanged("a/", other.at("a/"))) << "its absences are still to be marked";
}

TEST_P(CatalogueConformance, NeverRefusesToMarkAFew) {
  sync(catalogue(), 1, numbered(0, 50));
  EXPECT_EQ(sync(catalogue(), 1, {}).missing, 50);

  sync(catalogue(), 2, numbered(0, 51));
  EXPECT_EQ(error_of([&] { sync(catalogue(), 2, {}); }).code(), "mass_loss");
}

TEST_P(CatalogueConformance, KnowsHowManyCapturesThereWereBefore) {
  sync(catalogue(), 1, k_two_folders);
  sync(catalogue(), 1, {{"a/", k_two_folders.at("a/")}});
  const auto merge = catalogue().open_merge(1, {});
  merge->merge(part_of("c/", {{"9.jpg", {}}}));
  EXPECT_EQ(merge->known_captures(), 2) << "missing ones and new ones do not count";
}

TEST_P(CatalogueConformance, AFolderWithoutCapturesLeavesNoTrace) {
  EXPECT_EQ(sync(catalogue(), 1, {{"empty/", {}}}), (MergeCounts{.folders = 1}));
  EXPECT_THAT(states(), IsEmpty());
}

TEST_P(CatalogueConformance, AFolderThatIsEmptyNowLosesItsCaptures) {
  sync(catalogue(), 1, k_two_folders);
  EXPECT_EQ(sync(catalogue(), 1, {{"a/", {}}, {"b/", k_two_folders.at("b/")}}).missing, 2);
  EXPECT_TRUE(is_unchanged("a/", {}));
}

TEST_P(CatalogueConformance, KeepsDeploymentsApart) {
  sync(catalogue(), 1, k_two_folders);
  sync(catalogue(), 2, {{"a/", {{"1.jpg", {evening(5)}}}}});
  sync(catalogue(), 1, {});

  EXPECT_THAT(states(2), ElementsAre("a/1.jpg present"));
  EXPECT_THAT(states(1), testing::Each(testing::EndsWith(" missing")));
}

TEST_P(CatalogueConformance, MergesOfTwoDeploymentsGoOnTogether) {
  const auto one = catalogue().open_merge(1, {});
  const auto two = catalogue().open_merge(2, {});
  one->merge(part_of("a/", k_two_folders.at("a/")));
  two->merge(part_of("a/", k_two_folders.at("b/")));
  one->merge(part_of("b/", k_two_folders.at("b/")));

  EXPECT_EQ(two->finish().added, 2);
  EXPECT_EQ(one->finish().added, 4);
  EXPECT_EQ(states(1).size(), 4U);
  EXPECT_EQ(states(2).size(), 2U);
}

TEST_P(CatalogueConformance, RefusesADeploymentItWasNotToldOf) {
  EXPECT_EQ(error_of([&] { static_cast<void>(catalogue().open_merge(3, {})); }).code(),
            "not_found");
  EXPECT_EQ(error_of([&] { static_cast<void>(catalogue().open_regroup(3, {})); }).code(),
            "not_found");
}

} // namespace
} // namespace nightshift::tests

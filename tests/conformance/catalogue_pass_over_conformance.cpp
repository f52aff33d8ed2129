// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/catalogue_conformance.hpp"

#include <gmock/gmock.h>

#include <tuple>

namespace nightshift::tests {
namespace {

const CaptureFolder k_pair{{"1.jpg", {evening(1), 10}}, {"2.jpg", {evening(1, 5), 20}}};

// As a sync does it that passes over what it knows.
std::optional<std::int64_t> list_quickly(Merge& merge, CapturePart part, std::int64_t version) {
  const auto passed_over = merge.pass_over(part.part.folder, version);
  if (!passed_over) {
    part.part.version = version;
    list_folder(merge, part);
  }
  return passed_over;
}

TEST_P(CatalogueConformance, PassesOverAFolderOfWhichItKnowsTheVersion) {
  const CapturePart part = part_of("a/", k_pair);
  {
    const auto merge = catalogue().open_merge(1, {});
    EXPECT_FALSE(list_quickly(*merge, part, 5)) << "it is new";
    EXPECT_EQ(merge->finish().added, 2);
  }
  const auto merge = catalogue().open_merge(1, {});
  EXPECT_EQ(merge->pass_over("b/", 5), std::nullopt);
  EXPECT_EQ(merge->pass_over("a/", 4), std::nullopt);
  EXPECT_EQ(merge->pass_over("a/", 6), std::nullopt);
  EXPECT_EQ(merge->pass_over("a/", 5), 2);
  EXPECT_EQ(merge->finish(), MergeCounts{}) << "it has been seen, and is in no counts";
  EXPECT_EQ(catalogue().open_merge(2, {})->pass_over("a/", 5), std::nullopt);
}

TEST_P(CatalogueConformance, PassesOverNothingWhereRulesDifferOrAllIsCompared) {
  const CapturePart part = part_of("a/", k_pair);
  const auto merge = catalogue().open_merge(1, {});
  std::ignore = list_quickly(*merge, part, 5);
  merge->finish();
  MergeRules other;
  other.rules_hash = 99;
  MergeRules full;
  full.verify_full = true;
  MergeRules sample;
  sample.sample = true;
  for (const MergeRules& rules : {other, full, sample}) {
    EXPECT_EQ(catalogue().open_merge(1, rules)->pass_over("a/", 5), std::nullopt);
  }
  EXPECT_EQ(catalogue().open_merge(1, {})->pass_over("a/", 5), 2);
}

TEST_P(CatalogueConformance, TakesNoteOfTheVersionOfAnUnchangedFolder) {
  sync(catalogue(), 1, {{"a/", k_pair}, {"b/", k_pair}});
  const auto before = catalogue().open_merge(1, {});
  EXPECT_EQ(list_quickly(*before, part_of("a/", k_pair), 5), std::nullopt);
  list_folder(*before, part_of("b/", k_pair));
  EXPECT_EQ(before->finish(), (MergeCounts{.unchanged = 4, .bytes = 60, .folders = 2}));
  const auto merge = catalogue().open_merge(1, {});
  EXPECT_EQ(merge->pass_over("a/", 5), 2);
  EXPECT_EQ(merge->pass_over("b/", 5), std::nullopt);
}

TEST_P(CatalogueConformance, ForgetsTheVersionOfAFolderThatIsFoundChangedWithoutOne) {
  const CapturePart part = part_of("a/", k_pair);
  CaptureFolder grown = k_pair;
  grown["4.jpg"] = {evening(1, 9), 40};
  CapturePart partial = part;
  partial.part.coverage = FolderPart::Coverage::partial;
  MergeRules full;
  full.verify_full = true;
  const auto passed_over_after = [&](const CapturePart& later) {
    const auto merge = catalogue().open_merge(1, {});
    std::ignore = list_quickly(*merge, part, 5);
    merge->finish();
    EXPECT_EQ(catalogue().open_merge(1, {})->pass_over("a/", 5), 2);
    const auto without = catalogue().open_merge(1, full);
    without->merge(later);
    without->finish();
    return catalogue().open_merge(1, {})->pass_over("a/", 5);
  };
  EXPECT_EQ(passed_over_after(part), 2) << "every capture was compared, and is as it was";
  EXPECT_EQ(passed_over_after(partial), std::nullopt);
  EXPECT_EQ(passed_over_after(part_of("a/", grown)), std::nullopt);
}

TEST_P(CatalogueConformance, DoesNotGoByTheVersionOfAFolderOfWhichCapturesAreGone) {
  const CapturePart part = part_of("a/", k_pair);
  const CapturePart rest = part_of("a/", {{"1.jpg", {evening(1), 10}}});
  const auto before = catalogue().open_merge(1, {});
  std::ignore = list_quickly(*before, part, 5);
  before->finish();
  {
    const auto dropped = catalogue().open_merge(1, {});
    EXPECT_EQ(list_quickly(*dropped, rest, 6), std::nullopt);
  }
  for (const std::int64_t version : {5, 6}) {
    EXPECT_EQ(catalogue().open_merge(1, {})->pass_over("a/", version), std::nullopt)
        << "nothing has been marked as missing yet";
  }
  const auto after = catalogue().open_merge(1, {});
  EXPECT_EQ(list_quickly(*after, rest, 6), std::nullopt);
  EXPECT_EQ(after->finish().missing, 1);
  const auto later = catalogue().open_merge(1, {});
  EXPECT_EQ(list_quickly(*later, rest, 6), std::nullopt);
  later->finish();
  EXPECT_EQ(catalogue().open_merge(1, {})->pass_over("a/", 6), 1) << "the captures present";
}

TEST_P(CatalogueConformance, RemembersTheVersionOfAFolderInParts) {
  const CaptureFolder& folder = k_pair;
  const auto merge_in_parts = [&](std::int64_t version) {
    const auto merge = catalogue().open_merge(1, {});
    std::vector<CapturePart> parts = parts_of("a/", folder, 2);
    parts.back().part.version = version;
    for (const CapturePart& part : parts) {
      merge->merge(part);
    }
    return merge->finish();
  };
  EXPECT_EQ(merge_in_parts(5).added, 2);
  EXPECT_EQ(catalogue().open_merge(1, {})->pass_over("a/", 5), 2);
  EXPECT_EQ(merge_in_parts(6).unchanged, 2);
  EXPECT_EQ(catalogue().open_merge(1, {})->pass_over("a/", 6), 2);
}

} // namespace
} // namespace nightshift::tests

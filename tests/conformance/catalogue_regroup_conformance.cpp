// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/catalogue_conformance.hpp"
#include "tests/support/regroup.hpp"

#include <gmock/gmock.h>

#include <utility>

namespace nightshift::tests {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

const CaptureTree k_two_nights{{"a/",
                                {{"1.jpg", {evening(1)}},
                                 {"2.jpg", {evening(1, 60)}},
                                 {"3.jpg", {evening(2)}},
                                 {"4.jpg", {evening(2, 60)}}}}};

TEST_P(CatalogueConformance, EverythingIsDirtyBeforeTheFirstRegroup) {
  EXPECT_THAT(take_dirty(), IsEmpty()) << "there is nothing yet";
  sync(catalogue(), 2, k_two_nights);
  EXPECT_THAT(catalogue().open_regroup(2, {})->dirty(),
              ElementsAre(span(evening(1), evening(2, 60))));
}

TEST_P(CatalogueConformance, ACommitTakesTheDirtyMarksAway) {
  sync(catalogue(), 1, k_two_nights);
  EXPECT_THAT(take_dirty(), ElementsAre(span(evening(1), evening(2, 60))));
  EXPECT_THAT(take_dirty(), IsEmpty());
  sync(catalogue(), 1, k_two_nights);
  EXPECT_THAT(take_dirty(), IsEmpty()) << "nothing was changed";
}

TEST_P(CatalogueConformance, ARegroupThatIsDroppedLeavesTheDirtyMarks) {
  sync(catalogue(), 1, k_two_nights);
  EXPECT_FALSE(catalogue().open_regroup(1, {})->dirty().empty());
  EXPECT_FALSE(catalogue().open_regroup(1, {})->dirty().empty());
}

TEST_P(CatalogueConformance, MarksExactlyTheTimesThatAMergeTouched) {
  const auto change = [&](auto edit) {
    sync(catalogue(), 1, k_two_nights);
    static_cast<void>(take_dirty());
    CaptureTree other = k_two_nights;
    edit(other);
    sync(catalogue(), 1, other);
    return take_dirty();
  };
  using Tree = CaptureTree&;

  EXPECT_THAT(change([](Tree tree) { tree["a/"]["5.jpg"] = {evening(1, 30)}; }),
              ElementsAre(span(evening(1, 30), evening(1, 30))))
      << "came";
  EXPECT_THAT(change([](Tree tree) { tree["a/"].erase("2.jpg"); }),
              ElementsAre(span(evening(1, 60), evening(1, 60))))
      << "went";
  EXPECT_THAT(change([](Tree tree) {
                tree["a/"]["1.jpg"] = {evening(3), 7};
              }),
              ElementsAre(span(evening(1), evening(3))))
      << "moved";
  EXPECT_THAT(change([](Tree tree) {
                tree["a/"]["1.jpg"] = {std::nullopt, 7};
              }),
              ElementsAre(span(evening(1), evening(1))))
      << "lost its time";
  EXPECT_THAT(change([](Tree tree) { tree["a/"]["1.jpg"].size = 7; }), IsEmpty()) << "grew";
  EXPECT_THAT(change([](Tree tree) { tree["a/"]["odd.jpg"] = {}; }), IsEmpty()) << "undated";
  EXPECT_THAT(change([](Tree tree) { tree.clear(); }),
              ElementsAre(span(evening(1), evening(2, 60))))
      << "the whole folder went";
}

TEST_P(CatalogueConformance, JoinsDirtyTimesWhereTheyOverlapOnly) {
  static_cast<void>(take_dirty());
  sync(catalogue(), 1,
       {{"a/", {{"1.jpg", {evening(1)}}, {"2.jpg", {evening(3)}}}},
        {"b/", {{"1.jpg", {evening(2)}}, {"2.jpg", {evening(4)}}}},
        {"c/", {{"1.jpg", {evening(6)}}}}});
  EXPECT_THAT(take_dirty(),
              ElementsAre(span(evening(1), evening(4)), span(evening(6), evening(6))));
}

TEST_P(CatalogueConformance, GathersTheTimesOfSeveralMerges) {
  static_cast<void>(take_dirty());
  CaptureTree tree{{"a/", {{"1.jpg", {evening(3)}}}}};
  sync(catalogue(), 1, tree);
  tree["a/"]["2.jpg"] = {};
  sync(catalogue(), 1, tree);
  tree["a/"]["3.jpg"] = {evening(1)};
  sync(catalogue(), 1, tree);
  tree["a/"].erase("1.jpg");
  sync(catalogue(), 1, tree);
  EXPECT_THAT(take_dirty(), ElementsAre(span(evening(1), evening(3))));
}

TEST_P(CatalogueConformance, AnotherRuleMakesAllTimesDirty) {
  sync(catalogue(), 1, k_two_nights);
  const std::vector<TimeSpan> all{span(evening(1), evening(2, 60))};
  EXPECT_EQ(take_dirty({hours{2}, hours{24}}), all);
  EXPECT_EQ(take_dirty({hours{1}, hours{24}}), all);
  EXPECT_EQ(take_dirty({hours{1}, hours{12}}), all);
  EXPECT_EQ(take_dirty({hours{1}, std::nullopt}), all);
  EXPECT_THAT(take_dirty({hours{1}, std::nullopt}), IsEmpty());
}

TEST_P(CatalogueConformance, AllTimesIncludeThoseOfSessionsWithoutCaptures) {
  sync(catalogue(), 1, k_two_nights);
  regroup(catalogue(), 1);
  sync(catalogue(), 1, {{"b/", {{"1.jpg", {evening(5)}}}}});
  EXPECT_THAT(catalogue().open_regroup(1, {hours{1}, std::nullopt})->dirty(),
              ElementsAre(span(evening(1), evening(5))));
}

TEST_P(CatalogueConformance, GivesTheFragmentsThatOverlapAWindow) {
  CaptureTree tree = k_two_nights;
  tree["a/"]["5.jpg"] = {evening(2)};
  tree["b/"] = {{"1.jpg", {evening(1, 30)}}};
  sync(catalogue(), 1, tree);
  const auto regroup = catalogue().open_regroup(1, {});
  const auto spans_in = [&](const TimeSpan& window) {
    std::vector<TimeSpan> spans;
    for (const Fragment& fragment : regroup->fragments(window)) {
      spans.push_back(fragment.span);
    }
    return spans;
  };
  const TimeSpan first = span(evening(1), evening(1, 60));
  const TimeSpan between = span(evening(1, 30), evening(1, 30));
  const TimeSpan second = span(evening(2), evening(2, 60));

  EXPECT_THAT(spans_in(span(evening(0), evening(9))), ElementsAre(first, between, second));
  EXPECT_THAT(spans_in(span(evening(1, 60), evening(2))), ElementsAre(first, second))
      << "both ends belong";
  EXPECT_THAT(spans_in(span(evening(1, 61), evening(1, 99))), IsEmpty());
  const Fragment of_second = regroup->fragments(second).front();
  EXPECT_EQ(of_second.captures, 3);
  EXPECT_EQ(of_second.duplicate_times, 1);
}

TEST_P(CatalogueConformance, SplitsFragmentsAtTheRulesGapWhateverTheMergesWas) {
  MergeRules wide;
  wide.max_gap = hours{48};
  sync(catalogue(), 1, k_two_nights, wide);
  const TimeSpan all = span(evening(0), evening(9));
  const auto number = [&](std::chrono::seconds gap) {
    return catalogue().open_regroup(1, {gap, std::nullopt})->fragments(all).size();
  };
  EXPECT_EQ(number(hours{48}), 1U);
  EXPECT_EQ(number(hours{2}), 2U);
  EXPECT_EQ(number(minutes{60}), 4U);

  // Nor does it matter if the rule has stayed and only the merge was another.
  static_cast<void>(take_dirty({hours{2}, std::nullopt}));
  CaptureTree more = k_two_nights;
  more["a/"]["5.jpg"] = {evening(2, 61)};
  sync(catalogue(), 1, more, wide);
  EXPECT_EQ(number(hours{2}), 2U);
}

TEST_P(CatalogueConformance, GivesEachDistinctTimeWithItsCaptures) {
  sync(catalogue(), 1,
       {{"a/",
         {{"1.jpg", {evening(1)}},
          {"2.jpg", {evening(1)}},
          {"3.jpg", {evening(1, 7)}},
          {"4.jpg", {evening(2)}},
          {"gone.jpg", {evening(1, 3)}},
          {"odd.jpg", {}}}},
        {"b/", {{"1.jpg", {evening(1)}}, {"2.jpg", {evening(1, 2)}}}}});
  CaptureTree rest{{"a/",
                    {{"1.jpg", {evening(1)}},
                     {"2.jpg", {evening(1)}},
                     {"3.jpg", {evening(1, 7)}},
                     {"4.jpg", {evening(2)}},
                     {"odd.jpg", {}}}},
                   {"b/", {{"1.jpg", {evening(1)}}, {"2.jpg", {evening(1, 2)}}}}};
  sync(catalogue(), 1, rest);

  std::vector<std::pair<std::int64_t, std::int64_t>> times;
  catalogue().open_regroup(1, {})->times(
      span(evening(1), evening(1, 7)), [&](WallTime time, std::int64_t captures) {
        times.emplace_back(time.time_since_epoch().count(), captures);
      });
  EXPECT_THAT(times, ElementsAre(std::pair(evening(1), 3), std::pair(evening(1, 2), 1),
                                 std::pair(evening(1, 7), 1)));
}

TEST_P(CatalogueConformance, ReplacesSessionsAndNeverUsesAnIdAgain) {
  const TimeSpan all = span(evening(0), evening(9));
  const Session one{0, span(evening(1), evening(1, 60)), 2, 0};
  const Session two{0, span(evening(2), evening(2, 60)), 3, 1};
  std::vector<Session> stored;
  {
    const auto regroup = catalogue().open_regroup(1, {});
    regroup->replace({}, std::vector{two, one});
    stored = regroup->sessions(all);
    regroup->commit({});
  }
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0].span, one.span) << "ascending";
  EXPECT_EQ(stored[1].duplicate_times, 1);
  EXPECT_NE(stored[0].id, stored[1].id);

  const Session moved{stored[1].id, span(evening(2), evening(3)), 9, 0};
  const Session fresh{0, span(evening(1, 1), evening(1, 2)), 1, 0};
  const auto regroup = catalogue().open_regroup(1, {});
  regroup->replace(stored, std::vector{fresh, moved});
  const std::vector<Session> after = regroup->sessions(all);
  ASSERT_EQ(after.size(), 2U);
  EXPECT_GT(after[0].id, std::max(stored[0].id, stored[1].id));
  EXPECT_EQ(after[1], moved);
}

TEST_P(CatalogueConformance, GivesTheSessionsThatOverlapAWindow) {
  const auto regroup = catalogue().open_regroup(1, {});
  regroup->replace({}, std::vector{Session{0, span(evening(1), evening(1, 60)), 2, 0},
                                   Session{0, span(evening(2), evening(2, 60)), 2, 0},
                                   Session{0, span(evening(3), evening(3, 60)), 2, 0}});
  const auto number = [&](std::int64_t start, std::int64_t end) {
    return regroup->sessions(span(start, end)).size();
  };
  EXPECT_EQ(number(evening(1, 60), evening(2)), 2U) << "both ends belong";
  EXPECT_EQ(number(evening(2, 10), evening(2, 20)), 1U) << "within one";
  EXPECT_EQ(number(evening(1, 61), evening(1, 99)), 0U);
  EXPECT_EQ(number(evening(0), evening(0, 1)), 0U);
  EXPECT_EQ(number(evening(0), evening(9)), 3U);
}

TEST_P(CatalogueConformance, ARegroupThatIsDroppedChangesNothing) {
  catalogue().open_regroup(1, {})->replace(
      {}, std::vector{Session{0, span(evening(1), evening(1, 60)), 2, 0}});
  EXPECT_THAT(read_view(catalogue(), {View::sessions, {}, {}}).rows, IsEmpty());
}

TEST_P(CatalogueConformance, AddsUpFoldersAndSessions) {
  sync(catalogue(), 1,
       {{"a/",
         {{"1.jpg", {evening(2), 10}}, {"2.jpg", {evening(1), 20}}, {"3.jpg", {evening(3), 40}}}},
        {"b/", {{"odd.jpg", {{}, 80}}}}});
  sync(catalogue(), 1,
       {{"a/", {{"1.jpg", {evening(2), 10}}, {"2.jpg", {evening(1), 20}}}},
        {"b/", {{"odd.jpg", {{}, 80}}}}});
  sync(catalogue(), 2, k_two_nights);

  const auto regroup = catalogue().open_regroup(1, {});
  EXPECT_EQ(regroup->folder_totals(),
            (FolderTotals{3, 110, 1, 1, wall(evening(1)), wall(evening(2))}));
  EXPECT_EQ(regroup->session_totals().sessions, 0);
  regroup->replace({}, std::vector{Session{0, span(evening(1), evening(1)), 1, 3},
                                   Session{0, span(evening(2), evening(2)), 1, 4}});
  EXPECT_EQ(regroup->session_totals().sessions, 2);
  EXPECT_EQ(regroup->session_totals().duplicate_times, 7);
}

TEST_P(CatalogueConformance, AnEmptyDeploymentAddsUpToNothing) {
  const auto regroup = catalogue().open_regroup(1, {});
  EXPECT_EQ(regroup->folder_totals(), FolderTotals{});
  EXPECT_EQ(regroup->session_totals().sessions, 0);
}

TEST_P(CatalogueConformance, DirtyMarksAreEnoughToKeepSessionsRight) {
  CaptureTree tree = k_two_nights;
  tree["b/"] = {{"1.jpg", {evening(1, 30)}}, {"2.jpg", {evening(4)}}};
  sync(catalogue(), 1, tree);
  regroup(catalogue(), 1);

  tree["b/"]["3.jpg"] = {evening(4, 119)};
  tree["a/"].erase("2.jpg");
  tree["a/"]["3.jpg"] = {evening(1, 149)};
  sync(catalogue(), 1, tree);
  regroup(catalogue(), 1);

  sync(catalogue(), 2, tree);
  regroup(catalogue(), 2);
  const auto sessions = [&](std::int64_t id) {
    return read_view(catalogue(), {View::sessions, id, {}}).without({"id", "deployment_id"});
  };
  EXPECT_EQ(sessions(1), sessions(2));
  EXPECT_EQ(sessions(1).rows.size(), 3U);
}

} // namespace
} // namespace nightshift::tests

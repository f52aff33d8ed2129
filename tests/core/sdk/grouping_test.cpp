// SPDX-License-Identifier: Apache-2.0

#include "core/base/time.hpp"
#include "tests/support/oracle.hpp"

#include <nightshift/grouping.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace nightshift {
namespace {

using std::chrono::seconds;

WallTime at(std::int64_t time) {
  return WallTime{seconds{time}};
}

TimeSpan span_of(std::int64_t start, std::int64_t end) {
  return {at(start), at(end)};
}

WallTime parse_wall(const std::string& text) {
  return WallTime{
      std::chrono::floor<seconds>(parse_utc(text + ".000000Z").value()).time_since_epoch()};
}

seconds of_minutes(const Json& minutes) {
  return std::chrono::round<seconds>(std::chrono::duration<double, std::ratio<60>>(minutes));
}

std::vector<Grouper::Group> groups_of(std::vector<WallTime> times, const GroupingRule& rule) {
  std::sort(times.begin(), times.end());
  std::vector<Grouper::Group> groups;
  Grouper grouper(rule);
  for (const WallTime time : times) {
    if (const auto group = grouper.add(time)) {
      groups.push_back(*group);
    }
  }
  if (const auto group = grouper.finish()) {
    groups.push_back(*group);
  }
  return groups;
}

// Antenna takes the times in any order and sorts them; so does whoever feeds the grouper. It
// begins with an empty group for no times at all and for a gap of 0, which its callers ignore; the
// grouper never gives an empty group.
TEST(Grouper, AgreesWithAntenna) {
  for (const Json& row : tests::read_oracle_jsonl("group_by_gap_public.jsonl")) {
    std::vector<WallTime> times;
    for (const std::string text : row.at("timestamps")) {
      times.push_back(parse_wall(text));
    }
    GroupingRule rule;
    rule.max_gap = of_minutes(row.at("gap_minutes"));
    const Json& longest = row.at("max_duration_minutes");
    rule.max_session = longest.is_null() ? std::nullopt : std::optional(of_minutes(longest));
    std::vector<std::pair<TimeSpan, std::int64_t>> expected;
    for (const Json& group : row.at("groups")) {
      if (!group.empty()) {
        expected.emplace_back(TimeSpan{parse_wall(group.front()), parse_wall(group.back())},
                              group.size());
      }
    }
    std::vector<std::pair<TimeSpan, std::int64_t>> actual;
    for (const Grouper::Group& group : groups_of(times, rule)) {
      actual.emplace_back(group.span, group.captures);
    }
    EXPECT_EQ(actual, expected) << row.at("name");
  }
}

TEST(Grouper, CountsEachTimeThatSeveralCapturesShareOnce) {
  Grouper grouper({seconds{100}, std::nullopt});
  grouper.add(at(0));
  grouper.add(at(0));
  grouper.add(at(0), 5);
  grouper.add(at(10), 2);
  grouper.add(at(20));
  EXPECT_EQ(grouper.finish(), (Grouper::Group{span_of(0, 20), 10, 2}));
  EXPECT_EQ(grouper.finish(), std::nullopt);
}

TEST(Fragments, AreOneFoldersTimesSplitAtGapsOnly) {
  std::vector<std::int64_t> times{500, 0, 90, 500, 0, 180};
  EXPECT_EQ(fragments_of(7, times, seconds{100}),
            (std::vector<Fragment>{{7, span_of(0, 180), 4, 1}, {7, span_of(500, 500), 2, 1}}));
  std::vector<std::int64_t> none;
  EXPECT_TRUE(fragments_of(7, none, seconds{100}).empty());
}

TEST(Chains, JoinFragmentsOfFoldersAcrossShorterGaps) {
  const std::vector<Fragment> fragments{
      {1, span_of(0, 100), 3, 1}, {2, span_of(199, 250), 2, 0}, {1, span_of(350, 400), 4, 0}};
  const std::vector<Chain> chains = chains_of(fragments, seconds{100});
  ASSERT_EQ(chains.size(), 2U);
  EXPECT_EQ(chains[0].span, span_of(0, 250));
  EXPECT_EQ(chains[0].captures, 5);
  EXPECT_EQ(chains[0].duplicate_times, 1);
  EXPECT_FALSE(chains[0].overlapping);
  EXPECT_EQ(chains[1].span, span_of(350, 400));
}

TEST(Chains, KnowWhetherTheirFragmentsTellTheirSessions) {
  const GroupingRule rule{seconds{100}, seconds{300}};
  const auto needs_times = [&](std::vector<Fragment> fragments) {
    return chains_of(fragments, rule.max_gap).front().needs_times(rule);
  };
  EXPECT_FALSE(needs_times({{1, span_of(0, 300), 3, 0}})) << "exactly the maximum";
  EXPECT_TRUE(needs_times({{1, span_of(0, 301), 3, 0}}));
  EXPECT_FALSE(needs_times({{1, span_of(0, 99), 3, 0}, {2, span_of(100, 150), 3, 0}}));
  EXPECT_TRUE(needs_times({{1, span_of(0, 100), 3, 0}, {2, span_of(100, 150), 3, 0}}))
      << "both have captures at 100";
  EXPECT_TRUE(needs_times({{1, span_of(0, 200), 3, 0}, {2, span_of(50, 60), 3, 0}}))
      << "one within the other";
}

// What the deployment cache rests on: through fragments and chains comes the same as directly.
TEST(Chains, GroupAsTheTimesThemselvesWithoutAMaximum) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const GroupingRule rule{seconds{10 + random() % 100}, std::nullopt};
    std::vector<Fragment> fragments;
    std::vector<WallTime> all;
    for (std::int64_t folder = 0; folder < 3; ++folder) {
      std::vector<std::int64_t> times(random() % 30);
      std::generate(times.begin(), times.end(), [&] { return random() % 3000; });
      std::transform(times.begin(), times.end(), std::back_inserter(all), at);
      const auto of_folder = fragments_of(folder, times, rule.max_gap);
      fragments.insert(fragments.end(), of_folder.begin(), of_folder.end());
    }
    std::sort(fragments.begin(), fragments.end(),
              [](const Fragment& a, const Fragment& b) { return a.span.start < b.span.start; });
    std::vector<std::pair<TimeSpan, std::int64_t>> from_chains;
    for (const Chain& chain : chains_of(fragments, rule.max_gap)) {
      from_chains.emplace_back(chain.span, chain.captures);
    }
    std::vector<std::pair<TimeSpan, std::int64_t>> from_times;
    for (const Grouper::Group& group : groups_of(all, rule)) {
      from_times.emplace_back(group.span, group.captures);
    }
    ASSERT_EQ(from_chains, from_times);
  }
}

TEST(GroupingRule, ComesFromAJobsParameters) {
  const auto rule_of = [](const Value& given) {
    Diagnostics diagnostics;
    return grouping_rule(Parameters(given, grouping_parameters(), "params", diagnostics));
  };
  EXPECT_EQ(rule_of({}), GroupingRule{});
  EXPECT_EQ(rule_of(Value::Map{{"max_gap", {}, "30min"}, {"max_session", {}, "12h"}}),
            (GroupingRule{seconds{1800}, seconds{43'200}}));
  EXPECT_EQ(rule_of(Value::Map{{"max_session", {}, "0"}}).max_session, std::nullopt);
  EXPECT_EQ(grouping_rule(Parameters()), GroupingRule{}) << "where nothing declares it";
}

TEST(Sessions, BelongToTheEveningBefore) {
  const auto night = [](const char* start) {
    Session session;
    session.span = {parse_wall(start), parse_wall(start)};
    return wall_text(night_of(session)).substr(0, 10);
  };
  EXPECT_EQ(night("2023-08-01T20:00:00"), "2023-08-01");
  EXPECT_EQ(night("2023-08-02T00:30:00"), "2023-08-01");
  EXPECT_EQ(night("2023-08-02T11:59:59"), "2023-08-01");
  EXPECT_EQ(night("2023-08-02T12:00:00"), "2023-08-02");
}

} // namespace
} // namespace nightshift

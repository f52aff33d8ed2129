// SPDX-License-Identifier: Apache-2.0

#include "plugins/update_deployment_cache/regroup_sessions.hpp"
#include "tests/plugins/update_deployment_cache/fake_regroup.hpp"

#include <nightshift/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

namespace nightshift::update_deployment_cache {
namespace {

using std::chrono::seconds;

constexpr GroupingRule k_rule{seconds{100}, seconds{1000}};

RegroupCounts regroup(FakeRegroup& catalogue, const GroupingRule& rule = k_rule) {
  const RegroupCounts counts = regroup_sessions(catalogue, rule, [](std::size_t, std::size_t) {});
  catalogue.commit({});
  return counts;
}

std::vector<Session> without_ids(std::vector<Session> sessions) {
  for (Session& session : sessions) {
    session.id = 0;
  }
  return sessions;
}

std::int64_t id_at(const FakeRegroup& catalogue, std::int64_t time) {
  for (const Session& session : catalogue.all_sessions()) {
    if (session.span.start <= at(time) && at(time) <= session.span.end) {
      return session.id;
    }
  }
  return 0;
}

void add_every(FakeRegroup& catalogue, std::int64_t folder, std::int64_t from, std::int64_t to,
               std::int64_t step) {
  for (std::int64_t time = from; time <= to; time += step) {
    catalogue.add(folder, time);
  }
}

TEST(RegroupSessions, JoinsFoldersThatHangTogether) {
  FakeRegroup catalogue(k_rule);
  add_every(catalogue, 1, 0, 200, 50);
  add_every(catalogue, 2, 299, 400, 50); // 99 s after the other
  add_every(catalogue, 3, 499, 600, 50); // 100 s after 399: exactly the gap splits
  const RegroupCounts counts = regroup(catalogue);
  EXPECT_EQ(catalogue.all_sessions(),
            (std::vector<Session>{{1, span_of(0, 399), 8, 0}, {2, span_of(499, 599), 3, 0}}));
  EXPECT_EQ(counts, (RegroupCounts{2, 11}));
  EXPECT_TRUE(catalogue.times_asked.empty()) << "the fragments tell it all";
}

TEST(RegroupSessions, ReadsTimesWhereFoldersOverlap) {
  FakeRegroup catalogue(k_rule);
  add_every(catalogue, 1, 0, 100, 50);
  add_every(catalogue, 2, 100, 200, 50); // 100 is in both
  regroup(catalogue);
  EXPECT_EQ(catalogue.all_sessions(), (std::vector<Session>{{1, span_of(0, 200), 6, 1}}));
  EXPECT_EQ(catalogue.times_asked, std::vector<TimeSpan>{span_of(0, 200)});
}

TEST(RegroupSessions, SplitsWhatIsLongerThanASessionMayBe) {
  FakeRegroup catalogue(k_rule);
  add_every(catalogue, 1, 0, 2100, 50);
  regroup(catalogue);
  EXPECT_EQ(catalogue.all_sessions(), (std::vector<Session>{{1, span_of(0, 1000), 21, 0},
                                                            {2, span_of(1050, 2050), 21, 0},
                                                            {3, span_of(2100, 2100), 1, 0}}));
}

TEST(RegroupSessions, TouchesOnlyWhatHangsTogetherWithTheChange) {
  FakeRegroup catalogue(k_rule);
  for (std::int64_t night = 0; night < 100; ++night) {
    add_every(catalogue, night, night * 5000, night * 5000 + 400, 50);
  }
  EXPECT_EQ(regroup(catalogue), (RegroupCounts{100, 900}));
  catalogue.replaced = 0;
  catalogue.add(50, 50 * 5000 + 450);
  EXPECT_EQ(regroup(catalogue), (RegroupCounts{1, 10}));
  EXPECT_EQ(catalogue.replaced, 1);
}

TEST(RegroupSessions, LeavesAloneWhatIsExactlyTheGapAway) {
  FakeRegroup catalogue(k_rule);
  for (const std::int64_t time : {0, 100, 200}) {
    catalogue.add(1, time);
  }
  regroup(catalogue);
  catalogue.add(2, 100);
  EXPECT_EQ(regroup(catalogue), (RegroupCounts{1, 2}));
}

// Nothing but the old session says that the two belong together.
TEST(RegroupSessions, TakesApartASessionThatReachesBeyondTheChange) {
  for (const TimeSpan& change : {span_of(-500, 50), span_of(850, 1400)}) {
    FakeRegroup catalogue(k_rule);
    add_every(catalogue, 1, 0, 100, 50);
    add_every(catalogue, 1, 800, 900, 50);
    catalogue.commit({});
    catalogue.put_sessions({{7, span_of(0, 900), 6, 0}});
    catalogue.mark_dirty(change);
    regroup(catalogue);
    EXPECT_EQ(without_ids(catalogue.all_sessions()), catalogue.sessions_from_scratch());
  }
}

TEST(RegroupSessions, DoesNothingWithoutAChange) {
  FakeRegroup catalogue(k_rule);
  add_every(catalogue, 1, 0, 400, 50);
  regroup(catalogue);
  catalogue.replaced = 0;
  EXPECT_EQ(regroup(catalogue), RegroupCounts{});
  EXPECT_EQ(catalogue.replaced, 0);
}

TEST(RegroupSessions, CountsButDoesNotReplaceWhatComesOutTheSame) {
  FakeRegroup catalogue(k_rule);
  add_every(catalogue, 1, 0, 400, 50);
  regroup(catalogue);
  catalogue.replaced = 0;
  catalogue.mark_dirty(span_of(100, 100));
  EXPECT_EQ(regroup(catalogue), (RegroupCounts{1, 9}));
  EXPECT_EQ(catalogue.replaced, 0);
}

TEST(RegroupSessions, DeletesSessionsWhoseCapturesAreAllGone) {
  FakeRegroup catalogue(k_rule);
  catalogue.add(1, 0);
  catalogue.add(1, 50);
  catalogue.add(1, 5000);
  regroup(catalogue);
  ASSERT_EQ(catalogue.all_sessions().size(), 2U);
  catalogue.remove(1, 0);
  catalogue.remove(1, 50);
  EXPECT_EQ(regroup(catalogue), RegroupCounts{});
  EXPECT_EQ(catalogue.all_sessions(), (std::vector<Session>{{2, span_of(5000, 5000), 1, 0}}));
}

TEST(RegroupSessions, GroupsAllTimeAnewUnderAnotherRule) {
  FakeRegroup catalogue({seconds{10'000}, std::nullopt});
  add_every(catalogue, 1, 0, 200, 50);
  catalogue.add(1, 5000);
  catalogue.put_sessions({{7, span_of(0, 200), 5, 0}, {8, span_of(5000, 5000), 1, 0}});
  catalogue.mark_dirty({WallTime::min(), WallTime::max()});
  regroup(catalogue, {seconds{10'000}, std::nullopt});
  EXPECT_EQ(catalogue.all_sessions(), (std::vector<Session>{{7, span_of(0, 5000), 6, 0}}));
}

TEST(RegroupSessions, KeepsTheIdOfASessionThatGrows) {
  FakeRegroup catalogue(k_rule);
  add_every(catalogue, 1, 0, 200, 50);
  regroup(catalogue);
  catalogue.put_sessions({{42, span_of(0, 200), 5, 0}});
  add_every(catalogue, 2, 250, 400, 50);
  add_every(catalogue, 3, -150, -50, 50);
  regroup(catalogue);
  EXPECT_EQ(catalogue.all_sessions(), (std::vector<Session>{{42, span_of(-150, 400), 12, 0}}));
}

TEST(RegroupSessions, GivesTheIdToTheLargestPieceOfASplit) {
  FakeRegroup catalogue(k_rule);
  add_every(catalogue, 1, 0, 900, 50);
  regroup(catalogue);
  for (const std::int64_t gone : {250, 300}) {
    catalogue.remove(1, gone);
  }
  regroup(catalogue);
  ASSERT_EQ(catalogue.all_sessions().size(), 2U);
  EXPECT_EQ(id_at(catalogue, 400), 1);
  EXPECT_EQ(id_at(catalogue, 0), 2);
}

TEST(RegroupSessions, KeepsTheIdOfTheLargestPartOfAMerger) {
  FakeRegroup catalogue(k_rule);
  add_every(catalogue, 1, 0, 100, 50);
  add_every(catalogue, 1, 250, 500, 50);
  regroup(catalogue);
  ASSERT_EQ(id_at(catalogue, 250), 2);
  catalogue.add(1, 175);
  regroup(catalogue);
  EXPECT_EQ(catalogue.all_sessions(), (std::vector<Session>{{2, span_of(0, 500), 10, 0}}));
}

TEST(RegroupSessions, StopsWhereItIsToldTo) {
  FakeRegroup catalogue(k_rule);
  catalogue.add(1, 0);
  catalogue.add(1, 5000);
  const auto stop_at_second = [](std::size_t window, std::size_t windows) {
    EXPECT_EQ(windows, 2U);
    if (window == 1) {
      throw cancelled_error();
    }
  };
  EXPECT_THROW((void)regroup_sessions(catalogue, k_rule, stop_at_second), JobError);
  EXPECT_EQ(catalogue.all_sessions().size(), 1U);
}

struct Random {
  std::mt19937 engine;

  std::int64_t below(std::int64_t end) {
    return std::uniform_int_distribution<std::int64_t>(0, end - 1)(engine);
  }
};

class RegroupAtRandom : public testing::TestWithParam<unsigned> {};

// However it came about, the sessions are those of the captures that are there. Dense enough for
// chains over many folders and sessions cut at the maximum, sparse enough for gaps.
TEST_P(RegroupAtRandom, EndsAsFromScratch) {
  Random random{std::mt19937(GetParam())};
  const GroupingRule rule{seconds{20 + random.below(200)},
                          random.below(4) == 0 ? std::nullopt
                                               : std::optional(seconds{200 + random.below(2000)})};
  FakeRegroup catalogue(rule);
  std::vector<std::pair<std::int64_t, std::int64_t>> captures;
  const std::int64_t range = 5000 + random.below(50'000);
  for (int round = 0; round < 30; ++round) {
    const std::int64_t centre = random.below(range);
    for (std::int64_t changes = 1 + random.below(20); changes > 0; --changes) {
      if (!captures.empty() && random.below(3) == 0) {
        const auto which = captures.begin() + random.below(static_cast<int>(captures.size()));
        catalogue.remove(which->first, which->second);
        captures.erase(which);
      } else {
        const std::int64_t time =
            random.below(2) == 0 ? random.below(range) : centre + random.below(500);
        captures.emplace_back(random.below(5), time);
        catalogue.add(captures.back().first, captures.back().second);
      }
    }
    regroup(catalogue, rule);
    ASSERT_EQ(without_ids(catalogue.all_sessions()), catalogue.sessions_from_scratch())
        << "in round " << round;
  }
}

// The same captures in any order, in any folders, at once or one by one.
TEST_P(RegroupAtRandom, DoesNotDependOnOrderOrFolders) {
  Random random{std::mt19937(GetParam())};
  std::vector<std::int64_t> times(100);
  std::generate(times.begin(), times.end(), [&] { return random.below(8000); });
  FakeRegroup at_once(k_rule);
  for (const std::int64_t time : times) {
    at_once.add(1, time);
  }
  regroup(at_once);
  std::shuffle(times.begin(), times.end(), random.engine);
  FakeRegroup one_by_one(k_rule);
  for (const std::int64_t time : times) {
    one_by_one.add(random.below(4), time);
    regroup(one_by_one);
  }
  EXPECT_EQ(without_ids(one_by_one.all_sessions()), without_ids(at_once.all_sessions()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RegroupAtRandom, testing::Range(0U, 60U));

} // namespace
} // namespace nightshift::update_deployment_cache

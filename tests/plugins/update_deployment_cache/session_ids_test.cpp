// SPDX-License-Identifier: Apache-2.0

#include "plugins/update_deployment_cache/session_ids.hpp"
#include "tests/plugins/update_deployment_cache/fake_regroup.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace nightshift::update_deployment_cache {
namespace {

// One capture a second.
constexpr auto by_seconds = [](const TimeSpan& span) -> std::int64_t {
  return (span.end - span.start).count() + 1;
};

constexpr auto must_not_ask = [](const TimeSpan& /*span*/) -> std::int64_t {
  ADD_FAILURE() << "captures were counted without need";
  return 0;
};

Session session(std::int64_t id, std::int64_t start, std::int64_t end) {
  return {id, span_of(start, end), end - start + 1, 0};
}

using Ids = std::vector<std::int64_t>;

Ids hand_down(const std::vector<Session>& before, std::vector<Session> after,
              FunctionRef<std::int64_t(const TimeSpan&)> captures_in) {
  hand_down_ids(before, after, captures_in);
  Ids ids;
  for (const Session& s : after) {
    ids.push_back(s.id);
  }
  return ids;
}

TEST(SessionIds, StayWithoutCountingWhereNothingWasSplitOrMerged) {
  EXPECT_EQ(hand_down({session(7, 0, 9), session(8, 20, 29), session(9, 40, 49)},
                      {session(0, 0, 15), session(0, 25, 29), session(0, 38, 44)}, must_not_ask),
            (Ids{7, 8, 9}));
}

TEST(SessionIds, AreNewWhereThereWasNothing) {
  EXPECT_EQ(hand_down({}, {session(0, 0, 9)}, must_not_ask), (Ids{0}));
  EXPECT_EQ(hand_down({session(7, 0, 9)}, {session(0, 10, 19)}, must_not_ask), (Ids{0}));
  EXPECT_EQ(hand_down({session(7, 0, 9)}, {}, must_not_ask), (Ids{}));
}

TEST(SessionIds, GoToTheLargestPieceOfASplit) {
  EXPECT_EQ(hand_down({session(7, 0, 99)}, {session(0, 0, 39), session(0, 50, 99)}, by_seconds),
            (Ids{0, 7}));
}

TEST(SessionIds, GoToTheEarliestOfEqualPieces) {
  EXPECT_EQ(hand_down({session(7, 0, 99)}, {session(0, 0, 39), session(0, 60, 99)}, by_seconds),
            (Ids{7, 0}));
}

TEST(SessionIds, OfTheLargestPartOfAMergerStay) {
  EXPECT_EQ(hand_down({session(7, 0, 39), session(8, 50, 99)}, {session(0, 0, 99)}, by_seconds),
            (Ids{8}));
  EXPECT_EQ(hand_down({session(7, 0, 39), session(8, 60, 99)}, {session(0, 0, 99)}, by_seconds),
            (Ids{7}));
}

TEST(SessionIds, AreGivenOnceAndOneToASession) {
  // 8 overlaps both new sessions; the first takes 7, which it shares more with.
  EXPECT_EQ(hand_down({session(7, 0, 59), session(8, 70, 99)},
                      {session(0, 0, 79), session(0, 85, 99)}, by_seconds),
            (Ids{7, 8}));
  // The largest overlap chooses first: 8 goes to the second, and 7 to the first all the same.
  EXPECT_EQ(hand_down({session(7, 0, 9), session(8, 20, 99)},
                      {session(0, 0, 39), session(0, 50, 99)}, by_seconds),
            (Ids{7, 8}));
}

// An old session that lies in the middle of a new one may share no capture with it.
TEST(SessionIds, AreNotHandedToASessionWithoutACommonCapture) {
  EXPECT_EQ(hand_down({session(7, 40, 50)}, {session(0, 0, 99)},
                      [](const TimeSpan&) -> std::int64_t { return 0; }),
            (Ids{0}));
}

} // namespace
} // namespace nightshift::update_deployment_cache

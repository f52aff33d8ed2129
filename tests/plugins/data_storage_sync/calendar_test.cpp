// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/calendar.hpp"

#include <gtest/gtest.h>

namespace nightshift::data_storage_sync {
namespace {

TEST(Calendar, CountsSecondsOfTheWallClock) {
  EXPECT_EQ(seconds_of({1970, 1, 1, 0, 0, 0}), 0);
  EXPECT_EQ(seconds_of({1969, 12, 31, 23, 59, 59}), -1);
  EXPECT_EQ(seconds_of({2023, 8, 1, 2, 30, 1}), 1690857001);
  EXPECT_EQ(seconds_of({1, 1, 1, 0, 0, 0}), -62135596800);
  EXPECT_EQ(seconds_of({9999, 12, 31, 23, 59, 59}), 253402300799);
}

TEST(Calendar, KnowsLeapYears) {
  EXPECT_TRUE(seconds_of({2024, 2, 29}));
  EXPECT_TRUE(seconds_of({2000, 2, 29}));
  EXPECT_FALSE(seconds_of({2023, 2, 29}));
  EXPECT_FALSE(seconds_of({1900, 2, 29}));
}

TEST(Calendar, RefusesWhatIsOnNoCalendarOrClock) {
  for (const DateTimeFields& fields : {DateTimeFields{0, 8, 1},
                                       {10000, 8, 1},
                                       {2023, 0, 1},
                                       {2023, 13, 1},
                                       {2023, 8, 0},
                                       {2023, 8, 32},
                                       {2023, 4, 31},
                                       {2023, 8, 1, 24},
                                       {2023, 8, 1, 2, 60},
                                       {2023, 8, 1, 23, 59, 60}}) {
    EXPECT_FALSE(seconds_of(fields))
        << fields.year << '-' << fields.month << '-' << fields.day << ' ' << fields.hour << ':'
        << fields.minute << ':' << fields.second;
  }
}

} // namespace
} // namespace nightshift::data_storage_sync

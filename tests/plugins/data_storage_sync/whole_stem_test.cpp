// SPDX-License-Identifier: Apache-2.0

#include "core/base/time.hpp"
#include "plugins/data_storage_sync/whole_stem.hpp"

#include <gtest/gtest.h>

namespace nightshift::data_storage_sync {
namespace {

class WholeStems : public testing::TestWithParam<const char*> {};

TEST_P(WholeStems, AreReadToTheMinute) {
  const CaptureTime time = parse_whole_stem(GetParam());
  ASSERT_TRUE(time.dated()) << to_string(time.source);
  EXPECT_EQ(wall_text(time.wall_time()), "2023-08-01T02:30:00");
}

INSTANTIATE_TEST_SUITE_P(Forms, WholeStems,
                         testing::Values("2023-08-01T0230", "2023-08-01 0230", "2023-08-01-0230",
                                         "2023-08-01t0230", "20230801T0230", "20230801 0230",
                                         "20230801-0230", "202308010230", "2023-08-01T02:30",
                                         "20230801 02:30", "2023-08-01T023000", "20230801T02:30:00",
                                         "2023-08-01 023000.999"));

INSTANTIATE_TEST_SUITE_P(ZonesAreDropped, WholeStems,
                         testing::Values("2023-08-01T0230Z", "2023-08-01T02:30z", "20230801T0230Z",
                                         "202308010230Z", "2023-08-01T023000Z",
                                         "2023-08-01T0230+0530", "2023-08-01T0230-05:30",
                                         "2023-08-01T0230+05", "202308010230+2359"));

class NoWholeStems : public testing::TestWithParam<const char*> {};

TEST_P(NoWholeStems, AreNotRead) {
  EXPECT_FALSE(parse_whole_stem(GetParam()).dated()) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(
    Near, NoWholeStems,
    testing::Values("", "2023", "2023-08-01", "2023-08-01T", "2023-08-01T0", "2023-08-01T02",
                    "2023-08-01T023", "2023-08-01T02:3", "2023-08-01T02300", "2023-08-01T02:30:",
                    "2023-08-01T02:30:0", "2023-08-01T023000.", "2023-08-01T0230.5",
                    "2023-0801T0230", "202308-01T0230", "2023-8-1T0230", "2023-08-010230",
                    "2023080102:30", "2023-08-01T0230 Z", "2023-08-01T0230ZZ", "2023-08-01T0230+5",
                    "2023-08-01T0230+05:", "2023-08-01T0230+24", "2023-08-01T0230+05:60",
                    "2023-08-01T0230+", "x2023-08-01T0230", " 2023-08-01T0230", "2023-08-01T0230 ",
                    "2023_08_01T0230", "2023-08-01_0230", "2023-08-01 02-30", "2023-08-01 02.30"));

TEST(WholeStem, TellsOfDatesThatAreOnNoCalendar) {
  for (const char* stem : {"2023-13-01T0230", "2023-02-29T0230", "20230832T0230", "202308012400",
                           "2023-08-01T0260", "2023-08-01T023060", "0000-08-01T0230"}) {
    EXPECT_EQ(parse_whole_stem(stem).source, TimeSource::invalid) << stem;
  }
}

TEST(WholeStem, SaysWhetherTheDigitsStandAlone) {
  EXPECT_EQ(parse_whole_stem("202308010230").source, TimeSource::digits_12_yyyy);
  EXPECT_EQ(parse_whole_stem("20230801T0230").source, TimeSource::iso);
}

} // namespace
} // namespace nightshift::data_storage_sync

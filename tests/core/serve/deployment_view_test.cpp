// SPDX-License-Identifier: Apache-2.0

#include "core/serve/charts.hpp"
#include "core/serve/deployment_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift::serve {
namespace {

using testing::HasSubstr;
using testing::Not;

// Hours since 1970 of an hour of 2024-06-<day>.
std::int64_t june(int day, int hour) {
  const std::chrono::sys_days date = std::chrono::year(2024) / 6 / day;
  return date.time_since_epoch().count() * std::int64_t{24} + hour;
}

TEST(Activity, ANightGoesFromNoonToNoon) {
  const Activity activity = to_activity({{june(1, 11), 1},
                                         {june(1, 12), 2},
                                         {june(1, 23), 3},
                                         {june(2, 0), 4},
                                         {june(2, 11), 5},
                                         {june(2, 12), 6}});
  ASSERT_EQ(activity.nights.size(), 3U);
  EXPECT_EQ(date_text(activity.nights[0].date), "2024-05-31");
  EXPECT_EQ(activity.nights[0].hours[23], 1);
  EXPECT_EQ(date_text(activity.nights[1].date), "2024-06-01");
  EXPECT_EQ(activity.nights[1].hours[0], 2);
  EXPECT_EQ(activity.nights[1].hours[11], 3);
  EXPECT_EQ(activity.nights[1].hours[12], 4);
  EXPECT_EQ(activity.nights[1].hours[23], 5);
  EXPECT_EQ(activity.nights[1].captures, 14);
  EXPECT_EQ(activity.nights[2].captures, 6);
}

TEST(Activity, BeforeTheEpochNightsAreTheSame) {
  const Activity activity = to_activity({{-13, 1}, {-12, 2}, {-1, 3}});
  ASSERT_EQ(activity.nights.size(), 2U);
  EXPECT_EQ(date_text(activity.nights[0].date), "1969-12-30");
  EXPECT_EQ(activity.nights[0].hours[23], 1);
  EXPECT_EQ(activity.nights[1].captures, 5);
}

TEST(Activity, GapsAreNightsWithoutCaptures) {
  const Activity activity =
      to_activity({{june(1, 22), 1}, {june(2, 22), 1}, {june(6, 22), 1}, {june(8, 22), 1}});
  EXPECT_EQ(activity.span(), 8);
  const std::vector<Activity::Gap> gaps = activity.gaps();
  ASSERT_EQ(gaps.size(), 2U);
  EXPECT_EQ(date_text(gaps[0].first), "2024-06-03");
  EXPECT_EQ(date_text(gaps[0].last), "2024-06-05");
  EXPECT_EQ(gaps[1].first, gaps[1].last);
  EXPECT_EQ(to_document(activity)["gaps"][0]["nights"], 3);
}

TEST(HeatMap, HasACellForEachHourOfEachNightWithCaptures) {
  const Activity activity = to_activity({{june(1, 22), 1234}, {june(3, 2), 5}});
  const std::string svg = heat_map_svg(activity);
  EXPECT_THAT(svg, HasSubstr("data-night=\"2024-06-01\" data-hour=\"22\" data-captures=\"1234\""));
  EXPECT_THAT(svg, HasSubstr("data-night=\"2024-06-02\" data-hour=\"2\" data-captures=\"5\""));
  EXPECT_THAT(svg, HasSubstr("data-night=\"2024-06-02\" data-hour=\"3\" data-captures=\"0\""));
  EXPECT_THAT(svg, HasSubstr("1,234 captures</title>"));
}

TEST(HeatMap, TheBusiestHourIsTheDarkestAndOneCaptureIsSeen) {
  const std::string svg = heat_map_svg(to_activity({{june(1, 22), 1'000'000}, {june(1, 23), 1}}));
  EXPECT_THAT(svg, HasSubstr("<rect class=\"s5\""));
  EXPECT_THAT(svg, HasSubstr("<rect class=\"s1\""));
}

TEST(NightsChart, MarksGapsAndCutsVeryLongTimesToTheirEnd) {
  const std::string svg = nights_svg(to_activity({{june(1, 22), 1}, {june(4, 22), 3}}));
  EXPECT_THAT(svg, HasSubstr("No captures: 2024-06-02 to 2024-06-03, 2 nights"));
  const std::string cut = nights_svg(to_activity({{-1'000'000, 1}, {june(4, 22), 3}}));
  EXPECT_THAT(cut, HasSubstr("data-night=\"2024-06-04\""));
  EXPECT_THAT(cut, Not(HasSubstr("data-night=\"1855")));
}

TEST(Charts, WithoutCapturesThereIsNone) {
  EXPECT_EQ(heat_map_svg({}), "");
  EXPECT_EQ(nights_svg({}), "");
}

TEST(Html, HoldsNoMarkupOfWhatPeopleWrote) {
  EXPECT_EQ(html("<b>&\"'"), "&lt;b&gt;&amp;&quot;&#39;");
}

} // namespace
} // namespace nightshift::serve

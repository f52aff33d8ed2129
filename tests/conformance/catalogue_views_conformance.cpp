// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/catalogue_conformance.hpp"
#include "tests/support/regroup.hpp"

#include <gmock/gmock.h>

namespace nightshift::tests {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

TEST_P(CatalogueConformance, ShowsCapturesAsTextForPeople) {
  sync(
      catalogue(), 1,
      {{"a/",
        {{"1.jpg", {evening(1), 10, 1'690'923'600'999'999'999, "0123456789abcdef0123456789abcdef"}},
         {"2.jpg", {evening(1, 1), 20, -1, "0123456789ABCDEF0123456789ABCDEF"}},
         {"3.jpg", {std::nullopt, 30, 0, "abc-2"}},
         {"gone.jpg", {evening(1)}}}}});
  sync(
      catalogue(), 1,
      {{"a/",
        {{"1.jpg", {evening(1), 10, 1'690'923'600'999'999'999, "0123456789abcdef0123456789abcdef"}},
         {"2.jpg", {evening(1, 1), 20, -1, "0123456789ABCDEF0123456789ABCDEF"}},
         {"3.jpg", {std::nullopt, 30, 0, "abc-2"}}}}});
  regroup(catalogue(), 1);

  const ViewTable table = read_view(catalogue(), {View::captures, {}, {}});
  const std::string session = read_view(catalogue(), {View::sessions, {}, {}}).rows.at(0).at(0);
  EXPECT_THAT(table.columns, ElementsAre("project_id", "deployment_id", "path", "timestamp", "size",
                                         "last_modified", "checksum", "checksum_algorithm", "state",
                                         "session_id"));
  EXPECT_THAT(table.rows,
              ElementsAre(ElementsAre("7", "1", "a/1.jpg", "2023-08-01T21:00:00", "10",
                                      "2023-08-01T21:00:00Z", "0123456789abcdef0123456789abcdef",
                                      "md5", "present", session),
                          ElementsAre("7", "1", "a/2.jpg", "2023-08-01T21:01:00", "20",
                                      "1969-12-31T23:59:59Z", "0123456789ABCDEF0123456789ABCDEF",
                                      "etag", "present", session),
                          ElementsAre("7", "1", "a/3.jpg", "NULL", "30", "1970-01-01T00:00:00Z",
                                      "abc-2", "etag", "present", "NULL"),
                          ElementsAre("7", "1", "a/gone.jpg", "2023-08-01T21:00:00", "1000",
                                      "2023-08-01T14:26:40Z", "NULL", "NULL", "missing", "NULL")));
}

TEST_P(CatalogueConformance, ShowsSessionsWithTheirNights) {
  sync(catalogue(), 1,
       {{"",
         {{"1.jpg", {evening(1)}},
          {"2.jpg", {evening(1, 90)}},
          {"3.jpg", {evening(1, 240)}}, // 01:00: still the same night
          {"4.jpg", {evening(1, 960)}}}}});
  regroup(catalogue(), 1);
  regroup(catalogue(), 2);

  const ViewTable table = read_view(catalogue(), {View::sessions, {}, {}});
  EXPECT_THAT(table.columns,
              ElementsAre("id", "deployment_id", "night", "start", "end", "captures_count"));
  EXPECT_THAT(
      table.without({"id"}).rows,
      ElementsAre(
          ElementsAre("1", "2023-08-01", "2023-08-01T21:00:00", "2023-08-01T22:30:00", "2"),
          ElementsAre("1", "2023-08-01", "2023-08-02T01:00:00", "2023-08-02T01:00:00", "1"),
          ElementsAre("1", "2023-08-02", "2023-08-02T13:00:00", "2023-08-02T13:00:00", "1")));
}

TEST_P(CatalogueConformance, EachCaptureBelongsToTheSessionAroundItsTime) {
  sync(catalogue(), 1,
       {{"a/", {{"1.jpg", {evening(1)}}, {"2.jpg", {evening(2)}}}},
        {"b/", {{"1.jpg", {evening(2, 1)}}}}});
  sync(catalogue(), 2, {{"a/", {{"1.jpg", {evening(2)}}}}});
  regroup(catalogue(), 1);
  regroup(catalogue(), 2);

  const std::vector<std::string> ids =
      read_view(catalogue(), {View::sessions, {}, {}}).column("id");
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_THAT(read_view(catalogue(), {View::captures, {}, {}}).column("session_id"),
              ElementsAre(ids[0], ids[1], ids[1], ids[2]));

  sync(catalogue(), 1, {{"a/", {{"1.jpg", {evening(1)}}, {"2.jpg", {evening(5), 7}}}}});
  EXPECT_THAT(read_view(catalogue(), {View::captures, 1, {}}).column("session_id"),
              ElementsAre(ids[0], "NULL", "NULL"))
      << "not grouped yet, and missing";
}

TEST_P(CatalogueConformance, ShowsDeploymentsWithSettingsAndCachedFields) {
  Deployment deployment;
  deployment.id = 5;
  deployment.name = "Costa Rica - Restoration";
  deployment.project = {88, "Costa Rica- Labelling"};
  deployment.source = "arbutus";
  deployment.subdir = "restoration";
  deployment.regex = "\\.jpg$";
  deployment.time_zone = "-06:00";
  deployment.latitude = 9.5;
  deployment.longitude = -84.125;
  catalogue().put_deployment(deployment);
  catalogue().open_regroup(5, {})->commit({.captures_count = 1,
                                           .events_count = 2,
                                           .first_capture_timestamp = wall(evening(1)),
                                           .last_capture_timestamp = wall(evening(2)),
                                           .data_source_total_files = 3,
                                           .data_source_total_size = 4,
                                           .missing_count = 5,
                                           .undated_count = 6,
                                           .duplicate_timestamps = 7});

  const ViewTable table = read_view(catalogue(), {View::deployments, 5, {}});
  EXPECT_THAT(table.columns,
              ElementsAre("id", "project_id", "name", "source", "subdir", "regex", "time_zone",
                          "latitude", "longitude", "captures_count", "events_count",
                          "first_capture_timestamp", "last_capture_timestamp",
                          "data_source_total_files", "data_source_total_size", "missing_count",
                          "undated_count", "duplicate_timestamps", "data_source_last_checked"));
  EXPECT_THAT(table.rows,
              ElementsAre(ElementsAre("5", "88", "Costa Rica - Restoration", "arbutus",
                                      "restoration", "\\.jpg$", "-06:00", "9.5", "-84.125", "1",
                                      "2", "2023-08-01T21:00:00", "2023-08-02T21:00:00", "3", "4",
                                      "5", "6", "7", "NULL")));
}

TEST_P(CatalogueConformance, PuttingADeploymentAgainUpdatesItsSettingsOnly) {
  sync(catalogue(), 1, {{"a/", {{"1.jpg", {evening(1)}}}}});
  regroup(catalogue(), 1);
  Deployment renamed;
  renamed.id = 1;
  renamed.name = "renamed";
  renamed.project = {8, "another project"};
  catalogue().put_deployment(renamed);

  const ViewTable table = read_view(catalogue(), {View::deployments, 1, {}});
  EXPECT_THAT(table.column("name"), ElementsAre("renamed"));
  EXPECT_THAT(table.column("project_id"), ElementsAre("8"));
  EXPECT_THAT(table.column("captures_count"), ElementsAre("1"));
  EXPECT_THAT(table.column("latitude"), ElementsAre("NULL"));
  EXPECT_THAT(read_view(catalogue(), {View::captures, 1, {}}).column("project_id"),
              ElementsAre("8"));
}

TEST_P(CatalogueConformance, EveryListingToItsEndIsACheckAndNoOtherIs) {
  const auto checked = [&] {
    return read_view(catalogue(), {View::deployments, 1, {}}).column("data_source_last_checked")[0];
  };
  const char* const time = "2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z";
  catalogue().open_merge(1, {})->merge(part_of("a/", {{"1.jpg", {}}}));
  EXPECT_EQ(checked(), "NULL");
  EXPECT_EQ(error_of([&] {
              MergeRules strict;
              strict.always_allowed_missing = 0;
              sync(catalogue(), 1, {}, strict);
            }).code(),
            "mass_loss");
  EXPECT_EQ(checked(), "NULL");
  MergeRules sample;
  sample.sample = true;
  sync(catalogue(), 1, {}, sample);
  EXPECT_THAT(checked(), MatchesRegex(time));
}

TEST_P(CatalogueConformance, ListsUndatedCapturesWithTheReason) {
  const auto undated = [](TimeSource source) {
    CaptureEntry entry;
    entry.source = source;
    return entry;
  };
  CaptureTree tree{{"a/",
                    {{"1.jpg", undated(TimeSource::none)},
                     {"2.jpg", undated(TimeSource::invalid)},
                     {"3.jpg", undated(TimeSource::date_only)},
                     {"4.jpg", undated(TimeSource::partial)},
                     {"5.jpg", undated(TimeSource::ambiguous)},
                     {"6.jpg", undated(TimeSource::zone)},
                     {"7.jpg", undated(TimeSource::wording)},
                     {"8.jpg", {evening(1)}},
                     {"9.jpg", undated(TimeSource::none)}}}};
  sync(catalogue(), 1, tree);
  tree["a/"].erase("9.jpg");
  sync(catalogue(), 1, tree);

  const ViewTable table = read_view(catalogue(), {View::undated, {}, {}});
  EXPECT_THAT(table.columns, ElementsAre("deployment_id", "path", "reason"));
  EXPECT_THAT(table.column("reason"), ElementsAre("none", "invalid", "date_only", "partial",
                                                  "ambiguous", "zone", "wording"));
  EXPECT_THAT(table.rows.front(), ElementsAre("1", "a/1.jpg", "none"));
}

TEST_P(CatalogueConformance, KeepsEveryByteOfANameAndShowsItPrintable) {
  using namespace std::string_literals;
  const CaptureTree tree{{"b\\c/", {{"\xFF.jpg", {}}, {"a\\.jpg", {}}, {"plain.jpg", {}}}},
                         {"new\nline/", {{"'quote\".jpg", {}}, {"-rf", {}}, {"..x", {}}}},
                         {"\xC3/", {{"\xF0\x9F\xA6\x8B.jpg", {}}, {"\xC3\xA9.jpg", {}}}},
                         {"%s/", {{std::string(255, 'n'), {}}, {"?&#", {}}, {" ", {}}}}};
  sync(catalogue(), 1, tree);

  EXPECT_THAT(read_view(catalogue(), {View::captures, 1, {}}).column("path"),
              ElementsAre("%s/ ", "%s/?&#", "%s/" + std::string(255, 'n'), "b\\\\c/a\\\\.jpg",
                          "b\\\\c/plain.jpg", "b\\\\c/\\xFF.jpg", "new\nline/'quote\".jpg",
                          "new\nline/-rf", "new\nline/..x", "\\xC3/\xC3\xA9.jpg",
                          "\\xC3/\xF0\x9F\xA6\x8B.jpg"));
  EXPECT_EQ(sync(catalogue(), 1, tree).unchanged, 11);
  EXPECT_EQ(sync(catalogue(), 1, {}).missing, 11);
}

TEST_P(CatalogueConformance, ReadsAtMostAsManyRowsAsAskedFor) {
  sync(catalogue(), 1, {{"a/", {{"1.jpg", {}}, {"2.jpg", {}}}}});
  sync(catalogue(), 2, {{"a/", {{"1.jpg", {}}, {"2.jpg", {}}}}});
  EXPECT_EQ(read_view(catalogue(), {View::captures, {}, 3}).rows.size(), 3U);
  EXPECT_EQ(read_view(catalogue(), {View::captures, 2, 1}).rows.size(), 1U);
  EXPECT_EQ(read_view(catalogue(), {View::undated, 2, 9}).rows.size(), 2U);
  EXPECT_EQ(read_view(catalogue(), {View::deployments, {}, 1}).rows.size(), 1U);
  EXPECT_EQ(read_view(catalogue(), {View::captures, {}, 0}).columns.size(), 10U)
      << "the header comes in any case";
}

} // namespace
} // namespace nightshift::tests

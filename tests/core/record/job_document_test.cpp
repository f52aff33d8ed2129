// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_document.hpp"
#include "tests/support/events.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

namespace nightshift {
namespace {

Json seed() {
  return Json::parse(std::ifstream(NIGHTSHIFT_TEST_DATA "/job-1102.json"));
}

// The shape of a document: its keys in their order and the types of its values.
std::string shape_of(const Json& json, const std::string& path = "") {
  if (json.is_object()) {
    std::string shape;
    for (const auto& [key, value] : json.items()) {
      shape += shape_of(value, fmt::format("{}/{}", path, key));
    }
    return shape;
  }
  if (json.is_array()) {
    std::string shape = path + ": array\n";
    for (const Json& item : json) {
      shape += shape_of(item, path + "/*");
    }
    return shape;
  }
  const bool whole = json.is_number_integer();
  return path + ": " + (whole ? "integer" : json.type_name()) + "\n";
}

JobRecord record_like_the_seed() {
  tests::EventScript script(1102);
  JobRecord record;
  const auto take = [&](EventKind kind, const Json& attributes, const std::string& stage = {},
                        const std::string& message = {}) {
    apply(record, script.next(kind, attributes, stage, message));
  };
  take(EventKind::job_created, tests::created_attributes());
  take(EventKind::job_attempt, {{"attempt", 1}});
  take(EventKind::stage_added, tests::stage_attributes("Data storage sync"), "data_storage_sync");
  take(EventKind::stage_added, {{"name", "Update deployment cache"}}, "update_deployment_cache");
  take(EventKind::job_status, {{"status", "STARTED"}});
  for (int i = 0; i < 12; ++i) {
    take(EventKind::log, Json::object(), {}, "line " + std::to_string(i));
  }
  take(EventKind::stage_finished, {{"parameters", {3419}}}, "data_storage_sync");
  take(EventKind::stage_finished, Json::object(), "update_deployment_cache");
  take(EventKind::job_status, {{"status", "SUCCESS"}});
  return record;
}

TEST(JobDocument, HasAntennasKeysInOrderWithItsTypes) {
  Json document = to_document(record_like_the_seed());
  ASSERT_TRUE(document.contains("runner"));
  document.erase("runner");
  EXPECT_EQ(shape_of(document), shape_of(seed()));
}

TEST(JobDocument, OurKeyIsTheLast) {
  const Json document = to_document(record_like_the_seed());
  EXPECT_EQ(std::prev(document.end()).key(), "runner");
}

TEST(JobDocument, ProgressIsANumberWithAFraction) {
  const std::string page = to_page(to_document(record_like_the_seed()));
  EXPECT_NE(page.find("\"progress\": 1.0"), std::string::npos);
}

TEST(JobDocument, LogsAreNewestFirstAndTheSameInBothPlaces) {
  const Json document = to_document(record_like_the_seed());
  const Json& lines = document["logs"]["stdout"];
  EXPECT_EQ(lines, document["progress"]["logs"]);
  EXPECT_TRUE(lines[0].get<std::string>().ends_with(" INFO line 11")) << lines[0];
  EXPECT_TRUE(lines[11].get<std::string>().ends_with(" INFO line 0")) << lines[11];
}

TEST(JobDocument, ErrorsStandAloneAsBareMessages) {
  JobRecord record = record_like_the_seed();
  record.log.push_back({record.updated, Severity::warning, "odd"});
  record.log.push_back({record.updated, Severity::error, "bad"});
  record.log.push_back({record.updated, Severity::critical, "worse"});
  const Json document = to_document(record);
  EXPECT_EQ(document["logs"]["stderr"], (Json{"worse", "bad"}));
  EXPECT_TRUE(document["logs"]["stdout"][0].get<std::string>().ends_with(" CRITICAL worse"));
}

TEST(JobDocument, DurationIsTextAsAntennaPrintsFloats) {
  JobRecord record = record_like_the_seed();
  const auto duration = [&](std::int64_t microseconds) {
    record.finished = *record.started + std::chrono::microseconds(microseconds);
    return to_document(record)["duration"];
  };
  EXPECT_EQ(duration(9'562'144), "9.562144");
  EXPECT_EQ(duration(9'000'000), "9.0");
  EXPECT_EQ(duration(100'500'000), "100.5");
  record.finished.reset();
  EXPECT_EQ(to_document(record)["duration"], Json());
}

TEST(JobDocument, LinksAreRelativeUnlessAHostIsNamed) {
  JobRecord record = record_like_the_seed();
  EXPECT_EQ(to_document(record)["details"], "/api/v2/jobs/1102/");
  record.api_base_url = "https://api.example.org";
  const Json document = to_document(record);
  EXPECT_EQ(document["details"], "https://api.example.org/api/v2/jobs/1102/");
  EXPECT_EQ(document["deployment"]["details"], "https://api.example.org/api/v2/deployments/250/");
}

TEST(JobDocument, AJobWithoutADeploymentHasNullsInItsPlace) {
  JobRecord record;
  record.id = 5;
  const Json document = to_document(record);
  EXPECT_TRUE(document["deployment"].is_null());
  EXPECT_TRUE(document["project"].is_null());
  EXPECT_TRUE(document["started_at"].is_null());
}

TEST(JobDocument, TotalIsNullWhereItIsNotKnown) {
  JobRecord record = record_like_the_seed();
  EXPECT_TRUE(to_document(record)["runner"]["progress"]["total"].is_null());
  record.stages.back().total = 10;
  EXPECT_EQ(to_document(record)["runner"]["progress"]["total"], 10);
}

} // namespace
} // namespace nightshift

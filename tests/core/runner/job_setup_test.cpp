// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_setup.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace nightshift {
namespace {

constexpr std::string_view k_job_file = R"(version: 1
catalogue: sqlite:night.db
api_base_url: https://api.example.org
sources:
  disk: {uri: "file:///srv/captures", max_parallel: 2}
defaults: {attempts: 3, timeout: 2h, max_failed: 1%, stage_timeout: 1h, stall_timeout: 5min, on_stall: cancel}
deployments:
  - {id: 250, name: Restoration, project: {id: 88, name: Labelling}, source: disk,
     subdir: a/b, regex: "x", time_zone: "-06:00", latitude: 9.5, longitude: -84.1}
jobs:
  - name: "Sync {deployment.id}"
    type: data_storage_sync
    for_each: deployments
    delay: 90s
    limit: 100
    shuffle: false
    params: {max_gap: 60min, extensions: [jpg, png]}
  - {name: greet, type: hello, needs: ["Sync {deployment.id}"],
     params: {name: "${env:JOB_SETUP_TEST_NAME}"}}
)";

std::vector<JobSetup> setups() {
  setenv("JOB_SETUP_TEST_NAME", "hunter2", 1);
  const tests::TempDir folder;
  return make_setups(read_job_file(folder.write("jobs.yaml", k_job_file)));
}

TEST(JobSetup, HasWhatTheJobFileSays) {
  const JobSetup setup = setups().at(0);
  EXPECT_EQ(setup.name, "Sync 250");
  EXPECT_EQ(*setup.common->catalogue.as<std::string>(), "sqlite:night.db");
  ASSERT_TRUE(setup.source);
  EXPECT_EQ(setup.source->uri, "file:///srv/captures");
  EXPECT_NE(setup.seed, 0U) << "a sample needs a seed";
  EXPECT_FALSE(setups().at(1).source) << "no deployment, no source";
}

TEST(JobSetup, ComesBackFromItsRecordAsItWas) {
  for (const JobSetup& setup : setups()) {
    const Json recorded = to_json(setup);
    EXPECT_EQ(to_json(setup_from_json(recorded)), recorded);
  }
  const JobSetup back = setup_from_json(to_json(setups().at(0)));
  EXPECT_EQ(back.definition->delay, std::chrono::seconds(90));
  EXPECT_EQ(back.definition->limit, 100);
  EXPECT_FALSE(back.definition->shuffle);
  EXPECT_EQ(back.definition->limits.timeout, std::chrono::hours(2));
  EXPECT_EQ(back.definition->limits.stage_timeout, std::chrono::hours(1));
  EXPECT_EQ(back.definition->limits.stall_timeout, std::chrono::minutes(5));
  EXPECT_TRUE(back.definition->limits.cancel_stalled);
  EXPECT_EQ(back.definition->limits.max_failed, 0.01);
  EXPECT_EQ(back.deployment->longitude, -84.1);
  EXPECT_EQ(back.source->uri, "file:///srv/captures");
  EXPECT_EQ(back.source->max_parallel, 2);
  EXPECT_THAT(setup_from_json(to_json(setups().at(1))).definition->needs,
              testing::ElementsAre("Sync {deployment.id}"));
}

TEST(JobSetup, OfARecordThatTellsNoNeedsHasNone) {
  Json recorded = to_json(setups().at(1));
  recorded.erase("needs"); // as versions wrote it that did not record them
  EXPECT_TRUE(setup_from_json(recorded).definition->needs.empty());
}

TEST(JobSetup, RecordsASecretUnresolvedAndResolvesItAnew) {
  const Json recorded = to_json(setups().at(1));
  EXPECT_THAT(to_line(recorded), testing::Not(testing::HasSubstr("hunter2")));
  setenv("JOB_SETUP_TEST_NAME", "changed", 1);
  const JobSetup back = setup_from_json(recorded);
  EXPECT_EQ(*back.definition->params.find("name")->as<std::string>(), "changed");
}

TEST(JobSetup, RecordsTheCataloguesPasswordUnresolvedToo) {
  setenv("JOB_SETUP_TEST_CATALOGUE", "sqlite:hunter2.db", 1);
  const tests::TempDir folder;
  const auto file = read_job_file(
      folder.write("jobs.yaml", "version: 1\ncatalogue: \"${env:JOB_SETUP_TEST_CATALOGUE}\"\n"
                                "jobs: [{name: a, type: hello}]\n"));
  const Json recorded = to_json(make_setups(file).at(0));
  EXPECT_THAT(to_line(recorded), testing::Not(testing::HasSubstr("hunter2")));
  EXPECT_EQ(*setup_from_json(recorded).common->catalogue.as<std::string>(), "sqlite:hunter2.db");
}

TEST(JobSetup, OfADamagedRecordSaysSo) {
  Json recorded = to_json(setups().at(0));
  recorded.erase("type");
  const JobError error = tests::error_of([&] { return setup_from_json(recorded); });
  EXPECT_EQ(error.code(), error_code::k_bad_data);
  EXPECT_THAT(error.what(), testing::HasSubstr("run its job file again"));
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/config/sections.hpp"

#include <nightshift/check_parameters.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nightshift {
namespace {

TEST(Sections, AreTablesWithoutMistakes) {
  for (const Section& section :
       {job_file_section(), included_file_section(), defaults_section(), deployment_section(),
        project_section(), deployments_csv_section(), job_section(), source_section("file"),
        source_section("manifest")}) {
    EXPECT_EQ(find_spec_mistake(section.keys), "") << section.what;
    EXPECT_NE(section.title, "");
  }
}

TEST(Sections, GiveEveryJobTheKeysOfTheDefaults) {
  const Section jobs = job_section();
  for (const ParameterSpec& key : defaults_section().keys) {
    EXPECT_TRUE(std::any_of(jobs.keys.begin(), jobs.keys.end(), [&](const ParameterSpec& other) {
      return other.key == key.key;
    })) << key.key;
  }
}

TEST(Sections, NameTheColumnsOfACsvAfterTheKeysOfADeployment) {
  std::vector<std::string> columns;
  for (const ParameterSpec& column : csv_columns()) {
    columns.push_back(column.key);
  }
  EXPECT_THAT(columns,
              testing::ElementsAre("id", "name", "project_id", "project_name", "source", "subdir",
                                   "regex", "time_zone", "latitude", "longitude"));
}

} // namespace
} // namespace nightshift

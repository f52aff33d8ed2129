// SPDX-License-Identifier: Apache-2.0

#include "core/config/schema.hpp"
#include "core/config/sections.hpp"

#include <nightshift/grouping.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace nightshift {
namespace {

using testing::HasSubstr;

TEST(ReferencePage, HasARowForEveryKeyOfEverySection) {
  const std::string page = reference_page({});
  for (const Section& section : {job_file_section(), source_section(""), store_section(),
                                 manifest_section(), defaults_section(), deployment_section(),
                                 project_section(), deployments_csv_section(), job_section()}) {
    EXPECT_THAT(page, HasSubstr("### " + section.title + "\n"));
    for (const ParameterSpec& key : section.keys) {
      EXPECT_THAT(page, HasSubstr("| `" + key.key + "` | "));
    }
  }
}

TEST(ReferencePage, SaysTypesBoundsAndDefaults) {
  const std::string page = reference_page({});
  EXPECT_THAT(page, HasSubstr("| `version` | whole number, 1 | required | "));
  EXPECT_THAT(page, HasSubstr("| `name` | text, not empty | required | "));
  EXPECT_THAT(page, HasSubstr("| `latitude` | number, -90 to 90 |  | Degrees. |"));
  EXPECT_THAT(page, HasSubstr("| `shuffle` | `true` or `false` | `true` | "));
  EXPECT_THAT(page, HasSubstr("| `timeout` | duration, at least 1s |  | "));
  EXPECT_THAT(page, HasSubstr("| `max_failed` | percentage, 0% to 100% |  | "));
  EXPECT_THAT(page, HasSubstr("| `for_each` | `deployments` |  | "));
}

TEST(ReferencePage, EndsWithTheParamsOfJobTypes) {
  JobTypeInfo cache;
  cache.key = "cache";
  cache.help = "Caches.";
  cache.stages = {"cache"};
  cache.parameters = grouping_parameters();
  cache.parameters.push_back({.key = "words",
                              .type = ParameterType::texts,
                              .fallback = Value::List{"a", "b"},
                              .help = "Words."});
  cache.needs_deployment = true;
  JobTypeInfo plain;
  plain.key = "plain";
  plain.help = "A | B.";
  plain.stages = {"plain"};
  const std::vector<const JobTypeInfo*> types{&cache, &plain};
  const std::string page = reference_page(types);
  EXPECT_THAT(page, testing::StartsWith(reference_page({})));
  EXPECT_THAT(page, HasSubstr("### `params` of `cache`\n\nCaches. Needs a deployment.\n\n| Key |"));
  EXPECT_THAT(page, HasSubstr("| `max_gap` | duration, at least 1s | `120min` | "));
  EXPECT_THAT(page, HasSubstr("| `words` | list of text | `[a, b]` | Words. |"));
  EXPECT_THAT(page, testing::EndsWith("### `params` of `plain`\n\nA | B.\n\nNone.\n"));
}

TEST(ReferencePage, StandsInTheReadmeOfConfigs) {
  std::ifstream stream(NIGHTSHIFT_CONFIGS "/README.md");
  const std::string readme((std::istreambuf_iterator<char>(stream)),
                           std::istreambuf_iterator<char>());
  EXPECT_THAT(readme, HasSubstr("<!-- reference -->\n" + reference_page({})));
}

} // namespace
} // namespace nightshift

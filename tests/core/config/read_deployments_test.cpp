// SPDX-License-Identifier: Apache-2.0

#include "core/config/read_deployments.hpp"
#include "tests/support/job_file_mistakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nightshift {
namespace {

using testing::HasSubstr;
using tests::mistakes_in_text;

TEST(Deployments, SayWhatIsWrongWithThem) {
  struct Row {
    std::string_view change;
    std::string_view expected;
  };

  const Row rows[] = {
      {"id: 0", "id must be at least 1"},
      {"id: two", "id must be a whole number, not \"two\""},
      {"name: ''", "name must not be empty"},
      {"project: p", "project must be a map, not \"p\""},
      {"project: {id: 1}", "a project needs \"name\""},
      {"source: dsk", "there is no source \"dsk\""},
      {"source: ", "a deployment needs \"source\""},
      {"regex: '(?<!a)b'", "a lookbehind"},
      {"time_zone: '-6'", "time_zone must be an offset from UTC, such as -06:00, or a zone's name, "
                          "such as Europe/Brussels, not \"-6\""},
      {"subdir: a/../../etc", "a subdir must not hold \"..\""},
      {"latitude: 90.5", "latitude must be at least -90 and at most 90"},
      {"longitude: -181", "longitude must be at least -180 and at most 180"},
      {"latitude: .nan", "latitude must be a number, not \".nan\""},
      {"lattitude: 1", "a deployment has no key \"lattitude\""},
  };
  for (const Row& row : rows) {
    const std::string key(row.change.substr(0, row.change.find(':')));
    std::string entry;
    for (const std::string_view line :
         {"id: 2", "name: a", "project: {id: 1, name: p}", "source: disk"}) {
      if (!line.starts_with(key + ":")) {
        entry += "    " + std::string(line) + "\n";
      }
    }
    const std::string text = mistakes_in_text(
        "version: 1\nsources: {disk: {uri: /x}}\ndeployments:\n  -\n    " +
        std::string(row.change) + "\n" + entry + "jobs: [{name: a, type: t, deployment: 2}]\n");
    EXPECT_THAT(text, HasSubstr(row.expected)) << row.change;
    EXPECT_THAT(text, testing::StartsWith("job.yaml:5:")) << row.change;
    EXPECT_THAT(text, testing::Not(HasSubstr("there is no deployment"))) << row.change;
  }
}

} // namespace
} // namespace nightshift

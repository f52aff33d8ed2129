// SPDX-License-Identifier: Apache-2.0
//
// Every kind of bad job file, each with all that a person gets to read.

#include "tests/support/as_nobody.hpp"
#include "tests/support/job_file_mistakes.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace nightshift {
namespace {

using namespace std::string_view_literals;
using tests::mistakes_in;
using tests::TempDir;

TEST(BadJobFile, ThatIsNotThere) {
  const TempDir dir;
  EXPECT_EQ(mistakes_in(dir), "not_found: cannot read job.yaml: No such file or directory");
}

TEST(BadJobFile, ThatIsAFolder) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "job.yaml");
  EXPECT_EQ(mistakes_in(dir), "bad_data: cannot read job.yaml: it is a folder, not a file");
}

TEST(BadJobFile, ThatMayNotBeRead) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\n");
  std::filesystem::permissions(dir / "job.yaml", std::filesystem::perms::none);
  const tests::AsNobody nobody;
  EXPECT_EQ(mistakes_in(dir), "denied: cannot read job.yaml: Permission denied");
}

TEST(BadJobFile, ThatIsTooLarge) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\n");
  std::filesystem::resize_file(dir / "job.yaml", 50'000'000);
  EXPECT_EQ(mistakes_in(dir), "config: job.yaml is 47.7 MiB; a job file may have 4 MiB; put the "
                              "deployments into a CSV");
}

TEST(BadJobFile, InOneWayEach) {
  struct Row {
    std::string_view content;
    std::string expected;
  };

  const std::string deep(100'000, '[');
  const std::string jobs = "jobs: [{name: a, type: t}]\n";
  const std::string empty = "job.yaml: error: the file is empty; a job file has at least "
                            "\"version: 1\" and \"jobs\"\n";
  const std::string tabs = "version: 1\njobs:\n\t- name: a\n";
  const std::string twice = "version: 1\nversion: 1\n" + jobs;
  const std::string unknown = "version: 1\njob: []\n" + jobs;
  const std::string type = "version: one\n" + jobs;
  const std::string duration = "version: 1\ndefaults: {timeout: 2 hours}\n" + jobs;
  const std::string include = "version: 1\ninclude: [none.yaml]\n" + jobs;
  const std::string cycle = "version: 1\ninclude: [job.yaml]\n" + jobs;
  const Row rows[] = {
      {"", empty},
      {"# nothing yet\n", empty},
      {"\x7F"
       "ELF\x02\x01\x01\0\0\0"sv,
       "job.yaml:1:1: error: the byte 0x7F belongs in no text; is this a job file at all?\n"
       "  \xEF\xBF\xBD"
       "ELF\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\n"
       "  ^\n"},
      {"\xFF\xFEv\0e\0r\0"sv, "job.yaml: error: the file is UTF-16; save it as UTF-8\n"},
      {deep, "job.yaml: error: the file holds more than 200,000 values, or is nested deeper than "
             "64 levels; put the deployments into a CSV\n"},
      {tabs, "job.yaml:3:1: error: a tab stands in the indentation\n"
             "  \t- name: a\n"
             "  ^\n"
             "  hint: indent with blanks\n"},
      {twice, "job.yaml:2:1: error: the key \"version\" was already given on line 1\n"
              "  version: 1\n"
              "  ^\n"},
      {unknown, "job.yaml:2:1: error: the job file has no key \"job\"\n"
                "  job: []\n"
                "  ^\n"
                "  hint: did you mean \"jobs\"?\n"},
      {type, "job.yaml:1:10: error: version must be a whole number, not \"one\"\n"
             "  version: one\n"
             "           ^\n"},
      {duration, "job.yaml:2:21: error: timeout must be a duration with its unit, such as 90s, "
                 "120min or 24h, not \"2 hours\"\n"
                 "  defaults: {timeout: 2 hours}\n"
                 "                      ^\n"},
      {include, "job.yaml:2:11: error: cannot read none.yaml: No such file or directory\n"
                "  include: [none.yaml]\n"
                "            ^\n"},
      {cycle, "job.yaml:2:11: error: the files include each other: job.yaml → job.yaml\n"
              "  include: [job.yaml]\n"
              "            ^\n"},
      {"- version: 1\n", "job.yaml:1:1: error: a job file is a map of keys and values, not a list\n"
                         "  - version: 1\n"
                         "  ^\n"
                         "  hint: it begins with \"version: 1\"; mind the blank after the \":\"\n"},
      {"version:1\n", "job.yaml:1:1: error: a job file is a map of keys and values, not text\n"
                      "  version:1\n"
                      "  ^\n"
                      "  hint: it begins with \"version: 1\"; mind the blank after the \":\"\n"},
  };
  for (const Row& row : rows) {
    const TempDir dir;
    dir.write("job.yaml", row.content);
    EXPECT_EQ(mistakes_in(dir), row.expected);
  }
}

TEST(BadJobFile, InManyWaysAtOnce) {
  const TempDir dir;
  dir.write("job.yaml", R"(verison: 1
defaults: {atempts: 3, timeout: soon}
sources:
  disk: {uri: "file:///srv/captures"}
deployments:
  - {id: 250, name: Nordhügel 中, project: {id: 88, name: P}, source: dsk}
jobs:
  - name: "Sync {deployment.nmae}"
    type: data_storage_sync
    for_each: deployments
    limit: 0
    limit: 1
    needs: [Sink]
)");
  EXPECT_EQ(mistakes_in(dir), R"(job.yaml:1:1: error: the job file has no key "verison"
  verison: 1
  ^
  hint: did you mean "version"?
job.yaml:1:1: error: the job file needs "version"
  verison: 1
  ^
job.yaml:2:12: error: defaults has no key "atempts"
  defaults: {atempts: 3, timeout: soon}
             ^
  hint: did you mean "attempts"?
job.yaml:2:33: error: timeout must be a duration with its unit, such as 90s, 120min or 24h, not "soon"
  defaults: {atempts: 3, timeout: soon}
                                  ^
job.yaml:6:70: error: there is no source "dsk"
    - {id: 250, name: Nordhügel 中, project: {id: 88, name: P}, source: dsk}
                                                                        ^
  hint: did you mean "disk"?
job.yaml:8:11: error: there is no placeholder {deployment.nmae}
    - name: "Sync {deployment.nmae}"
            ^
  hint: did you mean "deployment.name"?
job.yaml:11:12: error: limit must be at least 1
      limit: 0
             ^
job.yaml:12:5: error: the key "limit" was already given on line 11
      limit: 1
      ^
job.yaml:13:13: error: there is no job "Sink"
      needs: [Sink]
              ^
)");
}

} // namespace
} // namespace nightshift

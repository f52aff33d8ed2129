// SPDX-License-Identifier: Apache-2.0
//
// How several files become one: includes, CSVs and --set.

#include "core/config/load_job_file.hpp"
#include "tests/support/job_file_mistakes.hpp"
#include "tests/support/temp_dir.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace nightshift {
namespace {

using tests::mistakes_in;
using tests::TempDir;

std::vector<std::string> names_of_jobs(const JobFile& file) {
  std::vector<std::string> names;
  for (const DefinedJob& job : file.jobs) {
    names.push_back(job.name);
  }
  return names;
}

TEST(Include, AddsTheOwnThenTheIncludedInOrder) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\ninclude: [parts/a.yaml, b.yaml]\n"
                        "jobs: [{name: one, type: t, deployment: 2, needs: [two]}]\n");
  dir.write("parts/a.yaml", "include: [../c.yaml]\njobs: [{name: two, type: t}]\n"
                            "deployments:\n"
                            "  - {id: 2, name: d, project: {id: 1, name: p}, source: disk}\n");
  dir.write("b.yaml", "version: 1\njobs: [{name: three, type: t}]\n");
  dir.write("c.yaml", "jobs: [{name: four, type: t}]\nsources: {disk: {uri: ../data}}\n");
  ASSERT_EQ(mistakes_in(dir), "");
  const JobFile file = read_job_file(dir / "job.yaml");
  EXPECT_THAT(names_of_jobs(file), testing::ElementsAre("one", "two", "four", "three"));
  EXPECT_EQ(file.sources[0].uri, (dir.path().parent_path() / "data").string());
  ASSERT_EQ(file.texts.size(), 4U);
  EXPECT_EQ(file.texts[0].path, dir / "job.yaml");
  EXPECT_EQ(file.texts[1].path, dir / "parts/a.yaml");
  EXPECT_EQ(file.texts[2].path, dir / "c.yaml");
  EXPECT_EQ(file.jobs[1].definition->position.file, 1);
}

TEST(Include, AFileWithoutAnyJobsIsNoJobFileUnlessThatCannotBeTold) {
  const TempDir dir;
  dir.write("all.yaml", "version: 1\ninclude: [part.yaml]\n");
  dir.write("part.yaml", "\"jobs\": [{name: one, type: t}]\n");
  dir.write("sources.yaml", "include: [disk.yaml]\n");
  dir.write("disk.yaml", "sources: {disk: {uri: /srv}}\n");
  dir.write("lacking.yaml", "include: [gone.yaml]\n");
  const auto file = read_if_job_file(dir / "all.yaml");
  ASSERT_TRUE(file);
  EXPECT_THAT(names_of_jobs(*file), testing::ElementsAre("one"));
  EXPECT_FALSE(read_if_job_file(dir / "sources.yaml"));
  EXPECT_THROW((void)read_if_job_file(dir / "lacking.yaml"), JobFileError);
  EXPECT_THROW((void)read_if_job_file(dir / "part.yaml"), JobFileError) << "it lacks a version";
}

TEST(Include, LetsTheIncludingFilesDefaultsWin) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\ninclude: [a.yaml, b.yaml]\ndefaults: {attempts: 2}\n"
                        "jobs: [{name: one, type: t}]\n");
  dir.write("a.yaml", "defaults: {attempts: 3, timeout: 1h}\n");
  dir.write("b.yaml", "defaults: {timeout: 2h, max_failed: 5%}\n");
  const JobFile file = read_job_file(dir / "job.yaml");
  EXPECT_EQ(file.jobs[0].definition->limits.attempts, 2);
  EXPECT_EQ(file.jobs[0].definition->limits.timeout, std::chrono::hours(1));
  EXPECT_EQ(file.jobs[0].definition->limits.max_failed, 0.05);
}

TEST(Include, ReadsAFileOnceThatTwoInclude) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\ninclude: [a.yaml, b.yaml]\njobs: [{name: one, type: t}]\n");
  dir.write("a.yaml", "include: [c.yaml]\n");
  dir.write("b.yaml", "include: [./c.yaml]\n");
  dir.write("c.yaml", "jobs: [{name: two, type: t}]\n");
  EXPECT_EQ(mistakes_in(dir), "");
}

TEST(Include, NamesACycle) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\ninclude: [a.yaml]\njobs: [{name: one, type: t}]\n");
  dir.write("a.yaml", "include:\n  - b.yaml\n");
  dir.write("b.yaml", "include: [a.yaml]\n");
  EXPECT_EQ(mistakes_in(dir), "b.yaml:1:11: error: the files include each other: a.yaml → b.yaml → "
                              "a.yaml\n"
                              "  include: [a.yaml]\n"
                              "            ^\n");
}

TEST(Include, NoticesThatAFileIncludesItselfByAnotherName) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\ninclude: [link.yaml]\njobs: [{name: one, type: t}]\n");
  std::filesystem::create_symlink("job.yaml", dir / "link.yaml");
  EXPECT_THAT(mistakes_in(dir),
              testing::HasSubstr("the files include each other: job.yaml → job.yaml"));
}

TEST(Include, ReportsAFileThatCannotBeReadWhereItIsNamed) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\ninclude:\n  - none.yaml\n  - folder\n  - big.yaml\n"
                        "jobs: [{name: one, type: t, needs: [there perhaps]}]\n");
  std::filesystem::create_directory(dir / "folder");
  dir.write("big.yaml", "");
  std::filesystem::resize_file(dir / "big.yaml", 50'000'000);
  EXPECT_EQ(mistakes_in(dir),
            "job.yaml:3:5: error: cannot read none.yaml: No such file or directory\n"
            "    - none.yaml\n"
            "      ^\n"
            "job.yaml:4:5: error: cannot read folder: it is a folder, not a file\n"
            "    - folder\n"
            "      ^\n"
            "job.yaml:5:5: error: big.yaml is 47.7 MiB; a job file may have 4 MiB; put the "
            "deployments into a CSV\n"
            "    - big.yaml\n"
            "      ^\n");
}

TEST(Include, RefusesWhatOnlyTheJobFileItselfMayHold) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\ninclude: [a.yaml]\njobs: [{name: one, type: t}]\n");
  dir.write("a.yaml", "state_dir: /x\njobs: none\nversion: 2\n");
  EXPECT_EQ(mistakes_in(dir),
            "a.yaml:1:1: error: an included file has no key \"state_dir\"\n"
            "  state_dir: /x\n"
            "  ^\n"
            "  hint: known: version, include, sources, defaults, deployments, jobs\n"
            "a.yaml:2:7: error: jobs must be a list, not \"none\"\n"
            "  jobs: none\n"
            "        ^\n"
            "a.yaml:3:10: error: version must be at least 1 and at most 1\n"
            "  version: 2\n"
            "           ^\n");
}

TEST(Include, NamesBothPlacesOfWhatStandsTwice) {
  const TempDir dir;
  const std::string common = "sources: {disk: {uri: /x}}\n"
                             "deployments:\n"
                             "  - {id: 2, name: d, project: {id: 1, name: p}, source: disk}\n"
                             "jobs: [{name: one, type: t}]\n";
  dir.write("job.yaml", "version: 1\ninclude: [a.yaml]\n" + common);
  dir.write("a.yaml", common);
  EXPECT_EQ(mistakes_in(dir), "a.yaml:1:11: error: the source \"disk\" is already in job.yaml on "
                              "line 3\n"
                              "  sources: {disk: {uri: /x}}\n"
                              "            ^\n"
                              "a.yaml:3:10: error: the deployment 2 is already in job.yaml on line "
                              "5\n"
                              "    - {id: 2, name: d, project: {id: 1, name: p}, source: disk}\n"
                              "           ^\n"
                              "a.yaml:4:15: error: the job \"one\" is already in job.yaml on line "
                              "6\n"
                              "  jobs: [{name: one, type: t}]\n"
                              "                ^\n");
}

TEST(Include, StopsAtAHundredFiles) {
  const TempDir dir;
  for (int i = 0; i < 102; ++i) {
    dir.write(fmt::format("{}.yaml", i), fmt::format("include: [{}.yaml]\n", i + 1));
  }
  dir.write("job.yaml", "version: 1\ninclude: [0.yaml]\njobs: [{name: one, type: t}]\n");
  EXPECT_THAT(mistakes_in(dir),
              testing::StartsWith("98.yaml:1:11: error: more than 100 files are included\n"));
}

TEST(DeploymentsFromACsv, AreRelativeToTheFileThatNamesIt) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\ninclude: [sub/a.yaml]\n"
                        "jobs: [{name: \"{deployment.id}\", type: t, for_each: deployments}]\n");
  dir.write("sub/a.yaml", "sources: {disk: {uri: captures}}\ndeployments: {csv: d.csv}\n");
  dir.write("sub/d.csv", "id,name,project_id,project_name,source\n1,a,1,p,disk\n2,b,1,p,disk\n");
  ASSERT_EQ(mistakes_in(dir), "");
  const JobFile file = read_job_file(dir / "job.yaml");
  EXPECT_THAT(names_of_jobs(file), testing::ElementsAre("1", "2"));
  EXPECT_EQ(file.sources[0].uri, (dir / "sub/captures").string());
}

TEST(DeploymentsFromACsv, HaveTheirMistakesThere) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\nsources: {disk: {uri: /x}}\ndeployments: {csv: d.csv}\n"
                        "jobs: [{name: \"{deployment.id}\", type: t, for_each: deployments}]\n");
  dir.write("d.csv", "id,name,project_id,project_name,source,latitude\n"
                     "1,a,1,p,disk,\n"
                     "1,,1,q,dsk,91\n");
  EXPECT_EQ(mistakes_in(dir), "d.csv:3:1: error: the deployment 1 is already on line 2\n"
                              "  1,,1,q,dsk,91\n"
                              "  ^\n"
                              "d.csv:3:3: error: a deployment needs \"name\"\n"
                              "  1,,1,q,dsk,91\n"
                              "    ^\n"
                              "d.csv:3:6: error: the project 1 is called \"p\" on line 2\n"
                              "  1,,1,q,dsk,91\n"
                              "       ^\n"
                              "d.csv:3:8: error: there is no source \"dsk\"\n"
                              "  1,,1,q,dsk,91\n"
                              "         ^\n"
                              "  hint: did you mean \"disk\"?\n"
                              "d.csv:3:12: error: latitude must be at least -90 and at most 90\n"
                              "  1,,1,q,dsk,91\n"
                              "             ^\n");
}

TEST(DeploymentsFromACsv, ReportAPathThatLeadsNowhere) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\ndeployments: {csv: d.csv, sep: ;}\n"
                        "jobs: [{name: \"{deployment.id}\", type: t, for_each: deployments}]\n");
  EXPECT_EQ(mistakes_in(dir), "job.yaml:2:20: error: cannot read d.csv: No such file or directory\n"
                              "  deployments: {csv: d.csv, sep: ;}\n"
                              "                     ^\n"
                              "job.yaml:2:27: error: deployments has no key \"sep\"\n"
                              "  deployments: {csv: d.csv, sep: ;}\n"
                              "                            ^\n"
                              "  hint: known: csv\n");
}

TEST(Set, ChangesWhatTheFilesSayWhereverItStands) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\ninclude: [a.yaml]\n"
                        "jobs: [{name: one, type: t, deployment: 2}]\n");
  dir.write("a.yaml", "sources: {disk: {uri: /x}}\ndeployments: {csv: d.csv}\n");
  dir.write("d.csv", "id,name,project_id,project_name,source\n2,a,1,p,disk\n");
  const JobFile file = read_job_file(dir / "job.yaml", {{{"sources.disk.uri", "/y"},
                                                         {"deployments.0.subdir", "z"},
                                                         {"defaults.attempts", "7"},
                                                         {"jobs.0.limit", "10"},
                                                         {"state_dir", "/s"}}});
  EXPECT_EQ(file.sources[0].uri, "/y");
  EXPECT_EQ(file.jobs[0].deployment->subdir, "z");
  EXPECT_EQ(file.jobs[0].definition->limits.attempts, 7);
  EXPECT_EQ(file.jobs[0].definition->limit, 10);
  EXPECT_EQ(file.state_dir, "/s");
}

TEST(Set, HasItsMistakesReportedByItself) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\njobs: [{name: one, type: t}]\n");
  EXPECT_EQ(
      mistakes_in(dir, "job.yaml",
                  {{{"defaults.atempts", "1"}, {"jobs.0.limit", "many"}, {"jobs.1.limit", "1"}}}),
      "--set defaults.atempts=1: error: defaults has no key \"atempts\"\n"
      "  hint: did you mean \"attempts\"?\n"
      "--set jobs.0.limit=many: error: limit must be a whole number, not \"many\"\n"
      "--set jobs.1.limit=1: error: there is no jobs.1; the list has 1 entries, counted from "
      "0\n");
}

} // namespace
} // namespace nightshift

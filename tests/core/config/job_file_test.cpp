// SPDX-License-Identifier: Apache-2.0

#include "core/config/job_file.hpp"
#include "tests/support/job_file_mistakes.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace nightshift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::mistakes_in;
using tests::TempDir;

constexpr std::string_view k_start =
    "version: 1\n"
    "sources: {disk: {uri: /srv}}\n"
    "deployments:\n"
    "  - {id: 2, name: two, project: {id: 1, name: p}, source: disk}\n"
    "  - {id: 3, name: tri, project: {id: 1, name: p}, source: disk}\n";

// A job file that is right up to its jobs, which are these.
std::string with_jobs(std::string_view jobs) {
  return std::string(k_start) + "jobs:\n" + std::string(jobs);
}

JobFile read(const std::string& text) {
  const TempDir dir;
  dir.write("job.yaml", text);
  EXPECT_EQ(mistakes_in(dir), "");
  return read_job_file(dir / "job.yaml");
}

std::string mistakes(const std::string& text) {
  const TempDir dir;
  dir.write("job.yaml", text);
  return mistakes_in(dir);
}

TEST(JobFile, HoldsAllThatWasWritten) {
  const TempDir dir;
  dir.write("sub/job.yaml", R"(version: 1
state_dir: ../var
catalogue: postgresql://moths@db/nights
api_base_url: https://insects.example.org/
sources:
  disk: {uri: "file:///srv/captures"}
defaults: {attempts: 3, timeout: 2h, max_failed: 1%}
deployments:
  - id: 250
    name: "Costa Rica - Restoration"
    project: {id: 88, name: "Costa Rica- Labelling"}
    source: disk
    subdir: restoration
    regex: "\\.jpg$"
    time_zone: "-06:00"
    latitude: 10
    longitude: -84.5
jobs:
  - name: "Sync captures for deployment {deployment.id}"
    type: data_storage_sync
    for_each: deployments
    delay: 1.5
    limit: 100
    shuffle: false
    attempts: 1
    params: {max_gap: 120min}
  - {name: second, type: hello, needs: ["Sync captures for deployment {deployment.id}"], delay: 2min}
)");
  ASSERT_EQ(mistakes_in(dir, "sub/job.yaml"), "");
  const JobFile file = read_job_file(dir / "sub/job.yaml");
  EXPECT_EQ(file.path, dir / "sub/job.yaml");
  EXPECT_EQ(file.state_dir, dir / "var");
  EXPECT_EQ(file.catalogue, "postgresql://moths@db/nights");
  EXPECT_EQ(file.api_base_url, "https://insects.example.org");
  ASSERT_EQ(file.sources.size(), 1U);
  EXPECT_EQ(file.sources[0].name, "disk");
  EXPECT_EQ(file.sources[0].uri, "file:///srv/captures");
  EXPECT_EQ(file.sources[0].position, (SourcePosition{0, 6, 3}));
  ASSERT_EQ(file.deployments.size(), 1U);
  ASSERT_EQ(file.jobs.size(), 2U);

  const JobDefinition& sync = file.jobs[0];
  EXPECT_EQ(sync.name, "Sync captures for deployment 250");
  EXPECT_EQ(sync.definition_name, "Sync captures for deployment {deployment.id}");
  EXPECT_EQ(sync.type, "data_storage_sync");
  EXPECT_EQ(sync.position, (SourcePosition{0, 19, 5}));
  EXPECT_EQ(sync.type_position, (SourcePosition{0, 20, 11}));
  EXPECT_EQ(sync.deployment_position, (SourcePosition{0, 9, 9}));
  EXPECT_EQ(sync.delay.count(), 1500);
  EXPECT_EQ(sync.limit, 100);
  EXPECT_FALSE(sync.shuffle);
  EXPECT_EQ(sync.limits.attempts, 1);
  EXPECT_EQ(sync.limits.timeout, std::chrono::hours(2));
  EXPECT_EQ(sync.limits.max_failed, 0.01);
  EXPECT_EQ(*sync.params.find("max_gap")->as<std::string>(), "120min");
  ASSERT_TRUE(sync.deployment);
  EXPECT_EQ(sync.deployment->id, 250);
  EXPECT_EQ(sync.deployment->name, "Costa Rica - Restoration");
  EXPECT_EQ(sync.deployment->project.id, 88);
  EXPECT_EQ(sync.deployment->project.name, "Costa Rica- Labelling");
  EXPECT_EQ(sync.deployment->source, "disk");
  EXPECT_EQ(sync.deployment->subdir, "restoration");
  EXPECT_EQ(sync.deployment->regex, "\\.jpg$");
  EXPECT_EQ(sync.deployment->time_zone, "-06:00");
  EXPECT_EQ(sync.deployment->latitude, 10);
  EXPECT_EQ(sync.deployment->longitude, -84.5);

  const JobDefinition& second = file.jobs[1];
  EXPECT_FALSE(second.deployment);
  EXPECT_EQ(second.delay, std::chrono::minutes(2));
  EXPECT_EQ(second.limits.attempts, 3);
  EXPECT_THAT(second.needs, ElementsAre("Sync captures for deployment {deployment.id}"));
}

TEST(JobFile, HasDefaults) {
  const JobFile file = read("version: 1\njobs: [{name: a, type: t, limit: null, params: }]\n");
  EXPECT_FALSE(file.state_dir);
  EXPECT_EQ(file.catalogue, "sqlite:catalogue.db");
  EXPECT_EQ(file.api_base_url, "");
  const JobDefinition& job = file.jobs[0];
  EXPECT_EQ(job.delay.count(), 0);
  EXPECT_FALSE(job.limit);
  EXPECT_TRUE(job.shuffle);
  EXPECT_TRUE(job.params.is_nothing());
  EXPECT_EQ(job.limits.attempts, 1);
  EXPECT_FALSE(job.limits.timeout);
  EXPECT_FALSE(job.limits.max_failed);
}

TEST(JobFile, MakesRelativePathsOfSourcesAbsolute) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\nsources: {a: {uri: captures}, b: {uri: ../c d/./e}, "
                        "c: {uri: /abs}, d: {uri: file:/abs}}\njobs: [{name: a, type: t}]\n");
  const JobFile file = read_job_file(dir / "job.yaml");
  EXPECT_EQ(file.sources[0].uri, (dir / "captures").string());
  EXPECT_EQ(*file.sources[0].options.find("uri")->as<std::string>(), file.sources[0].uri);
  EXPECT_EQ(file.sources[1].uri, (dir.path().parent_path() / "c d/e").string());
  EXPECT_EQ(file.sources[2].uri, "/abs");
  EXPECT_EQ(file.sources[3].uri, "file:/abs");
}

TEST(JobFile, KeepsSecretsOutOfWhatIsRecorded) {
  const TempDir dir;
  dir.write("password", "s3cr3t\n");
  dir.write("job.yaml", "version: 1\ncatalogue: \"postgresql://u:${file:password}@db/n\"\n"
                        "jobs: [{name: a, type: t, params: {key: \"${file:password}\"}}]\n");
  const JobFile file = read_job_file(dir / "job.yaml");
  EXPECT_EQ(file.catalogue, "postgresql://u:s3cr3t@db/n");
  EXPECT_EQ(file.unresolved_catalogue,
            "postgresql://u:${file:" + (dir / "password").string() + "}@db/n");
  const Value& key = *file.jobs[0].params.find("key");
  EXPECT_EQ(*key.as<std::string>(), "s3cr3t");
  EXPECT_THAT(key.unresolved(), testing::Not(HasSubstr("s3cr3t")));
}

TEST(JobFile, ShowsNoSecretInAMessage) {
  ::setenv("NIGHTSHIFT_TEST_SECRET", "s3cr3t://x", 1);
  const std::string text = mistakes(R"(version: "${env:NIGHTSHIFT_TEST_SECRET}"
api_base_url: ${env:NIGHTSHIFT_TEST_SECRET}
sources:
  disk: {uri: "${env:NIGHTSHIFT_TEST_SECRET}"}
  rel: {uri: "x/${env:NIGHTSHIFT_TEST_SECRET}"}
deployments:
  - id: ${env:NIGHTSHIFT_TEST_SECRET}
    name: a
    project: ${env:NIGHTSHIFT_TEST_SECRET}
    source: ${env:NIGHTSHIFT_TEST_SECRET}
    time_zone: ${env:NIGHTSHIFT_TEST_SECRET}
jobs:
  - name: a
    type: t
    for_each: ${env:NIGHTSHIFT_TEST_SECRET}
    limit: ${env:NIGHTSHIFT_TEST_SECRET}
    delay: ${env:NIGHTSHIFT_TEST_SECRET}
)");
  EXPECT_THAT(text, testing::Not(HasSubstr("s3cr3t")));
  for (const char* key : {"version", "api_base_url", "id", "project", "time_zone", "for_each",
                          "limit", "delay", "storage", "source"}) {
    EXPECT_THAT(text, HasSubstr(key));
  }
}

TEST(JobFile, ShowsNoSecretThatBecamePartOfSomethingElse) {
  ::setenv("NIGHTSHIFT_TEST_SECRET", "s3cr3t", 1);
  const std::string text = mistakes(R"(version: 1
include: ["${env:NIGHTSHIFT_TEST_SECRET}.yaml"]
sources: {disk: {uri: /x}}
deployments:
  - {id: 1, name: "${env:NIGHTSHIFT_TEST_SECRET}", project: {id: 1, name: p}, source: disk}
  - {id: 2, name: "${env:NIGHTSHIFT_TEST_SECRET}", project: {id: 1, name: p}, source: disk}
  - {id: 3, name: a, project: {id: 1, name: p}, source: disk, regex: "(${env:NIGHTSHIFT_TEST_SECRET}"}
jobs:
  - {name: "{${env:NIGHTSHIFT_TEST_SECRET}}", type: t}
  - {name: "a ${env:NIGHTSHIFT_TEST_SECRET}", type: t, needs: ["a ${env:NIGHTSHIFT_TEST_SECRET}"]}
)");
  EXPECT_THAT(text, testing::Not(HasSubstr("s3cr3t")));
  EXPECT_THAT(text, HasSubstr("cannot read ${env:NIGHTSHIFT_TEST_SECRET}.yaml: "));
  EXPECT_THAT(text, HasSubstr("the job \"a ${env:NIGHTSHIFT_TEST_SECRET}\" needs itself"));
}

TEST(JobFile, ReportsOnlyOnceWhatCannotBeResolved) {
  ::unsetenv("NIGHTSHIFT_TEST_UNSET");
  EXPECT_EQ(mistakes("version: ${env:NIGHTSHIFT_TEST_UNSET}\njobs: [{name: a, type: t}]\n"),
            "job.yaml:1:10: error: the environment variable NIGHTSHIFT_TEST_UNSET is not set\n"
            "  version: ${env:NIGHTSHIFT_TEST_UNSET}\n"
            "           ^\n"
            "  hint: set it, or write ${env:NIGHTSHIFT_TEST_UNSET:-default}\n");
}

TEST(JobFile, RefusesATildeForTheHomeFolder) {
  EXPECT_THAT(mistakes("version: 1\nstate_dir: ~/var\njobs: [{name: a, type: t}]\n"),
              HasSubstr("2:12: error: \"~\" is not replaced in a job file\n"));
}

TEST(Jobs, AreMadeForEachDeploymentOrForOne) {
  const JobFile file =
      read(with_jobs("  - {name: \"all {deployment.name}\", type: t, for_each: deployments}\n"
                     "  - {name: \"one {deployment.id}\", type: t, deployment: 3}\n"
                     "  - {name: none, type: t}\n"));
  ASSERT_EQ(file.jobs.size(), 4U);
  EXPECT_EQ(file.jobs[0].name, "all two");
  EXPECT_EQ(file.jobs[1].name, "all tri");
  EXPECT_EQ(file.jobs[1].definition_name, "all {deployment.name}");
  EXPECT_EQ(file.jobs[2].name, "one 3");
  EXPECT_EQ(file.jobs[2].deployment->name, "tri");
  EXPECT_EQ(file.jobs[3].name, "none");
}

TEST(Jobs, SayWhatIsWrongWithThem) {
  struct Row {
    std::string_view jobs;
    std::string_view expected;
  };

  const Row rows[] = {
      {"  - {name: a, type: t, deployment: 4}\n",
       "7:36: error: there is no deployment 4|known: 2, 3"},
      {"  - {name: a, type: t, for_each: deployments, deployment: 2}\n",
       R"(7:59: error: "deployment" and "for_each" cannot stand together|)"},
      {"  - {name: a, type: t, for_each: deployments}\n",
       "7:12: error: more than one job would be called \"a\"|put {deployment.id} into the name"},
      {"  - {name: \"{deployment.id}\", type: t}\n",
       "7:12: error: {deployment.id} cannot be replaced: the job has no deployment|add \"for_each: "
       "deployments\" or \"deployment: ID\""},
      {"  - {name: \"{job.id}\", type: t, delay: x}\n",
       "7:12: error: there is no placeholder {job.id}|a plain brace is written twice"},
      {"  - {name: a, type: t}\n  - {name: a, type: t}\n",
       "8:12: error: the job \"a\" is already on line 7|"},
      {"  - {name: a 2, type: t}\n  - {name: \"a {deployment.id}\", type: t, deployment: 2}\n",
       "8:12: error: a job \"a 2\" is already made on line 7|"},
      {"  - {name: a, type: t, needs: [b]}\n  - {name: b, type: t, needs: [a]}\n",
       "8:32: error: these jobs need each other: a → b → a|"},
      {"  - {name: a, type: t, needs: [a]}\n", "7:32: error: the job \"a\" needs itself|"},
      {"  - {name: abc, type: t, needs: [abd]}\n",
       R"(7:34: error: there is no job "abd"|did you mean "abc"?)"},
      {"  - {name: a, type: t, for_each: deployment}\n",
       "7:34: error: for_each must be deployments, not \"deployment\"|did you mean "
       "\"deployments\"?"},
      {"  - a\n", "7:5: error: a job must be a map, not \"a\"|"},
  };
  for (const Row& row : rows) {
    const auto divider = row.expected.find('|');
    const std::string hint(row.expected.substr(divider + 1));
    const std::string text = mistakes(with_jobs(row.jobs));
    EXPECT_THAT(text, HasSubstr(std::string(row.expected.substr(0, divider)) + "\n"));
    EXPECT_THAT(text, HasSubstr(hint.empty() ? "" : "  hint: " + hint + "\n"));
  }
}

TEST(Jobs, AreNeeded) {
  EXPECT_THAT(mistakes("version: 1\n"),
              HasSubstr("job.yaml:1:1: error: the job file has no jobs\n"));
  EXPECT_THAT(mistakes("version: 1\njobs: []\n"),
              HasSubstr("2:7: error: the job file has no jobs\n"));
}

TEST(Jobs, ForEachOfNoDeploymentIsAMistake) {
  EXPECT_THAT(mistakes("version: 1\njobs: [{name: a, type: t, for_each: deployments}]\n"),
              HasSubstr("2:37: error: there are no deployments to make jobs for\n"));
}

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
    const std::string text = mistakes(
        "version: 1\nsources: {disk: {uri: /x}}\ndeployments:\n  -\n    " +
        std::string(row.change) + "\n" + entry + "jobs: [{name: a, type: t, deployment: 2}]\n");
    EXPECT_THAT(text, HasSubstr(row.expected)) << row.change;
    EXPECT_THAT(text, testing::StartsWith("job.yaml:5:")) << row.change;
    EXPECT_THAT(text, testing::Not(HasSubstr("there is no deployment"))) << row.change;
  }
}

TEST(Sources, SayWhatIsWrongWithThem) {
  struct Row {
    std::string_view entry;
    std::string_view expected;
  };

  const Row rows[] = {
      {"{uri: s3://bucket, region: x}", "there is no storage for s3:\n"},
      {"{uri: /x, region: x}", "a local source has no key \"region\"\n"},
      {"{url: /x}", "a local source needs \"uri\"\n"},
      {"{uri: 5}", "uri must be text, not 5\n"},
      {"{uri: \"\"}", "uri must not be empty\n"},
      {"/x", "a local source must be a map, not \"/x\"\n"},
  };
  for (const Row& row : rows) {
    const std::string text = mistakes("version: 1\nsources:\n  disk: " + std::string(row.entry) +
                                      "\njobs: [{name: a, type: t}]\n");
    EXPECT_THAT(text, HasSubstr(row.expected)) << row.entry;
    EXPECT_THAT(text, testing::StartsWith("job.yaml:3:")) << row.entry;
  }
}

// The text between the first line that is `from` and the next that is `to`.
std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const auto begin = text.find("\n" + from + "\n") + from.size() + 2;
  return text.substr(begin, text.find("\n" + to + "\n", begin) + 1 - begin);
}

TEST(Examples, InTheReadmeAreTrue) {
  std::ifstream stream(NIGHTSHIFT_CONFIGS "/README.md");
  const std::string readme((std::istreambuf_iterator<char>(stream)),
                           std::istreambuf_iterator<char>());
  const std::string example = between(readme, "```yaml", "```");
  EXPECT_EQ(mistakes(example), "");
  EXPECT_THAT(readme, HasSubstr("\n```\n" + mistakes(example + "    timout: 2h\n") + "```\n"));
}

TEST(Examples, AreReadWithoutMistakes) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(NIGHTSHIFT_CONFIGS "/jobs")) {
    if (entry.path().extension() == ".yaml") {
      ++count;
      EXPECT_NO_THROW(static_cast<void>(read_job_file(entry.path()))) << entry.path();
    }
  }
  EXPECT_GE(count, 3);
}

} // namespace
} // namespace nightshift

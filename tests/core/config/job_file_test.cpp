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
using tests::mistakes_in_text;
using tests::TempDir;

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

  EXPECT_EQ(file.jobs[0].name, "Sync captures for deployment 250");
  const JobDefinition& sync = *file.jobs[0].definition;
  EXPECT_EQ(sync.name, "Sync captures for deployment {deployment.id}");
  EXPECT_EQ(sync.type, "data_storage_sync");
  EXPECT_EQ(sync.position, (SourcePosition{0, 19, 5}));
  EXPECT_EQ(sync.type_position, (SourcePosition{0, 20, 11}));
  EXPECT_EQ(sync.delay.count(), 1500);
  EXPECT_EQ(sync.limit, 100);
  EXPECT_FALSE(sync.shuffle);
  EXPECT_EQ(sync.limits.attempts, 1);
  EXPECT_EQ(sync.limits.timeout, std::chrono::hours(2));
  EXPECT_EQ(sync.limits.max_failed, 0.01);
  EXPECT_FALSE(sync.limits.stage_timeout);
  EXPECT_EQ(sync.limits.stall_timeout, std::chrono::minutes(15));
  EXPECT_FALSE(sync.limits.cancel_stalled);
  EXPECT_EQ(*sync.params.find("max_gap")->as<std::string>(), "120min");
  ASSERT_TRUE(file.jobs[0].deployment);
  const Deployment& deployment = *file.jobs[0].deployment;
  EXPECT_EQ(deployment.id, 250);
  EXPECT_EQ(deployment.name, "Costa Rica - Restoration");
  EXPECT_EQ(deployment.project.id, 88);
  EXPECT_EQ(deployment.project.name, "Costa Rica- Labelling");
  EXPECT_EQ(deployment.source, "disk");
  EXPECT_EQ(deployment.subdir, "restoration");
  EXPECT_EQ(deployment.regex, "\\.jpg$");
  EXPECT_EQ(deployment.time_zone, "-06:00");
  EXPECT_EQ(deployment.latitude, 10);
  EXPECT_EQ(deployment.longitude, -84.5);

  EXPECT_FALSE(file.jobs[1].deployment);
  const JobDefinition& second = *file.jobs[1].definition;
  EXPECT_EQ(second.delay, std::chrono::minutes(2));
  EXPECT_EQ(second.limits.attempts, 3);
  EXPECT_THAT(second.needs, ElementsAre("Sync captures for deployment {deployment.id}"));
}

TEST(JobFile, HasDefaults) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\njobs: [{name: a, type: t, limit: null, params: }]\n");
  const JobFile file = read_job_file(dir / "job.yaml");
  EXPECT_FALSE(file.state_dir);
  EXPECT_EQ(file.catalogue, "sqlite:catalogue.db");
  EXPECT_EQ(file.api_base_url, "");
  const JobDefinition& job = *file.jobs[0].definition;
  EXPECT_EQ(job.delay.count(), 0);
  EXPECT_FALSE(job.limit);
  EXPECT_TRUE(job.shuffle);
  EXPECT_TRUE(job.params.is_nothing());
  EXPECT_EQ(job.limits.attempts, 1);
  EXPECT_FALSE(job.limits.timeout);
  EXPECT_FALSE(job.limits.max_failed);
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
  const Value& key = *file.jobs[0].definition->params.find("key");
  EXPECT_EQ(*key.as<std::string>(), "s3cr3t");
  EXPECT_THAT(key.unresolved(), testing::Not(HasSubstr("s3cr3t")));
}

TEST(JobFile, ShowsNoSecretInAMessage) {
  ::setenv("NIGHTSHIFT_TEST_SECRET", "s3cr3t://x", 1);
  const std::string text = mistakes_in_text(R"(version: "${env:NIGHTSHIFT_TEST_SECRET}"
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
  const std::string text = mistakes_in_text(R"(version: 1
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
  EXPECT_EQ(mistakes_in_text("version: ${env:NIGHTSHIFT_TEST_UNSET}\njobs: [{name: a, type: t}]\n"),
            "job.yaml:1:10: error: the environment variable NIGHTSHIFT_TEST_UNSET is not set\n"
            "  version: ${env:NIGHTSHIFT_TEST_UNSET}\n"
            "           ^\n"
            "  hint: set it, or write ${env:NIGHTSHIFT_TEST_UNSET:-default}\n");
}

TEST(JobFile, RefusesATildeForTheHomeFolder) {
  EXPECT_THAT(mistakes_in_text("version: 1\nstate_dir: ~/var\njobs: [{name: a, type: t}]\n"),
              HasSubstr("2:12: error: \"~\" is not replaced in a job file\n"));
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
  EXPECT_EQ(mistakes_in_text(example), "");
  EXPECT_THAT(readme,
              HasSubstr("\n```\n" + mistakes_in_text(example + "    timout: 2h\n") + "```\n"));
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

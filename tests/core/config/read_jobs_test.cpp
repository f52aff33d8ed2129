// SPDX-License-Identifier: Apache-2.0

#include "core/config/read_jobs.hpp"
#include "tests/support/job_file_mistakes.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nightshift {
namespace {

using testing::HasSubstr;
using tests::mistakes_in_text;
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

TEST(Jobs, AreMadeForEachDeploymentOrForOne) {
  const TempDir dir;
  dir.write("job.yaml",
            with_jobs("  - {name: \"all {deployment.name}\", type: t, for_each: deployments}\n"
                      "  - {name: \"one {deployment.id}\", type: t, deployment: 3}\n"
                      "  - {name: none, type: t}\n"));
  const JobFile file = read_job_file(dir / "job.yaml");
  ASSERT_EQ(file.jobs.size(), 4U);
  EXPECT_EQ(file.jobs[0].name, "all two");
  EXPECT_EQ(file.jobs[1].name, "all tri");
  EXPECT_EQ(file.jobs[1].definition->name, "all {deployment.name}");
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
    const std::string text = mistakes_in_text(with_jobs(row.jobs));
    EXPECT_THAT(text, HasSubstr(std::string(row.expected.substr(0, divider)) + "\n"));
    EXPECT_THAT(text, HasSubstr(hint.empty() ? "" : "  hint: " + hint + "\n"));
  }
}

TEST(Jobs, AreNeeded) {
  EXPECT_THAT(mistakes_in_text("version: 1\n"),
              HasSubstr("job.yaml:1:1: error: the job file has no jobs\n"));
  EXPECT_THAT(mistakes_in_text("version: 1\njobs: []\n"),
              HasSubstr("2:7: error: the job file has no jobs\n"));
}

TEST(Jobs, ForEachOfNoDeploymentIsAMistake) {
  EXPECT_THAT(mistakes_in_text("version: 1\njobs: [{name: a, type: t, for_each: deployments}]\n"),
              HasSubstr("2:37: error: there are no deployments to make jobs for\n"));
}

} // namespace
} // namespace nightshift

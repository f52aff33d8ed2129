// SPDX-License-Identifier: Apache-2.0

#include "core/runner/plan.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Plans of job files over the program's own plugins.
class PlanTest : public testing::Test {
 protected:
  PlanTest() { std::filesystem::create_directory(folder_ / "captures"); }

  Plan plan(const std::string& jobs, const std::string& uri = {}) {
    const std::string source = uri.empty() ? "file://" + (folder_ / "captures").string() : uri;
    const JobFile file = read_job_file(folder_.write(
        "jobs.yaml", "version: 1\nsources:\n  disk: {uri: \"" + source +
                         "\"}\ndeployments:\n"
                         "  - {id: 1, name: one, project: {id: 1, name: P}, source: disk}\n"
                         "  - {id: 2, name: two, project: {id: 1, name: P}, source: disk}\n"
                         "jobs:\n" +
                         jobs));
    return make_plan(make_setups(file), file.texts, registry_, folder_ / "state");
  }

  PlanError mistakes(const std::string& jobs, const std::string& uri = {}) {
    try {
      (void)plan(jobs, uri);
    } catch (const PlanError& error) {
      return error;
    }
    ADD_FAILURE() << "the plan was made";
    return {"", ExitCode::ok};
  }

  // Of a sync that was recorded from a job file with this in it.
  JobSetup recorded(const std::string& catalogue, const std::string& source) {
    const JobFile file = read_job_file(folder_.write(
        "jobs.yaml", "version: 1\ncatalogue: \"" + catalogue + "\"\nsources:\n  disk: " + source +
                         "\ndeployments:\n"
                         "  - {id: 1, name: one, project: {id: 1, name: P}, source: disk}\n"
                         "jobs:\n"
                         "  - {name: a, type: data_storage_sync, deployment: 1}\n"));
    return setup_from_json(to_json(make_setups(file).at(0)));
  }

  JobSetup recorded(const std::string& catalogue) {
    return recorded(catalogue, "{uri: \"file://" + (folder_ / "captures").string() + "\"}");
  }

  Plan plan_recorded(std::vector<JobSetup> setups) {
    return make_plan(std::move(setups), {}, registry_, folder_ / "state");
  }

  tests::TempDir folder_;
  PluginRegistry registry_{{NIGHTSHIFT_PLUGINS}};
};

TEST_F(PlanTest, StagesAreTheJobTypesOfTheirKeys) {
  const Plan made = plan("  - {name: a, type: data_storage_sync, deployment: 1}\n");
  ASSERT_EQ(made.jobs.size(), 1U);
  ASSERT_EQ(made.jobs[0].work->stages.size(), 2U);
  EXPECT_EQ(made.jobs[0].work->stages[1]->info().key, "update_deployment_cache");
  EXPECT_EQ(made.catalogue, "sqlite:catalogue.db");
}

TEST_F(PlanTest, ParametersAreTheUnionOverTheStages) {
  const Plan made = plan("  - {name: a, type: data_storage_sync, deployment: 1, params: {max_gap: "
                         "30min, verify: full}}\n");
  const Parameters& parameters = made.jobs[0].work->parameters;
  EXPECT_EQ(parameters.duration("max_gap"), std::chrono::minutes(30));
  EXPECT_EQ(parameters.text("verify"), "full");
}

TEST_F(PlanTest, WithoutADeploymentThereIsNoCatalogue) {
  EXPECT_EQ(plan("  - {name: a, type: hello}\n").catalogue, "");
}

TEST_F(PlanTest, JobsOfOneDefinitionAndSourceShareTheirWork) {
  const Plan made =
      plan("  - {name: \"{deployment.id}\", type: data_storage_sync, for_each: deployments}\n"
           "  - {name: other, type: data_storage_sync, deployment: 1, params: {verify: full}}\n");
  ASSERT_EQ(made.jobs.size(), 3U);
  EXPECT_EQ(made.jobs[0].work, made.jobs[1].work);
  EXPECT_EQ(made.jobs[0].setup.definition, made.jobs[1].setup.definition);
  EXPECT_EQ(made.jobs[0].setup.deployment, made.jobs[2].setup.deployment);
  EXPECT_EQ(made.jobs[2].work->parameters.text("verify"), "full");
  EXPECT_NE(made.jobs[0].work->parameters.text("verify"), "full");
}

TEST_F(PlanTest, JobsOfOneSourceShareItsStorage) {
  const Plan made =
      plan("  - {name: \"{deployment.id}\", type: data_storage_sync, for_each: deployments}\n");
  ASSERT_EQ(made.jobs.size(), 2U);
  EXPECT_NE(made.jobs[0].work->storage, nullptr);
  EXPECT_EQ(made.jobs[0].work->storage, made.jobs[1].work->storage);
}

TEST_F(PlanTest, JobsWhoseSourcesOnlyShareNameAndUriHaveStoragesOfTheirOwn) {
  const std::string uri =
      "uri: \"manifest:" + folder_.write("listing.csv", "key,size\na/1.jpg,1\n").string() + "\"";
  const auto of_root = [&](const std::string& root) {
    return recorded("sqlite:catalogue.db", "{" + uri + ", root: " + root + "}");
  };
  const Plan made = plan_recorded({of_root("a"), of_root("b"), of_root("a")});
  ASSERT_EQ(made.jobs.size(), 3U);
  EXPECT_NE(made.jobs[0].work->storage, made.jobs[1].work->storage);
  EXPECT_EQ(made.jobs[0].work->storage, made.jobs[2].work->storage);
}

TEST_F(PlanTest, JobsOfDifferentCataloguesAreRefused) {
  try {
    (void)plan_recorded({recorded("sqlite:one.db"), recorded("sqlite:two.db")});
    FAIL() << "all rows would come to lie in one of them";
  } catch (const PlanError& error) {
    const std::string state = (folder_ / "state").string();
    EXPECT_EQ(error.what(), "error: the jobs have different catalogues, sqlite:" + state +
                                "/one.db and sqlite:" + state +
                                "/two.db: start them one at a time\n");
    EXPECT_EQ(error.exit_code(), ExitCode::config);
  }
}

TEST_F(PlanTest, ShowsNothingThatWasPutIntoTheNamesOfDifferentCatalogues) {
  setenv("NIGHTSHIFT_TEST_CATALOGUE", "hunter2", 1);
  try {
    (void)plan_recorded(
        {recorded("sqlite:one.db"), recorded("sqlite:${env:NIGHTSHIFT_TEST_CATALOGUE}.db")});
    FAIL() << "all rows would come to lie in one of them";
  } catch (const PlanError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("/${env:NIGHTSHIFT_TEST_CATALOGUE}.db"),
                                    Not(HasSubstr("hunter2"))));
  }
}

TEST_F(PlanTest, ACatalogueMayHaveSeveralNames) {
  const std::string absolute = "sqlite:" + (folder_ / "state/one.db").string();
  EXPECT_EQ(plan_recorded({recorded("sqlite:one.db"), recorded(absolute)}).catalogue,
            "sqlite:one.db");
}

TEST_F(PlanTest, ANeedIsTheJobForTheSameDeploymentWhereThereIsOne) {
  const Plan made = plan(
      "  - {name: \"a {deployment.id}\", type: data_storage_sync, for_each: deployments}\n"
      "  - {name: \"b {deployment.id}\", type: update_deployment_cache, for_each: deployments,\n"
      "     needs: [\"a {deployment.id}\"]}\n"
      "  - {name: c, type: hello, needs: [\"a {deployment.id}\"]}\n");
  ASSERT_EQ(made.jobs.size(), 5U);
  EXPECT_THAT(made.jobs[2].needs, ElementsAre(0));
  EXPECT_THAT(made.jobs[3].needs, ElementsAre(1));
  EXPECT_THAT(made.jobs[4].needs, ElementsAre(0, 1));
}

TEST_F(PlanTest, RefusesJobsOfSeveralFilesThatNeedEachOther) {
  std::vector<JobSetup> setups;
  for (const char* jobs : {"jobs:\n  - {name: a, type: hello, needs: [b]}\n"
                           "  - {name: b, type: hello}\n",
                           "jobs:\n  - {name: a, type: hello}\n"
                           "  - {name: b, type: hello, needs: [a]}\n"}) {
    const JobFile file =
        read_job_file(folder_.write("jobs.yaml", "version: 1\n" + std::string(jobs)));
    for (JobSetup& setup : make_setups(file)) {
      if (!setup.definition->needs.empty()) {
        setups.push_back(std::move(setup));
      }
    }
  }
  try {
    (void)make_plan(std::move(setups), {}, registry_, folder_ / "state");
    ADD_FAILURE() << "the plan was made";
  } catch (const PlanError& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::config);
    EXPECT_THAT(error.what(), HasSubstr("\"a\" and others of these jobs need each other"));
  }
}

TEST_F(PlanTest, TellsMistakesOfEveryKindAtOnce) {
  const PlanError error = mistakes("  - {name: a, type: helo}\n"
                                   "  - {name: b, type: hello, params: {tmes: 2}}\n"
                                   "  - {name: c, type: data_storage_sync}\n"
                                   "  - {name: d, type: data_storage_sync, deployment: 1}\n",
                                   "file:///nowhere/at/all");
  EXPECT_THAT(error.what(), AllOf(HasSubstr("\"helo\""), HasSubstr("\"tmes\""),
                                  HasSubstr("needs a deployment"), HasSubstr("/nowhere/at/all")));
  EXPECT_EQ(error.exit_code(), ExitCode::config) << "what a person must mend in the file first";
}

TEST_F(PlanTest, AMissingSourceIsToldOnceHoweverManyJobsUseIt) {
  const PlanError error =
      mistakes("  - {name: \"{deployment.id}\", type: data_storage_sync, for_each: deployments}\n",
               "file:///nowhere/at/all");
  const std::string text = error.what();
  EXPECT_EQ(text.find("/nowhere"), text.rfind("/nowhere"));
  EXPECT_EQ(error.exit_code(), ExitCode::no_input);
}

TEST_F(PlanTest, APatternThatDoesNotCompileIsAMistakeOfTheFileToldOnce) {
  const std::string text = mistakes("  - {name: \"{deployment.id}\", type: data_storage_sync,\n"
                                    "     for_each: deployments, params: {exclude: \"(\"}}\n")
                               .what();
  EXPECT_THAT(text, HasSubstr("jobs.yaml:9:47: error: exclude: \"(\" is not a regular expression"));
  EXPECT_EQ(text.find("error:"), text.rfind("error:")) << text;
}

TEST_F(PlanTest, ShowsNothingThatWasPutIn) {
  setenv("NIGHTSHIFT_TEST_SECRET", "/where/moths/are(", 1);
  const std::string text = mistakes("  - {name: a, type: data_storage_sync, deployment: 1,\n"
                                    "     params: {exclude: \"${env:NIGHTSHIFT_TEST_SECRET}\"}}\n",
                                    "file://${env:NIGHTSHIFT_TEST_SECRET}")
                               .what();
  EXPECT_EQ(text.find("moths"), std::string::npos) << text;
  EXPECT_THAT(text, AllOf(HasSubstr("exclude: \"${env:NIGHTSHIFT_TEST_SECRET}\" is not"),
                          HasSubstr("the source's folder ${env:NIGHTSHIFT_TEST_SECRET} is not")));
}

TEST_F(PlanTest, NamesTheSetThatHoldsAMistake) {
  const JobFile file =
      read_job_file(folder_.write("jobs.yaml", "version: 1\njobs: [{name: a, type: hello}]\n"),
                    {.set = {{"jobs.0.params.tmes", "2"}}});
  try {
    (void)make_plan(make_setups(file), file.texts, registry_, folder_ / "state");
    FAIL() << "took an unknown parameter";
  } catch (const PlanError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--set jobs.0.params.tmes=2"));
  }
}

TEST_F(PlanTest, WritesNothing) {
  (void)plan("  - {name: a, type: data_storage_sync, deployment: 1}\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state"));
}

} // namespace
} // namespace nightshift

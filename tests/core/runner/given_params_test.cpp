// SPDX-License-Identifier: Apache-2.0

#include "core/runner/given_params.hpp"
#include "core/runner/plan.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Over the program's own plugins.
class GivenParamsTest : public testing::Test {
 protected:
  GivenParamsTest() { std::filesystem::create_directory(folder_ / "captures"); }

  JobFile read(const std::string& jobs) const {
    return read_job_file(folder_.write(
        "jobs.yaml", "version: 1\nsources:\n  disk: {uri: \"file://" +
                         (folder_ / "captures").string() +
                         "\"}\ndeployments:\n"
                         "  - {id: 1, name: one, project: {id: 1, name: P}, source: disk}\n"
                         "  - {id: 2, name: two, project: {id: 1, name: P}, source: disk}\n"
                         "jobs:\n" +
                         jobs));
  }

  JobFile with(const std::string& jobs, const std::vector<GivenParam>& given) {
    JobFile file = read(jobs);
    put_params(file, given, registry_);
    return file;
  }

  static std::string param(const JobFile& file, std::size_t job, const char* key) {
    const Value* value = file.jobs.at(job).definition->params.find(key);
    return value == nullptr ? "none" : *value->as<std::string>();
  }

  const GivenParam quick_{"verify", "quick", "--quick"};
  tests::TempDir folder_;
  PluginRegistry registry_{{NIGHTSHIFT_PLUGINS}};
};

TEST_F(GivenParamsTest, GoIntoEachJobWhoseTypeTakesThem) {
  const JobFile file =
      with("  - {name: \"sync {deployment.id}\", type: data_storage_sync, for_each: deployments}\n"
           "  - {name: other, type: data_storage_sync, deployment: 1, params: {verify: full}}\n"
           "  - {name: hi, type: hello, params: {name: you}}\n",
           {quick_});
  ASSERT_EQ(file.jobs.size(), 4U);
  for (const std::size_t sync : {0U, 1U, 2U}) {
    EXPECT_EQ(param(file, sync, "verify"), "quick");
  }
  EXPECT_EQ(param(file, 3, "verify"), "none");
  EXPECT_EQ(param(file, 3, "name"), "you");
  EXPECT_EQ(file.jobs[0].definition, file.jobs[1].definition) << "what is shared stays shared";
}

TEST_F(GivenParamsTest, LeaveWhatElseAJobIsToldAsItIs) {
  const JobFile file = with("  - {name: a, type: data_storage_sync, deployment: 1, "
                            "params: {exclude: thumbs, verify: full}}\n",
                            {quick_});
  EXPECT_EQ(param(file, 0, "exclude"), "thumbs");
  EXPECT_EQ(param(file, 0, "verify"), "quick");
}

TEST_F(GivenParamsTest, AreRecordedWithTheJob) {
  const JobFile file = with("  - {name: a, type: data_storage_sync, deployment: 1}\n", {quick_});
  const JobSetup recorded = setup_from_json(to_json(make_setups(file).at(0)));
  EXPECT_EQ(*recorded.definition->params.find("verify")->as<std::string>(), "quick");
}

TEST_F(GivenParamsTest, OfAStageWillDo) {
  const JobFile file = with("  - {name: a, type: data_storage_sync, deployment: 1}\n",
                            {{"max_gap", "30min", "--max-gap"}});
  EXPECT_EQ(param(file, 0, "max_gap"), "30min");
}

TEST_F(GivenParamsTest, ThatNoJobTakesAreAMistake) {
  const JobError error =
      tests::error_of([&] { std::ignore = with("  - {name: hi, type: hello}\n", {quick_}); });
  EXPECT_EQ(error.code(), error_code::k_config);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("--quick: none of the jobs of "),
                                  HasSubstr("jobs.yaml takes a parameter \"verify\"")));
}

TEST_F(GivenParamsTest, LeaveATypeThatIsUnknownToThePlanner) {
  JobFile file = with("  - {name: a, type: data_storage_sink}\n", {quick_});
  EXPECT_EQ(param(file, 0, "verify"), "none");
  EXPECT_THROW(std::ignore = make_plan(make_setups(file), file.texts, registry_, folder_ / "state"),
               PlanError);
}

TEST_F(GivenParamsTest, WithAValueThatIsNoneAreAMistakeOfTheCommandLine) {
  const JobError error = tests::error_of([&] {
    std::ignore = with("  - {name: a, type: data_storage_sync, deployment: 1}\n",
                       {{"verify", "fast", "--verify"}});
  });
  EXPECT_EQ(error.code(), error_code::k_config);
  EXPECT_STREQ(error.what(), "--verify fast: a data_storage_sync takes fingerprint, full, quick");
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/base/file.hpp"
#include "core/runner/plan.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/abi.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <malloc.h>

#include <cstdint>
#include <string>

namespace nightshift {
namespace {

std::int64_t bytes_in_use() {
  const struct mallinfo2 facts = mallinfo2();
  return static_cast<std::int64_t>(facts.uordblks + facts.hblkhd);
}

class PlanMemoryTest : public testing::Test {
 protected:
  PlanMemoryTest() { std::filesystem::create_directory(folder_ / "captures"); }

  // Of the plan of a job for each of so many deployments.
  std::int64_t bytes_of_plan(int deployments) {
    std::string text = fmt::format("version: 1\nsources: {{disk: {{uri: \"file://{}\"}}}}\n"
                                   "deployments:\n",
                                   (folder_ / "captures").string());
    for (int id = 1; id <= deployments; ++id) {
      text += fmt::format("  - {{id: {}, name: trap {}, project: {{id: 1, name: P}}, source: disk, "
                          "subdir: trap-{}}}\n",
                          id, id, id);
    }
    text += "jobs: [{name: \"Sync {deployment.id}\", type: data_storage_sync, for_each: "
            "deployments}]\n";
    const auto path = folder_.write("jobs.yaml", text);
    const std::int64_t before = bytes_in_use();
    const Plan plan = [&] {
      const JobFile file = read_job_file(path);
      return make_plan(make_setups(file), file.texts, registry_, folder_ / "state");
    }();
    EXPECT_EQ(plan.jobs.size(), static_cast<std::size_t>(deployments));
    return bytes_in_use() - before;
  }

  tests::TempDir folder_;
  PluginRegistry registry_{{NIGHTSHIFT_PLUGINS}};
};

TEST_F(PlanMemoryTest, AJobTakesLittleMoreThanItsNameAndItsDeployment) {
  if (std::string_view(NIGHTSHIFT_DETAIL_SANITIZER) != "none") {
    GTEST_SKIP() << "a sanitizer has an allocator of its own, which does not count this way";
  }
  static_cast<void>(bytes_of_plan(10)); // loads the plugins
  const std::int64_t each = (bytes_of_plan(4000) - bytes_of_plan(2000)) / 2000;
  EXPECT_GT(each, 100) << "else this measures nothing";
  EXPECT_LT(each, 1500);
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// What is shipped for people to start from works as it stands.

#include "tests/support/content_of.hpp"
#include "tests/support/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

namespace fs = std::filesystem;

const fs::path k_configs = fs::path(NIGHTSHIFT_TEST_DATA).parent_path().parent_path() / "configs";

TEST(Examples, EveryJobFileRunsToSuccess) {
  const tests::Site site;
  for (const char* place : {"ridge", "meadow"}) {
    site.add_captures(place, 20);
  }
  tests::ProgramSettings settings;
  settings.environment = {{"CAPTURES", site.captures().string()}};
  int job_files = 0;
  for (const auto& entry : fs::directory_iterator(k_configs / "jobs")) {
    if (entry.path().extension() == ".yaml") {
      ++job_files;
      const auto result = site.run({"run", entry.path().string()}, settings);
      EXPECT_EQ(result.exit_code, 0) << entry.path() << "\n" << result.err;
    }
  }
  EXPECT_GE(job_files, 3);
}

TEST(Examples, TheSchemaIsTheOneTheProgramPrints) {
  EXPECT_EQ(tests::content_of(k_configs / "schema/job_file.schema.json"),
            tests::run_program({"schema"}).out)
      << "renew it: nightshift schema > configs/schema/job_file.schema.json";
}

TEST(Examples, TheReferenceIsTheOneTheProgramPrints) {
  const std::string page = tests::content_of(k_configs / "README.md");
  const std::string begin = "<!-- reference -->\n";
  const auto from = page.find(begin) + begin.size();
  const auto to = page.find("<!-- /reference -->");
  ASSERT_LT(from, to);
  EXPECT_EQ(page.substr(from, to - from), tests::run_program({"schema", "--reference"}).out)
      << "renew the part between the markers: nightshift schema --reference";
}

} // namespace
} // namespace nightshift

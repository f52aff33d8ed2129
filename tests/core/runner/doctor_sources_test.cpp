// SPDX-License-Identifier: Apache-2.0

#include "core/runner/doctor_sources.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class DoctorSourcesTest : public testing::Test {
 protected:
  DoctorSourcesTest() {
    const std::string uri = "file://" + (folder_ / "captures").string();
    file_.sources = {{"disk", uri, {}, {}}, {"unused", "file:///nowhere", {}, {}}};
    std::filesystem::create_directory(folder_ / "captures");
  }

  void add_deployment(std::int64_t id, const std::string& subdir, const std::string& regex = {}) {
    Deployment deployment;
    deployment.id = id;
    deployment.source = "disk";
    deployment.subdir = subdir;
    deployment.regex = regex;
    file_.deployments.push_back(std::make_shared<const Deployment>(std::move(deployment)));
  }

  [[nodiscard]] Finding finding() const {
    const auto findings = examine_sources(file_);
    EXPECT_EQ(findings.size(), 1U) << "a source without a deployment is nobody's affair";
    return findings.at(0);
  }

  tests::TempDir folder_;
  JobFile file_;
};

TEST_F(DoctorSourcesTest, NamesAnObjectThatWasListedFirst) {
  folder_.write("captures/ridge/2024/a.jpg", "jpeg");
  add_deployment(1, "ridge");
  const Finding found = finding();
  EXPECT_TRUE(found.good);
  EXPECT_EQ(found.check, "source disk");
  EXPECT_THAT(found.text, AllOf(HasSubstr("1 deployment,"), HasSubstr("such as ridge/2024/a.jpg"),
                                HasSubstr(" ms")));
}

TEST_F(DoctorSourcesTest, LooksForWhatTheDeploymentsRegexWants) {
  folder_.write("captures/ridge/a.jpg", "jpeg");
  folder_.write("captures/ridge/b.jpg", "jpeg");
  add_deployment(1, "ridge", "b\\.jpg$");
  EXPECT_THAT(finding().text, HasSubstr("such as ridge/b.jpg"));
  file_.deployments.clear();
  add_deployment(1, "ridge", "c\\.jpg$");
  EXPECT_TRUE(finding().good);
  EXPECT_THAT(finding().text, HasSubstr("1 without any object among the first 100,000"));
}

TEST_F(DoctorSourcesTest, NamesTheDeploymentsThatCannotBeListed) {
  folder_.write("captures/ridge/a.jpg", "jpeg");
  add_deployment(1, "ridge");
  add_deployment(2, "gone");
  add_deployment(3, "gone as well");
  const Finding found = finding();
  EXPECT_FALSE(found.good);
  EXPECT_THAT(found.text, AllOf(HasSubstr("deployment 2"), HasSubstr("gone"),
                                HasSubstr("(and 1 more deployments)")));
}

TEST_F(DoctorSourcesTest, SaysThatASourceIsNotThere) {
  add_deployment(1, "ridge");
  std::filesystem::remove_all(folder_ / "captures");
  const Finding found = finding();
  EXPECT_FALSE(found.good);
  EXPECT_THAT(found.text, HasSubstr("captures"));
}

} // namespace
} // namespace nightshift

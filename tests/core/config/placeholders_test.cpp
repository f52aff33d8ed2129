// SPDX-License-Identifier: Apache-2.0

#include "core/config/placeholders.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nightshift {
namespace {

const Deployment& deployment() {
  static const Deployment k_deployment{
      250, "Ridge {north}", {88, "Labelling"}, "disk", "", "", "", {}, {}};
  return k_deployment;
}

TEST(Placeholders, AreReplaced) {
  EXPECT_EQ(fill_placeholders("#{deployment.id} {deployment.name} on {deployment.source} of "
                              "{project.id} {project.name}",
                              &deployment()),
            "#250 Ridge {north} on disk of 88 Labelling");
  EXPECT_EQ(fill_placeholders("", &deployment()), "");
}

TEST(Placeholders, LeaveDoubledBracesAsPlainOnes) {
  EXPECT_EQ(fill_placeholders("{{deployment.id}} a}b }}", nullptr), "{deployment.id} a}b }");
  EXPECT_EQ(fill_placeholders("{{{deployment.id}}}", &deployment()), "{250}");
}

TEST(Placeholders, SayWhatIsWrong) {
  struct Row {
    std::string_view text;
    const Deployment* deployment;
    std::string_view message;
    std::string_view hint;
  };

  const Row rows[] = {
      {"{deploymnt.id}", &deployment(), "there is no placeholder {deploymnt.id}",
       "did you mean \"deployment.id\"?"},
      {"{id}", &deployment(), "there is no placeholder {id}", "a plain brace is written twice"},
      {"{}", &deployment(), "there is no placeholder {}", "a plain brace is written twice"},
      {"a {deployment.id", &deployment(), "a \"{\" is never closed",
       "a plain brace is written twice"},
      {"{deployment.id}", nullptr, "{deployment.id} cannot be replaced: the job has no deployment",
       R"(add "for_each: deployments" or "deployment: ID")"},
  };
  for (const Row& row : rows) {
    const auto filled = fill_placeholders(row.text, row.deployment);
    ASSERT_FALSE(filled) << row.text;
    EXPECT_EQ(filled.error().message, row.message);
    EXPECT_EQ(filled.error().hint, row.hint);
  }
}

} // namespace
} // namespace nightshift

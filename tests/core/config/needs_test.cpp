// SPDX-License-Identifier: Apache-2.0

#include "core/config/needs.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace nightshift {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Jobs = std::vector<std::pair<std::string, std::vector<std::string>>>;

Jobs chain(int length, const char* name, const char* need) {
  Jobs jobs(static_cast<std::size_t>(length));
  for (int i = 0; i < length; ++i) {
    jobs[static_cast<std::size_t>(i)] = {fmt::format("{}{}", name, i),
                                         {fmt::format("{}{}", need, i + 1)}};
  }
  return jobs;
}

// Needs stand on the line of their job, counted from 1.
std::vector<std::string> mistakes(const Jobs& given, AllJobs all = AllJobs::known) {
  std::vector<NeedingJob> jobs;
  for (const auto& [name, needs] : given) {
    NeedingJob job{name, {}};
    for (const std::string& need : needs) {
      job.needs.push_back({need, {0, static_cast<int>(jobs.size()) + 1, 1}});
    }
    jobs.push_back(std::move(job));
  }
  Diagnostics diagnostics;
  check_needs(jobs, all, diagnostics);
  std::vector<std::string> found;
  for (const Diagnostic& error : diagnostics.errors()) {
    found.push_back(fmt::format("{}: {}{}", error.position.line, error.message,
                                error.hint.empty() ? "" : " [" + error.hint + "]"));
  }
  return found;
}

TEST(Needs, MayFormAnyGraphWithoutACircle) {
  EXPECT_THAT(mistakes({{"d", {"b", "c"}}, {"b", {"a"}}, {"c", {"a", "b"}}, {"a", {}}}), IsEmpty());
}

TEST(Needs, MustNameJobs) {
  EXPECT_THAT(mistakes({{"sync", {"synk", "other"}}, {"b", {"syncc"}}}),
              ElementsAre("1: there is no job \"synk\" [did you mean \"sync\"?]",
                          "1: there is no job \"other\"",
                          "2: there is no job \"syncc\" [did you mean \"sync\"?]"));
  EXPECT_THAT(mistakes({{"a", {"b"}}}, AllJobs::unknown), IsEmpty());
}

TEST(Needs, MustNotNameTheJobItself) {
  EXPECT_THAT(mistakes({{"a", {"a"}}}), ElementsAre("1: the job \"a\" needs itself"));
}

TEST(Needs, NameEveryCircle) {
  EXPECT_THAT(mistakes({{"x", {"a"}},
                        {"a", {"b"}},
                        {"b", {"a"}},
                        {"c", {"d"}},
                        {"d", {"e"}},
                        {"e", {"c", "x"}}}),
              ElementsAre("3: these jobs need each other: a → b → a",
                          "6: these jobs need each other: c → d → e → c"));
}

TEST(Needs, ShortenALongCircle) {
  Jobs jobs = chain(99, "j", "j");
  jobs.push_back({"j99", {"j0"}});
  EXPECT_THAT(mistakes(jobs), ElementsAre("100: these jobs need each other: j0 → j1 → j2 → j3 → j4 "
                                          "→ j5 → … → j95 → j96 → j97 → j98 → j99 → j0"));
}

TEST(Needs, AreCheckedHoweverLongTheChain) {
  Jobs jobs = chain(100'000, "j", "j");
  jobs.push_back({"j100000", {}});
  EXPECT_THAT(mistakes(jobs), IsEmpty());
}

TEST(Needs, AreCheckedHoweverManyAreWrong) {
  EXPECT_EQ(mistakes(chain(20'000, "job number ", "jab number ")).size(), 20'000U);
}

} // namespace
} // namespace nightshift

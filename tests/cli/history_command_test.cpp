// SPDX-License-Identifier: Apache-2.0
//
// Looking back at jobs, and having old ones go.

#include "tests/support/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::HasSubstr;

class HistoryCommandTest : public testing::Test {
 protected:
  // Two syncs that succeed, a greeting, and a sync that fails.
  HistoryCommandTest() {
    site_.add_captures("restoration", 3);
    site_.write_job_file("restoration", "  - {name: greet, type: hello}\n");
    EXPECT_EQ(site_.sync({"--deployment", "250"}).exit_code, 0);
    EXPECT_EQ(site_.sync({"--jobs", "1"}).exit_code, 0);
    site_.write_job_file("gone");
    EXPECT_EQ(site_.sync().exit_code, 1);
  }

  [[nodiscard]] std::vector<std::int64_t> ids(std::vector<std::string> filter) const {
    filter.insert(filter.begin(), "jobs");
    filter.emplace_back("--json");
    const tests::ProgramResult result = site_.run(std::move(filter));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::vector<std::int64_t> found;
    const Json list = Json::parse(result.out);
    for (const Json& job : list["results"]) {
      found.push_back(job["id"]);
    }
    return found;
  }

  tests::Site site_;
};

TEST_F(HistoryCommandTest, JobsAreFiltered) {
  EXPECT_THAT(ids({}), testing::ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(ids({"--limit", "2"}), testing::ElementsAre(4, 3));
  EXPECT_THAT(ids({"--limit", "0"}), testing::ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(ids({"--status", "failure"}), testing::ElementsAre(4));
  EXPECT_THAT(ids({"--status", "SUCCESS", "--limit", "1"}), testing::ElementsAre(3));
  EXPECT_THAT(ids({"--type", "hello"}), testing::ElementsAre(3));
  EXPECT_THAT(ids({"--deployment", "250"}), testing::ElementsAre(4, 2, 1));
  EXPECT_THAT(ids({"--since", "1d"}), testing::ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(ids({"--since", "2999-01-01"}), testing::IsEmpty());
}

TEST_F(HistoryCommandTest, AFilterThatMakesNoSenseIsAUsageError) {
  EXPECT_EQ(site_.run({"jobs", "--status", "DONE"}).exit_code, 64);
  const tests::ProgramResult result = site_.run({"jobs", "--since", "yesterday"});
  EXPECT_EQ(result.exit_code, 64);
  EXPECT_THAT(result.err, HasSubstr("2025-01-14"));
}

TEST_F(HistoryCommandTest, ShowTellsOfEachAttempt) {
  const std::string text = site_.run({"show", "4"}).out;
  EXPECT_THAT(text, HasSubstr("attempts\n  1   "));
  EXPECT_THAT(text, HasSubstr("FAILURE  (not_found)  on "));
}

TEST_F(HistoryCommandTest, GcOnlyTellsUnlessItIsToldToRemove) {
  const tests::ProgramResult told = site_.run({"gc", "--keep-jobs", "1"});
  EXPECT_EQ(told.exit_code, 0);
  EXPECT_THAT(told.out, HasSubstr("would remove 3 jobs and 2 runs, "));
  EXPECT_THAT(told.out, HasSubstr("--apply"));
  EXPECT_EQ(ids({}).size(), 4U);
  const tests::ProgramResult done = site_.run({"gc", "--keep-jobs", "1", "--apply"});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_THAT(done.out, HasSubstr("removed 3 jobs and 2 runs, "));
  EXPECT_THAT(ids({}), testing::ElementsAre(4));
  EXPECT_EQ(site_.sync().exit_code, 1);
  EXPECT_THAT(ids({}), testing::ElementsAre(5, 4)) << "no id is given out twice";
}

TEST_F(HistoryCommandTest, GcAsksWhatToKeep) {
  const tests::ProgramResult result = site_.run({"gc", "--apply"});
  EXPECT_EQ(result.exit_code, 64);
  EXPECT_THAT(result.err, HasSubstr("keep"));
  EXPECT_EQ(Json::parse(site_.run({"gc", "--keep-days", "1", "--json"}).out)["jobs"].size(), 0U);
}

} // namespace
} // namespace nightshift

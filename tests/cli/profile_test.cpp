// SPDX-License-Identifier: Apache-2.0

#include "tests/support/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nightshift {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int k_captures = 180;

// A site of two folders with captures and a file that is none.
class ProfileTest : public testing::Test {
 protected:
  ProfileTest() {
    site_.add_captures("restoration/a", 120);
    site_.add_captures("restoration/b", k_captures - 120, 24 * 60);
    site_.folder().write("captures/restoration/a/notes.txt", "x");
    site_.write_job_file();
  }

  [[nodiscard]] Json report(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const tests::ProgramResult result = site_.sync(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return Json::parse(result.out);
  }

  tests::Site site_;
};

void expect_profile_of_first_sync(const Json& report) {
  const Json& sync = report["jobs"][0]["stages"][0]["profile"];
  EXPECT_EQ(sync["counts"]["statx"], k_captures) << "notes.txt costs no call";
  EXPECT_EQ(sync["counts"]["open"], 3);
  EXPECT_EQ(sync["counts"]["getdents64"], 6);
  EXPECT_EQ(sync["counts"]["requests"], 0);
  ASSERT_EQ(sync["queues"].size(), 1U);
  EXPECT_EQ(sync["queues"][0]["name"], "merge");
  EXPECT_EQ(sync["queues"][0]["items"], 2) << "a folder each";
  EXPECT_GE(sync["threads"], 1);
  EXPECT_TRUE(sync["process_io"].is_object()) << "the job is alone";
  const Json& cache = report["jobs"][0]["stages"][1]["profile"];
  EXPECT_EQ(cache["counts"]["statx"], 0);
  EXPECT_GE(cache["counts"]["commits"], 1);
  EXPECT_GE(cache["peak_rss_bytes"], sync["peak_rss_bytes"]);
}

TEST_F(ProfileTest, TellsWhatEachStageAskedOfTheSystem) {
  const Json first = report({"--profile"});
  expect_profile_of_first_sync(first);
  const Json again = report({"--profile"});
  const Json& sync = again["jobs"][0]["stages"][0]["profile"];
  EXPECT_EQ(sync["counts"]["statx"], k_captures);
  EXPECT_EQ(sync["queues"][0]["items"], 0) << "nothing had changed";
}

TEST_F(ProfileTest, TheStagesUseNoMoreCpuTimeThanTheProcess) {
  const Json told = report({"--profile"});
  const auto cpu = [](const Json& use) {
    return use["cpu_user_s"].get<double>() + use["cpu_system_s"].get<double>();
  };
  double stages = 0;
  for (const Json& stage : told["jobs"][0]["stages"]) {
    stages += cpu(stage["profile"]);
  }
  constexpr double k_tick = 0.02; // of the kernel's clock, by which the process's time may be told
  EXPECT_GT(stages, 0);
  EXPECT_NEAR(stages, cpu(told["jobs"][0]["profile"]), 1e-5);
  EXPECT_LE(stages, cpu(told["profile"]) + k_tick);
}

TEST_F(ProfileTest, AJobInAProcessOfItsOwnTellsTheSame) {
  const Json told = report({"--profile", "--isolate"});
  expect_profile_of_first_sync(told);
  EXPECT_GT(told["profile"]["children"]["minor_faults"], 0);
}

TEST_F(ProfileTest, IsNoPartOfTheRecordAndNullInAReportWithoutIt) {
  const Json without = report({});
  EXPECT_TRUE(without.at("profile").is_null());
  EXPECT_TRUE(without["jobs"][0]["stages"][0].at("profile").is_null());
  const Json with = report({"--profile"});
  ASSERT_FALSE(with["profile"].is_null());
  EXPECT_THAT(site_.record(2).dump(), Not(HasSubstr("profile")));
}

TEST_F(ProfileTest, IsATableBehindTheResultsForPeople) {
  const tests::ProgramResult result = site_.sync({"--profile"});
  EXPECT_THAT(result.out, HasSubstr("\nwhere the time went"));
  EXPECT_THAT(result.out, HasSubstr("\ndata_storage_sync "));
  EXPECT_THAT(result.out, HasSubstr("180 statx, 6 getdents64, 3 open"));
  EXPECT_THAT(result.out, HasSubstr("\nthe process "));
  EXPECT_LT(result.out.find("1 succeeded"), result.out.find("where the time went"));
  EXPECT_LT(result.out.find("where the time went"), result.out.find("report: "));
  EXPECT_THAT(result.out, Not(HasSubstr("\x1B")));
  EXPECT_EQ(site_.sync({"--profile", "--quiet"}).out, "");
  EXPECT_EQ(site_.sync({"--profile", "--cron"}).out, "");
  EXPECT_THAT(site_.sync({}).out, Not(HasSubstr("where the time went")));
}

} // namespace
} // namespace nightshift

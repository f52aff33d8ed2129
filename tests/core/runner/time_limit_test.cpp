// SPDX-License-Identifier: Apache-2.0

#include "core/runner/time_limit.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace nightshift {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Environment = std::map<std::string, std::string, std::less<>>;

constexpr TimePoint k_now{1'700'000'000s};

std::chrono::milliseconds run_time(const TimeLimit& limit, const Environment& environment = {}) {
  const auto get = [&](const char* name) -> const char* {
    const auto found = environment.find(name);
    return found != environment.end() ? found->second.c_str() : nullptr;
  };
  return time_to_run(limit, get, k_now);
}

std::string complaint(const TimeLimit& limit, const Environment& environment = {}) {
  try {
    (void)run_time(limit, environment);
    return "";
  } catch (const JobError& error) {
    return error.what();
  }
}

TEST(TimeLimit, IsADurationLessWhatIsToBeLeft) {
  EXPECT_EQ(run_time({"2h"}), 2h);
  EXPECT_EQ(run_time({"2h", 5min}), 115min);
}

TEST(TimeLimit, ThatLeavesNothingIsAMistake) {
  EXPECT_THAT(complaint({"1min", 60s}), HasSubstr("leaves no time"));
  EXPECT_THAT(complaint({"0"}), HasSubstr("leaves no time"));
  EXPECT_THAT(complaint({"soon"}), HasSubstr("write a duration"));
}

TEST(TimeLimit, AutoAsksSlurm) {
  const Environment slurm{{"SLURM_JOB_ID", "7"}, {"SLURM_JOB_END_TIME", "1700003600"}};
  EXPECT_EQ(run_time({"auto"}, slurm), 59min) << "a minute before the end";
  EXPECT_EQ(run_time({"auto", 10min}, slurm), 50min);
  EXPECT_EQ(run_time({"auto", 2h}, slurm), 0ms) << "late already: stop at once, to be run again";
}

TEST(TimeLimit, AutoIsAMistakeWhereNobodyTells) {
  EXPECT_THAT(complaint({"auto"}), HasSubstr("no job of a batch scheduler"));
  EXPECT_THAT(complaint({"auto"}, {{"SLURM_JOB_ID", "7"}}), HasSubstr("Slurm does not tell"));
  EXPECT_THAT(complaint({"auto"}, {{"PBS_JOBID", "7"}}), HasSubstr("PBS does not tell"));
  EXPECT_THAT(complaint({"auto"}, {{"SLURM_JOB_END_TIME", "noon"}}), HasSubstr("no time"));
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// Antenna's own record of a sync (tests/data/job-1102.json) is what ours of an equal sync
// must look like: 3,419 files, a job of the same name, the same number.

#include "tests/support/site.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>

namespace nightshift {
namespace {

// With every time replaced by its form.
std::string without_times(const Json& json) {
  std::string text = json.dump(2);
  text = std::regex_replace(text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})"), "TIME");
  text = std::regex_replace(text, std::regex(R"(\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\])"), "[TIME]");
  return std::regex_replace(text, std::regex(R"("duration": "\d+\.\d+")"), R"("duration": "TIME")");
}

// Antenna's links name its host; ours, without an api_base_url, do not.
std::string without_host(const std::string& text) {
  const std::string plain =
      std::regex_replace(text, std::regex("https://api.beluga.insectai.org"), "");
  return std::regex_replace(plain, std::regex(R"(\?format=api)"), "");
}

TEST(GoldenRecord, IsAntennasButForTimesAndOurOneKey) {
  const tests::Site site;
  site.add_captures("restoration", 3419);
  site.write_job_file();
  std::filesystem::create_directories(site.state() / "jobs/1101");
  const tests::ProgramResult result = site.sync();
  ASSERT_EQ(result.exit_code, 0) << result.err;
  Json record = site.record(1102);
  ASSERT_TRUE(record.contains("runner"));
  record.erase("runner");
  const Json seed = Json::parse(std::ifstream(NIGHTSHIFT_TEST_DATA "/job-1102.json"));
  EXPECT_EQ(without_times(record), without_host(without_times(seed)));
}

TEST(GoldenRecord, CountsAllAsNewOnceAndAsUnchangedAfterwards) {
  const tests::Site site;
  site.add_captures("restoration", 3419);
  site.write_job_file();
  ASSERT_EQ(site.sync().exit_code, 0);
  ASSERT_EQ(site.sync().exit_code, 0);
  const Json first = site.record(1)["runner"]["counts"];
  EXPECT_EQ(first["new"], 3419);
  EXPECT_EQ(first["unchanged"], 0);
  const Json second = site.record(2)["runner"]["counts"];
  EXPECT_EQ(second["new"], 0);
  EXPECT_EQ(second["changed"], 0);
  EXPECT_EQ(second["unchanged"], 3419);
  EXPECT_EQ(second["listed"], 3419);
}

} // namespace
} // namespace nightshift

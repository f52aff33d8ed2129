// SPDX-License-Identifier: Apache-2.0

#include "tests/support/content_of.hpp"
#include "tests/support/exposition.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using tests::LoopbackServer;

class WatchedRunTest : public testing::Test {
 protected:
  WatchedRunTest() { site_.add_captures("restoration", 5); }

  // Nothing that stays behind, anywhere in the state directory, may hold the secret.
  void expect_no_trace_of(const std::string& secret) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(site_.state())) {
      if (entry.is_regular_file()) {
        EXPECT_THAT(tests::content_of(entry.path()), Not(HasSubstr(secret))) << entry.path();
      }
    }
  }

  tests::Site site_;
};

TEST_F(WatchedRunTest, PingsTheStartAndTheEnd) {
  const LoopbackServer server;
  site_.write_job_file();
  const auto result = site_.sync({"--cron", "--ping", server.url("/secret-uuid")});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out + result.err, "");
  ASSERT_THAT(server.lines(), ElementsAre("POST /secret-uuid/start", "POST /secret-uuid/0"));
  EXPECT_THAT(server.requests()[1].body, HasSubstr("1 job: 1 succeeded"));
  expect_no_trace_of("secret-uuid");
}

TEST_F(WatchedRunTest, TakesTheUrlFromTheEnvironment) {
  const LoopbackServer server;
  site_.write_job_file("not_there");
  tests::ProgramSettings settings;
  settings.environment = {{"NIGHTSHIFT_PING_URL", server.url("/secret-uuid")}};
  const auto result = site_.run({"run", site_.job_file().string()}, settings);
  EXPECT_EQ(result.exit_code, 1);
  ASSERT_THAT(server.lines(), ElementsAre("POST /secret-uuid/start", "POST /secret-uuid/1"));
  EXPECT_THAT(server.requests()[1].body, HasSubstr("not_there"));
  EXPECT_THAT(result.out + result.err, Not(HasSubstr("secret-uuid")));
  expect_no_trace_of("secret-uuid");
}

TEST_F(WatchedRunTest, TakesTheUrlFromTheJobFile) {
  const LoopbackServer server;
  site_.write_job_file("restoration", "ping: \"${file:ping.url}\"\n");
  site_.folder().write("ping.url", server.url("/secret-uuid") + "\n");
  EXPECT_EQ(site_.sync().exit_code, 0);
  EXPECT_THAT(server.lines(), ElementsAre("POST /secret-uuid/start", "POST /secret-uuid/0"));
  expect_no_trace_of("secret-uuid");
}

TEST_F(WatchedRunTest, PingsTheExitCodeOfARunThatCouldNotBegin) {
  const LoopbackServer server;
  site_.write_job_file_text("version: 1\njobz: []\n");
  EXPECT_EQ(site_.sync({"--ping", server.url("/uuid")}).exit_code, 78);
  ASSERT_THAT(server.lines(), ElementsAre("POST /uuid/start", "POST /uuid/78"));
  EXPECT_THAT(server.requests()[1].body, HasSubstr("jobs.yaml:2:1: error: "));
}

TEST_F(WatchedRunTest, APingThatFailsIsOneWarningAndTheRunSucceeds) {
  const LoopbackServer server(500);
  site_.write_job_file();
  const auto result = site_.sync({"--quiet", "--ping", server.url("/secret-uuid")});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err,
            "nightshift: warning: the ping was not taken: http://127.0.0.1 answers with status "
            "500\n");
}

TEST_F(WatchedRunTest, AUrlThatIsNoneIsRefusedWithoutShowingIt) {
  site_.write_job_file();
  const auto flag = site_.sync({"--ping", "secret-uuid"});
  EXPECT_EQ(flag.exit_code, 78);
  EXPECT_THAT(flag.err, Not(HasSubstr("secret-uuid")));
  site_.write_job_file("restoration", "ping: \"${file:ping.url}\"\n");
  site_.folder().write("ping.url", "secret-uuid");
  const auto file = site_.sync();
  EXPECT_EQ(file.exit_code, 78);
  EXPECT_THAT(file.err, HasSubstr("ping is no URL"));
  EXPECT_THAT(file.err, Not(HasSubstr("secret-uuid")));
  EXPECT_FALSE(std::filesystem::exists(site_.state()));
}

TEST_F(WatchedRunTest, KeepsAMetricsFile) {
  site_.write_job_file();
  const std::string file = site_.folder() / "night.prom";
  ASSERT_EQ(site_.sync({"--metrics-file", file}).exit_code, 0);
  const auto samples = tests::read_exposition(tests::content_of(file));
  EXPECT_THAT(samples, Contains(Pair("nightshift_run_exit_code", "0")));
  EXPECT_THAT(samples, Contains(Pair("nightshift_job_new_captures{name=\"Sync captures for "
                                     "deployment 250\",type=\"data_storage_sync\","
                                     "deployment=\"250\"}",
                                     "5")));
}

TEST_F(WatchedRunTest, AMetricsFileThatCannotBeWrittenIsOneWarning) {
  site_.write_job_file();
  const auto result = site_.sync({"--quiet", "--metrics-file", site_.folder() / "no/night.prom"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("nightshift: warning: the metrics file was not written"));
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/runner/ping.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/loopback_server.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;
using tests::LoopbackServer;

constexpr HttpTimeouts k_short{std::chrono::milliseconds(500), std::chrono::milliseconds(500)};

TEST(PingTarget, PutsTheSignalBehindThePathAndBeforeTheQuery) {
  struct Case {
    const char* url;
    const char* signal;
    const char* expected;
  };

  for (const Case& c :
       {Case{"https://hc/uuid", "start", "https://hc/uuid/start"},
        Case{"https://hc/uuid/", "0", "https://hc/uuid/0"},
        Case{"https://hc/key/slug?create=1", "85", "https://hc/key/slug/85?create=1"},
        Case{"https://hc", "log", "https://hc/log"}}) {
    EXPECT_EQ(ping_target(c.url, c.signal), c.expected);
  }
}

TEST(Ping, TellsTheStartBeforeTheEndAndTheLastLinesWithIt) {
  const LoopbackServer server;
  Ping ping;
  ping.start(server.url("/uuid"));
  ping.finish("1", "all is lost\n");
  EXPECT_THAT(server.lines(), ElementsAre("POST /uuid/start", "POST /uuid/1"));
  EXPECT_EQ(server.requests()[1].body, "all is lost\n");
  EXPECT_EQ(ping.warning(), std::nullopt);
}

TEST(Ping, SendsNoMoreThanTheLongestBody) {
  const LoopbackServer server;
  Ping ping;
  ping.start(server.url("/uuid"));
  ping.finish("0", std::string(50'000, 'x'));
  EXPECT_EQ(server.requests()[1].body.size(), Ping::k_longest_body);
}

TEST(Ping, TheFirstUrlThatIsKnownIsTheOne) {
  const LoopbackServer server;
  Ping ping;
  ping.start("");
  ping.start(server.url("/first"));
  ping.start(server.url("/second"));
  ping.finish("0", "");
  EXPECT_THAT(server.lines(), ElementsAre("POST /first/start", "POST /first/0"));
}

TEST(Ping, WithoutAUrlDoesNothing) {
  Ping ping;
  ping.finish("0", "");
  EXPECT_FALSE(ping.started());
  EXPECT_EQ(ping.warning(), std::nullopt);
}

TEST(Ping, IsOneWarningWithoutTheSecretWhereTheServerRefuses) {
  const tests::RefusedPort port;
  Ping ping(k_short);
  ping.start(port.url("/secret-uuid?token=secret"));
  ping.finish("0", "");
  EXPECT_THAT(ping.warning(), Optional(AllOf(HasSubstr("http://127.0.0.1 does not answer"),
                                             Not(HasSubstr("secret")))));
}

TEST(Ping, IsAWarningWhereTheServerHasAnErrorAndStillTellsTheEnd) {
  const LoopbackServer server(500);
  Ping ping;
  ping.start(server.url("/secret"));
  ping.finish("0", "");
  EXPECT_THAT(ping.warning(),
              Optional(AllOf(HasSubstr("answers with status 500"), Not(HasSubstr("secret")))));
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(Ping, GivesUpOnAServerThatStalls) {
  const LoopbackServer server(LoopbackServer::k_no_answer);
  Ping ping(k_short);
  ping.start(server.url("/secret"));
  ping.finish("0", "");
  EXPECT_THAT(ping.warning(), Optional(AllOf(HasSubstr("Timeout"), Not(HasSubstr("secret")))));
}

TEST(CheckPingUrl, SaysWhereTheUrlStandsAndNotWhatItIs) {
  EXPECT_NO_THROW(check_ping_url("https://hc-ping.com/uuid", "--ping"));
  const JobError error = tests::error_of([] { check_ping_url("hc-ping.com/secret", "--ping"); });
  EXPECT_EQ(error.code(), error_code::k_config);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("the URL of --ping"), Not(HasSubstr("secret"))));
}

} // namespace
} // namespace nightshift

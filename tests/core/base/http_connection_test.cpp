// SPDX-License-Identifier: Apache-2.0

#include "core/base/http_connection.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <thread>

namespace nightshift {
namespace {

using testing::HasSubstr;
using tests::error_of;
using tests::ScriptedServer;
using Ending = ScriptedServer::Ending;

HttpSettings settings_for(const std::string& server) {
  HttpSettings settings{server};
  settings.total_timeout = std::chrono::minutes{1};
  return settings;
}

TEST(HttpConnection, SendsThePathAndTheHeadersAsTheyStand) {
  const ScriptedServer server([](const auto&) {
    return ScriptedServer::Answer{206, "body", {"X-Thing:  some value ", "x-other: 2"}};
  });
  HttpConnection connection(settings_for(server.url()));
  const HttpAnswer& answer = connection.send(
      {server.url() + "/a/../b//%2F?x=%20", false, {"host: elsewhere", "range: bytes=0-3"}},
      std::stop_token());
  EXPECT_EQ(answer.status, 206);
  EXPECT_EQ(answer.body, "body");
  EXPECT_EQ(answer.header("x-thing"), "some value");
  EXPECT_EQ(answer.header("x-absent"), std::nullopt);
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.target, "/a/../b//%2F?x=%20");
  EXPECT_EQ(request.header("host"), "elsewhere");
  EXPECT_EQ(request.header("range"), "bytes=0-3");
}

TEST(HttpConnection, KeepsItsConnectionFromOneRequestToTheNext) {
  const ScriptedServer server([](const auto& request) {
    return ScriptedServer::Answer{200, request.target};
  });
  HttpConnection connection(settings_for(server.url()));
  for (const char* path : {"/1", "/2", "/3"}) {
    EXPECT_EQ(connection.send({server.url() + path}, std::stop_token()).body, path);
  }
  EXPECT_EQ(connection.send({server.url() + "/4", true}, std::stop_token()).body, "");
  EXPECT_EQ(server.requests().at(3).method, "HEAD");
  EXPECT_EQ(connection.send({server.url() + "/5"}, std::stop_token()).body, "/5");
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpConnection, FollowsNoRedirection) {
  const ScriptedServer server([](const auto&) {
    return ScriptedServer::Answer{307, "", {"Location: http://127.0.0.1:1/"}};
  });
  HttpConnection connection(settings_for(server.url()));
  EXPECT_EQ(connection.send({server.url() + "/"}, std::stop_token()).status, 307);
}

TEST(HttpConnection, TakesNoBrokenAnswerForAWholeOne) {
  for (const Ending ending : {Ending::cut, Ending::reset, Ending::disconnected}) {
    const ScriptedServer server([&](const auto&) {
      ScriptedServer::Answer answer{200, std::string(1000, 'x')};
      answer.ending = ending;
      return answer;
    });
    HttpConnection connection(settings_for(server.url()));
    const JobError error =
        error_of([&] { (void)connection.send({server.url() + "/secret"}, std::stop_token()); });
    EXPECT_EQ(error.error_class(), ErrorClass::transient);
    EXPECT_EQ(error.code(), "unavailable");
    EXPECT_THAT(error.what(), HasSubstr(server.url()));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("secret")));
  }
}

TEST(HttpConnection, GoesOnAfterAFailure) {
  const ScriptedServer server([](const auto& request) {
    ScriptedServer::Answer answer{200, "whole"};
    answer.ending = request.number == 1 ? Ending::cut : Ending::whole;
    return answer;
  });
  HttpConnection connection(settings_for(server.url()));
  EXPECT_THROW((void)connection.send({server.url() + "/"}, std::stop_token()), JobError);
  EXPECT_EQ(connection.send({server.url() + "/"}, std::stop_token()).body, "whole");
}

TEST(HttpConnection, RefusesAnAnswerThatIsTooLarge) {
  const ScriptedServer server([](const auto&) {
    return ScriptedServer::Answer{200, std::string(5000, 'x')};
  });
  HttpSettings settings = settings_for(server.url());
  settings.largest_body = 4999;
  HttpConnection connection(settings);
  EXPECT_THAT(
      error_of([&] { (void)connection.send({server.url() + "/"}, std::stop_token()); }).what(),
      HasSubstr("more than any answer should have"));
}

TEST(HttpConnection, SaysWhatToCheckWhereNobodyAnswers) {
  const tests::RefusedPort port;
  const std::string server = port.url("");
  HttpConnection refused(settings_for(server));
  EXPECT_THAT(error_of([&] { (void)refused.send({server + "/"}, std::stop_token()); }).what(),
              testing::AllOf(HasSubstr(server), HasSubstr("check that the endpoint")));
  HttpConnection nowhere(settings_for("http://no-such-host.invalid"));
  EXPECT_THAT(error_of([&] {
                (void)nowhere.send({"http://no-such-host.invalid/"}, std::stop_token());
              }).what(),
              HasSubstr("there is no address for http://no-such-host.invalid"));
}

TEST(HttpConnection, GivesUpOnAServerThatSaysNothing) {
  const ScriptedServer server([](const auto&) {
    ScriptedServer::Answer answer;
    answer.ending = Ending::unanswered;
    return answer;
  });
  HttpSettings settings = settings_for(server.url());
  settings.total_timeout = std::chrono::milliseconds{50};
  HttpConnection connection(settings);
  const JobError error =
      error_of([&] { (void)connection.send({server.url() + "/"}, std::stop_token()); });
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
  EXPECT_THAT(error.what(), HasSubstr("does not answer in time"));
}

TEST(HttpConnection, AStopEndsTheWaitForAnAnswer) {
  std::promise<void> asked;
  const ScriptedServer server([&](const auto&) {
    asked.set_value();
    ScriptedServer::Answer answer;
    answer.ending = Ending::unanswered;
    return answer;
  });
  HttpConnection connection(settings_for(server.url()));
  std::stop_source stop;
  std::thread stopper([&] {
    asked.get_future().wait();
    stop.request_stop();
  });
  const JobError error =
      error_of([&] { (void)connection.send({server.url() + "/"}, stop.get_token()); });
  stopper.join();
  EXPECT_EQ(error.error_class(), ErrorClass::cancelled);
}

TEST(HttpConnection, DoesNotTrustACertificateThatNobodyVouchesFor) {
  // A server that does not even speak TLS, and a bundle that is none.
  const ScriptedServer server([](const auto&) { return ScriptedServer::Answer{}; });
  const std::string url = "https://" + server.host();
  HttpSettings settings = settings_for(url);
  settings.ca_bundle = "/no/such/bundle.pem";
  HttpConnection connection(settings);
  const JobError error = error_of([&] { (void)connection.send({url + "/"}, std::stop_token()); });
  EXPECT_EQ(error.error_class(), ErrorClass::permanent);
  EXPECT_THAT(error.what(), HasSubstr("/no/such/bundle.pem"));
}

TEST(HttpConnection, GoesThroughTheProxyOfTheEnvironment) {
  const ScriptedServer proxy([](const auto&) {
    return ScriptedServer::Answer{200, "by way of the proxy"};
  });
  ASSERT_EQ(setenv("http_proxy", proxy.url().c_str(), 1), 0);
  ASSERT_EQ(setenv("no_proxy", "", 1), 0);
  HttpConnection connection(settings_for("http://store.example"));
  EXPECT_EQ(connection.send({"http://store.example/a"}, std::stop_token()).body,
            "by way of the proxy");
  ASSERT_EQ(unsetenv("http_proxy"), 0);
  ASSERT_EQ(unsetenv("no_proxy"), 0);
  EXPECT_EQ(proxy.requests().at(0).target, "http://store.example/a");
}

} // namespace
} // namespace nightshift

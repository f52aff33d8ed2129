// SPDX-License-Identifier: Apache-2.0

#include "core/base/http_connection.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(HttpConnection, SendsSecretHeadersAlong) {
  const ScriptedServer server([](const auto&) { return ScriptedServer::Answer{200, ""}; });
  HttpConnection connection(settings_for(server.url()));
  HttpRequest request{server.url() + "/"};
  request.headers = {"x-open: a"};
  request.secret_headers.emplace_back(std::string_view("x-secret: b"));
  EXPECT_EQ(connection.send(request, std::stop_token()).status, 200);
  EXPECT_EQ(server.requests().at(0).header("x-open"), "a");
  EXPECT_EQ(server.requests().at(0).header("x-secret"), "b");
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

TEST(HttpConnection, TakesNoBrokenPieceForAWholeAnswer) {
  for (const char* body : {"5\r\nwhole\r\n", "5\r\nwho", "zz\r\nwhole\r\n0\r\n\r\n"}) {
    const ScriptedServer server([&](const auto&) {
      ScriptedServer::Answer answer;
      answer.ending = Ending::closed;
      answer.raw = std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") + body;
      return answer;
    });
    HttpConnection connection(settings_for(server.url()));
    EXPECT_EQ(error_of([&] {
                (void)connection.send({server.url() + "/"}, std::stop_token());
              }).error_class(),
              ErrorClass::transient)
        << body;
  }
}

TEST(HttpConnection, PutsPiecesTogether) {
  const ScriptedServer server([](const auto&) {
    ScriptedServer::Answer answer;
    answer.raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "5\r\nwhole\r\n7\r\n answer\r\n0\r\n\r\n";
    return answer;
  });
  HttpConnection connection(settings_for(server.url()));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(connection.send({server.url() + "/"}, std::stop_token()).body, "whole answer");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpConnection, TakesWhatFollowsAnAnswerForNoOther) {
  const ScriptedServer server([](const auto& request) {
    ScriptedServer::Answer answer{200, request.target + " and what nobody asked for"};
    answer.length = request.target.size(); // less than there is
    return answer;
  });
  HttpConnection connection(settings_for(server.url()));
  for (const char* path : {"/1", "/2", "/3", "/4"}) {
    try {
      EXPECT_EQ(connection.send({server.url() + path}, std::stop_token()).body, path);
    } catch (const JobError& error) { // what follows came late, and spoils the connection
      EXPECT_EQ(error.error_class(), ErrorClass::transient);
    }
  }
}

TEST(HttpConnection, AsksAgainOverANewConnectionWhereTheOldOneIsGone) {
  for (const Ending ending : {Ending::disconnected, Ending::closed}) {
    const ScriptedServer server([&](const auto& request) {
      ScriptedServer::Answer answer{200, request.target};
      answer.ending = request.number % 2 == 0 ? ending : Ending::whole;
      return answer;
    });
    HttpConnection connection(settings_for(server.url()));
    for (const char* path : {"/1", "/2", "/3", "/4"}) {
      EXPECT_EQ(connection.send({server.url() + path}, std::stop_token()).body, path);
    }
    EXPECT_GT(server.connections(), 1);
  }
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
      HasSubstr("more than any answer should have: check that the endpoint is right"));
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

TEST(HttpConnection, GivesUpOnAnAnswerThatComesToAStandstill) {
  const ScriptedServer server([](const auto&) {
    ScriptedServer::Answer answer{200, "half and half"};
    answer.ending = Ending::silent;
    return answer;
  });
  HttpSettings settings = settings_for(server.url());
  settings.stall_timeout = std::chrono::seconds{1}; // the least that there is
  HttpConnection connection(settings);
  const JobError error =
      error_of([&] { (void)connection.send({server.url() + "/"}, std::stop_token()); });
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
  EXPECT_THAT(error.what(), HasSubstr("does not answer in time"));
}

TEST(HttpConnection, AStopEndsTheWaitForAnAnswer) {
  std::promise<void> asked;
  const ScriptedServer server([&](const auto& request) {
    ScriptedServer::Answer answer{200, "whole"};
    if (request.number == 1) {
      asked.set_value();
      answer.ending = Ending::unanswered;
    }
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
  EXPECT_EQ(connection.send({server.url() + "/"}, std::stop_token()).body, "whole")
      << "the answer of the next request, not of the one that was stopped";
}

TEST(HttpConnection, GoesThroughTheProxyOfTheEnvironment) {
  const ScriptedServer proxy([](const auto&) {
    return ScriptedServer::Answer{200, "by way of the proxy"};
  });
  const tests::EnvironmentVariable http_proxy("http_proxy", proxy.url());
  const tests::EnvironmentVariable no_proxy("no_proxy", "direct.example");
  HttpConnection connection(settings_for("http://store.example"));
  EXPECT_EQ(connection.send({"http://store.example/a"}, std::stop_token()).body,
            "by way of the proxy");
  EXPECT_EQ(proxy.requests().at(0).target, "http://store.example/a");
}

TEST(HttpConnection, GoesPastTheProxyWhereTheEnvironmentSaysSo) {
  const ScriptedServer server([](const auto&) { return ScriptedServer::Answer{200, "directly"}; });
  const tests::RefusedPort nobody;
  const tests::EnvironmentVariable http_proxy("http_proxy", nobody.url(""));
  const tests::EnvironmentVariable no_proxy("no_proxy", "other.example,127.0.0.1");
  HttpConnection connection(settings_for(server.url()));
  EXPECT_EQ(connection.send({server.url() + "/"}, std::stop_token()).body, "directly");
}

TEST(HttpConnection, SaysThatTheProxyDoesNotConnect) {
  struct Row {
    int status;
    ErrorClass error_class;
    const char* words;
  };

  for (const Row& row :
       {Row{407, ErrorClass::permanent, "(407, it wants a name and a password)"},
        Row{403, ErrorClass::permanent, "(403)"}, Row{502, ErrorClass::transient, "(502)"}}) {
    const ScriptedServer proxy([&](const auto&) { return ScriptedServer::Answer{row.status}; });
    const tests::EnvironmentVariable https_proxy("https_proxy", "http://user:hush@" + proxy.host());
    const tests::EnvironmentVariable no_proxy("no_proxy", "");
    HttpConnection connection(settings_for("https://store.example"));
    const JobError error =
        error_of([&] { (void)connection.send({"https://store.example/a"}, std::stop_token()); });
    EXPECT_EQ(error.error_class(), row.error_class) << row.status;
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("does not connect to https://store.example"),
                                             HasSubstr(row.words)));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("hush")));
    EXPECT_EQ(proxy.requests().at(0).method, "CONNECT");
    EXPECT_EQ(proxy.requests().at(0).target, "store.example:443");
  }
}

} // namespace
} // namespace nightshift

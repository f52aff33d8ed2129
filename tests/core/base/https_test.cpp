// SPDX-License-Identifier: Apache-2.0

#include "core/base/http_connection.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/tls_identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <thread>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using tests::error_of;
using tests::ScriptedServer;
using tests::TlsIdentity;
using Answer = ScriptedServer::Answer;
using Ending = ScriptedServer::Ending;

class Https : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    (void)std::signal(SIGPIPE, SIG_IGN); // as the program does
    identity_ = std::make_unique<TlsIdentity>("IP:127.0.0.1");
  }

  static void TearDownTestSuite() { identity_.reset(); }

  void serve(ScriptedServer::Handler handler, const TlsIdentity& identity = *identity_) {
    server_ = std::make_unique<ScriptedServer>(
        std::move(handler), [&identity](int socket) { return identity.accept(socket); });
  }

  [[nodiscard]] std::string url() const { return "https://" + server_->host(); }

  [[nodiscard]] HttpSettings trusting(const TlsIdentity& identity = *identity_) const {
    HttpSettings settings{url()};
    settings.ca_bundle = identity.certificate();
    return settings;
  }

  [[nodiscard]] JobError failure(HttpConnection& connection,
                                 const std::stop_token& stop = {}) const {
    return error_of([&] { (void)connection.send({url() + "/"}, stop); });
  }

  static std::unique_ptr<TlsIdentity> identity_;
  std::unique_ptr<ScriptedServer> server_;
};

std::unique_ptr<TlsIdentity> Https::identity_;

TEST_F(Https, TrustsWhomItsBundleVouchesForAndKeepsTheConnection) {
  serve([](const auto& request) {
    return Answer{200, request.target + std::string(500'000, 'x')};
  });
  HttpConnection connection(trusting());
  for (const char* path : {"/1", "/2", "/3"}) {
    const std::string& body = connection.send({url() + path}, std::stop_token()).body;
    EXPECT_EQ(body.substr(0, 2), path);
    EXPECT_EQ(body.size(), 500'002U);
  }
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(Https, DoesNotTrustACertificateThatNobodyVouchesFor) {
  serve([](const auto&) { return Answer{}; });
  HttpConnection connection({url()});
  const JobError error = failure(connection);
  EXPECT_EQ(error.error_class(), ErrorClass::permanent);
  EXPECT_EQ(error.code(), "unavailable");
  EXPECT_THAT(error.what(), AllOf(HasSubstr(url()), HasSubstr("ca_bundle")));
  EXPECT_TRUE(server_->requests().empty()) << "which was told nothing";
}

TEST_F(Https, DoesNotTrustACertificateOfSomebodyElse) {
  const TlsIdentity other("DNS:other.example");
  serve([](const auto&) { return Answer{}; }, other);
  HttpConnection connection(trusting(other));
  const JobError error = failure(connection);
  EXPECT_EQ(error.error_class(), ErrorClass::permanent);
  EXPECT_THAT(error.what(), AllOf(HasSubstr(url()), HasSubstr("check the endpoint's name")));
  EXPECT_TRUE(server_->requests().empty());
  server_.reset();
}

TEST_F(Https, SaysWhichBundleCannotBeRead) {
  serve([](const auto&) { return Answer{}; });
  HttpSettings settings{url()};
  settings.ca_bundle = "/no/such/bundle.pem";
  HttpConnection connection(settings);
  const JobError error = failure(connection);
  EXPECT_EQ(error.error_class(), ErrorClass::permanent);
  EXPECT_EQ(error.code(), "config");
  EXPECT_THAT(error.what(), HasSubstr("/no/such/bundle.pem"));
}

TEST_F(Https, SaysThatAServerMayNotSpeakIt) {
  const auto refuse = [](int socket) -> std::unique_ptr<tests::Channel> {
    EXPECT_TRUE(ScriptedServer::plainly(socket)->send("HTTP/1.1 400 Bad Request\r\n\r\n"));
    return nullptr;
  };
  server_ = std::make_unique<ScriptedServer>([](const auto&) { return Answer{}; }, refuse);
  HttpConnection connection({url()});
  const JobError error = failure(connection);
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr(url()), HasSubstr("of https and not of http")));
}

TEST_F(Https, TakesNoBrokenAnswerForAWholeOneAndGoesOn) {
  for (const Ending ending : {Ending::cut, Ending::reset, Ending::disconnected}) {
    serve([&](const auto& request) {
      Answer answer{200, std::string(200'000, 'x')};
      answer.ending = request.number == 1 ? ending : Ending::whole;
      return answer;
    });
    HttpConnection connection(trusting());
    EXPECT_EQ(failure(connection).error_class(), ErrorClass::transient);
    EXPECT_EQ(connection.send({url() + "/"}, std::stop_token()).body.size(), 200'000U);
  }
}

TEST_F(Https, GoesOnWhereTheServerClosesConnections) {
  serve([](const auto& request) {
    Answer answer{200, request.target};
    answer.ending = Ending::closed;
    return answer;
  });
  HttpConnection connection(trusting());
  for (const char* path : {"/1", "/2", "/3"}) {
    EXPECT_EQ(connection.send({url() + path}, std::stop_token()).body, path);
  }
}

TEST_F(Https, AStopEndsTheWaitForTheRestOfAnAnswer) {
  std::promise<void> asked;
  serve([&](const auto&) {
    asked.set_value();
    Answer answer{200, std::string(1000, 'x')};
    answer.ending = Ending::silent;
    return answer;
  });
  HttpConnection connection(trusting());
  std::stop_source stop;
  std::thread stopper([&] {
    asked.get_future().wait();
    stop.request_stop();
  });
  EXPECT_EQ(failure(connection, stop.get_token()).error_class(), ErrorClass::cancelled);
  stopper.join();
}

} // namespace
} // namespace nightshift

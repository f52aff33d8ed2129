// SPDX-License-Identifier: Apache-2.0

#include "core/base/work_meter.hpp"
#include "tests/core/storage/s3/s3_client_site.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/tls_identity.hpp"

#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <barrier>
#include <csignal>
#include <thread>

namespace nightshift::s3 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::error_of;
using tests::ScriptedServer;
using Answer = ScriptedServer::Answer;
using Request = ScriptedServer::Request;
using namespace std::chrono_literals;

TEST_F(S3ClientTest, TriesAgainWhatMayGoAwayAndWaitsAsLongAsItIsAskedTo) {
  Answer cut{200, std::string(100, 'x')};
  cut.ending = ScriptedServer::Ending::cut;
  serve_in_turn({{503, complaint("SlowDown"), {"Retry-After: 7"}}, cut, {500, "oops"}});
  EXPECT_EQ(get(), "a page");
  EXPECT_THAT(waits_, ElementsAre(7000ms, 0ms, 0ms));
}

TEST_F(S3ClientTest, CountsItsRequestsAndThoseItMadeAgain) {
  serve_in_turn({{503, complaint("SlowDown")}, {500, "oops"}});
  WorkMeter meter;
  {
    const WorkMeter::Scope working(&meter);
    get();
    get();
  }
  EXPECT_EQ(meter.get(Tally::requests), 4);
  EXPECT_EQ(meter.get(Tally::requests), static_cast<std::int64_t>(server_->requests().size()));
  EXPECT_EQ(meter.get(Tally::repeated), 2);
  EXPECT_EQ(meter.get(Tally::received_bytes),
            static_cast<std::int64_t>(complaint("SlowDown").size() + 4 + 12));
  EXPECT_GT(meter.get(Wait::request), 0ns);
}

TEST_F(S3ClientTest, TriesAgainWhateverBecomesOfAnAnswer) {
  using enum ScriptedServer::Ending;
  settings_.request_attempts = 8;
  std::vector<Answer> broken;
  for (const auto ending : {cut, reset, disconnected}) {
    Answer answer{200, std::string(1000, 'x')};
    answer.ending = ending;
    broken.push_back(answer);
  }
  broken.push_back({200, "x", {}, closed, 1000}); // less than it says
  for (const int status : {429, 500, 502, 504}) {
    broken.push_back({status, "<html>busy</html>"});
  }
  for (const Answer& each : broken) {
    serve_in_turn({each, {200, "a page"}});
    EXPECT_EQ(get(), "a page");
  }
}

TEST_F(S3ClientTest, AsksForFewerPagesAtOnceWhileTheStoreWantsThat) {
  settings_.max_connections = 4;
  serve_in_turn({{503, complaint("SlowDown")}, {429, ""}});
  EXPECT_EQ(client().requests_at_once(), 4);
  get(); // after two refusals
  EXPECT_EQ(client().requests_at_once(), 2);
  get();
  get();
  EXPECT_EQ(client().requests_at_once(), 3);
}

TEST_F(S3ClientTest, MakesNoMoreRequestsAtOnceThanItHasConnections) {
  settings_.max_connections = 2;
  std::atomic<int> now{0};
  std::atomic<int> most{0};
  serve([&](const Request&) {
    const int inside = ++now;
    for (int before = most; before < inside && !most.compare_exchange_weak(before, inside);) {
    }
    std::this_thread::yield();
    --now;
    return Answer{200, "a page"};
  });
  S3Client& shared = client();
  at_once(6, [&shared] {
    for (int page = 0; page < 20; ++page) {
      shared.get_page(
          {}, [](std::string_view) {}, std::stop_token());
    }
  });
  EXPECT_EQ(server_->requests().size(), 120U);
  EXPECT_LE(most, 2);
  EXPECT_LE(server_->connections(), 2);
}

TEST_F(S3ClientTest, TakesNoComplaintForAPageWhateverItsStatus) {
  serve_in_turn({{200, "<?xml version='1.0'?>\n" + complaint("InternalError")},
                 {200, complaint("ExpiredToken")},
                 {200, complaint("Whatever")}});
  EXPECT_EQ(get(), "a page");
  EXPECT_EQ(found_, 2) << "the token was put right";
  EXPECT_EQ(waits_.size(), 2U);
}

TEST_F(S3ClientTest, DoesNotTryAgainAfterAComplaintThatWillComeAgain) {
  serve([](const Request&) { return Answer{200, complaint("AccessDenied")}; });
  EXPECT_EQ(error_of([&] { get(); }).code(), "denied");
  EXPECT_EQ(server_->requests().size(), 1U);
}

TEST_F(S3ClientTest, ShowsNothingOfItsCredentialsWhateverTheStoreEchoes) {
  access_.credentials = Credentials{"AKIACANARY", Secret("can/ary+secret"), Secret("can/ary==")};
  settings_.request_attempts = 1;
  const std::array echoes{"can/ary+secret", "can%2Fary%2Bsecret", "can%2fary%2bsecret",
                          "can/ary==",      "can&#x2F;ary&#61;=", "AKIACANARY"};
  for (const char* echo : echoes) {
    for (const int status : {200, 301, 400, 403, 404, 412, 500, 501}) {
      serve([&](const Request& request) {
        return Answer{status,
                      fmt::format("<Error><Code>Odd{0}</Code><Message>100% sent {0}, {1}</Message>"
                                  "<Region>AKIACANARY</Region><StringToSign>{0}</StringToSign>"
                                  "<CanonicalRequest>{0}</CanonicalRequest></Error>",
                                  echo, request.header("authorization")),
                      {fmt::format("X-Echo: {}", echo)}};
      });
      const std::string words = error_of([&] { get(); }).what();
      EXPECT_EQ(words.find("ary+secret"), std::string::npos) << words;
      EXPECT_EQ(words.find("can/"), std::string::npos) << words;
      EXPECT_EQ(words.find("can%2"), std::string::npos) << words;
      EXPECT_EQ(words.find("CANARY"), std::string::npos) << words;
    }
  }
}

TEST_F(S3ClientTest, GivesUpAfterItsAttempts) {
  settings_.request_attempts = 3;
  serve([](const Request&) { return Answer{500, complaint("InternalError")}; });
  const JobError error = error_of([&] { get(); });
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
  EXPECT_EQ(server_->requests().size(), 3U);
}

TEST_F(S3ClientTest, DoesNotTryAgainWhatWillComeAgain) {
  serve([](const Request&) { return Answer{403, complaint("AccessDenied")}; });
  EXPECT_EQ(error_of([&] { get(); }).code(), "denied");
  EXPECT_EQ(server_->requests().size(), 1U);
}

TEST_F(S3ClientTest, AsksAgainForAPageThatIsNotProven) {
  serve_in_turn({{200, "half a page"}});
  std::string page;
  client().get_page(
      {},
      [&](std::string_view body) {
        if (body == "half a page") {
          throw transient_error("unavailable", "it is cut");
        }
        page = body;
      },
      std::stop_token());
  EXPECT_EQ(page, "a page");
  EXPECT_EQ(server_->requests().size(), 2U);
}

TEST_F(S3ClientTest, TakesTheStoresClockForItsSignatures) {
  serve_in_turn(
      {{403, complaint("RequestTimeTooSkewed"), {"Date: Tue, 14 Jan 2025 23:00:05 GMT"}}});
  EXPECT_EQ(get(), "a page");
  EXPECT_EQ(server_->requests().at(0).header("x-amz-date"), "20250114T214800Z");
  EXPECT_EQ(server_->requests().at(1).header("x-amz-date"), "20250114T230005Z");
  get();
  EXPECT_EQ(server_->requests().at(2).header("x-amz-date"), "20250114T230005Z");
  EXPECT_TRUE(waits_.empty());
}

TEST_F(S3ClientTest, BelievesAClockOnce) {
  serve([](const Request&) {
    return Answer{403, complaint("RequestTimeTooSkewed"), {"Date: Tue, 14 Jan 2025 23:00:05 GMT"}};
  });
  EXPECT_THAT(error_of([&] { get(); }).what(), HasSubstr("clocks"));
  EXPECT_EQ(server_->requests().size(), 2U);
}

TEST_F(S3ClientTest, SignsForTheRegionThatTheStoreNames) {
  serve_in_turn({{400, complaint("AuthorizationHeaderMalformed", "<Region>garage</Region>")},
                 {200, "a page"},
                 {301, "", {"x-amz-bucket-region: eu-north-1"}}});
  get();
  get();
  EXPECT_THAT(server_->requests().at(1).header("authorization"), HasSubstr("/garage/s3/"));
  EXPECT_THAT(server_->requests().at(3).header("authorization"), HasSubstr("/eu-north-1/s3/"));
}

TEST_F(S3ClientTest, PutsTheRegionRightOfAllRequestsThatWereOnTheirWay) {
  constexpr int k_at_once = 4;
  settings_.max_connections = k_at_once;
  std::barrier all_signed(k_at_once);
  serve([&](const Request& request) {
    if (request.header("authorization").find("/garage/s3/") != std::string::npos) {
      return Answer{200, "a page"};
    }
    all_signed.arrive_and_wait();
    return Answer{400, complaint("AuthorizationHeaderMalformed", "<Region>garage</Region>")};
  });
  S3Client& shared = client();
  std::atomic<int> pages{0};
  at_once(k_at_once, [&] {
    try {
      shared.get_page(
          {}, [&](std::string_view) { ++pages; }, std::stop_token());
    } catch (const JobError&) { // a page too few
    }
  });
  EXPECT_EQ(pages, k_at_once);
}

TEST_F(S3ClientTest, BelievesARegionOnce) {
  serve([](const Request& request) {
    return Answer{301, "", {fmt::format("x-amz-bucket-region: region-{}", request.number)}};
  });
  EXPECT_EQ(error_of([&] { get(); }).code(), "config");
  EXPECT_EQ(server_->requests().size(), 2U);
}

TEST_F(S3ClientTest, FindsCredentialsAnewWhereTheTokenHasExpired) {
  serve_in_turn({{400, complaint("ExpiredToken"), {"x-amz-bucket-region: us-east-1"}}});
  EXPECT_EQ(get(), "a page");
  EXPECT_EQ(found_, 2);
}

TEST_F(S3ClientTest, FindsCredentialsAnewAgainWhereThatFailedForAMoment) {
  fails_to_find_at_ = 2;
  serve_in_turn({{400, complaint("ExpiredToken")}, {400, complaint("ExpiredToken")}});
  EXPECT_EQ(get(), "a page");
  EXPECT_EQ(found_, 3);
}

TEST_F(S3ClientTest, SaysThatATokenHasExpiredIfTheNewOneHasAsWell) {
  serve([](const Request&) { return Answer{400, complaint("ExpiredToken")}; });
  EXPECT_THAT(error_of([&] { get(); }).what(), HasSubstr("no longer valid"));
  EXPECT_EQ(found_, 2);
}

TEST_F(S3ClientTest, FindsCredentialsAnewBeforeTheyExpire) {
  access_.expires = now_ + 10min;
  serve_in_turn({});
  get();
  EXPECT_EQ(found_, 1);
  now_ += std::chrono::minutes{9} + std::chrono::seconds{30};
  access_.expires = now_ + 10min;
  get();
  EXPECT_EQ(found_, 2);
}

TEST_F(S3ClientTest, KeepsToItsRequestsAndBytesPerSecond) {
  settings_.max_requests_per_second = 1;
  settings_.max_bytes_per_second = 2;
  serve_in_turn({});
  get();
  EXPECT_THAT(waits_, ElementsAre(2000ms)) << "six bytes are three seconds' worth";
  waits_.clear();
  steady_ -= 2s; // as if no time had passed
  get();
  EXPECT_EQ(waits_.front(), 1000ms);
}

TEST_F(S3ClientTest, AStopEndsTheWaitBetweenAttempts) {
  serve([](const Request&) { return Answer{503, "", {"Retry-After: 300"}}; });
  ClientWorld world; // which really waits
  access_.endpoint_url = server_->url();
  S3Client client(
      settings_, [this](const std::stop_token&) { return access_; }, world);
  std::stop_source stop;
  std::thread stopper([&] {
    while (server_->requests().empty()) {
      std::this_thread::yield();
    }
    stop.request_stop();
  });
  const JobError error = error_of([&] {
    client.get_page(
        {}, [](std::string_view) {}, stop.get_token());
  });
  stopper.join();
  EXPECT_EQ(error.error_class(), ErrorClass::cancelled);
}

TEST_F(S3ClientTest, TrustsNobodyWhomItsBundleDoesNotVouchForAndSaysSoAtOnce) {
  (void)std::signal(SIGPIPE, SIG_IGN); // as the program does
  const tests::TlsIdentity identity("IP:127.0.0.1");
  server_ = std::make_unique<ScriptedServer>(
      [](const Request&) {
        return Answer{200, "a page"};
      },
      [&](int socket) { return identity.accept(socket); });
  access_.endpoint_url = "https://" + server_->host();
  EXPECT_THAT(error_of([&] { get(); }).what(), HasSubstr("ca_bundle"));
  EXPECT_TRUE(waits_.empty());
  client_.reset();
  access_.ca_bundle = identity.certificate();
  EXPECT_EQ(get(), "a page");
  client_.reset();
  server_.reset();
}

} // namespace
} // namespace nightshift::s3

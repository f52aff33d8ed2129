// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_client.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/scripted_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace nightshift::s3 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::error_of;
using tests::query_value;
using tests::ScriptedServer;
using Answer = ScriptedServer::Answer;
using Request = ScriptedServer::Request;
using namespace std::chrono_literals;

std::string complaint(const std::string& code, const std::string& rest = "") {
  return fmt::format("<Error><Code>{}</Code><Message>Words</Message>{}</Error>", code, rest);
}

// A client of a server that answers as a function says; it never waits, but notes how long it was
// told to.
class S3ClientTest : public testing::Test {
 protected:
  void serve(ScriptedServer::Handler handler) {
    server_ = std::make_unique<ScriptedServer>(std::move(handler));
  }

  static Access found() {
    Access access;
    access.credentials = Credentials{"AKIAEXAMPLE", Secret("the-secret")};
    access.region = "us-east-1";
    access.found_in = "a test";
    return access;
  }

  // Answers the first requests as listed, all further ones with a page.
  void serve_in_turn(std::vector<Answer> answers) {
    serve([answers = std::move(answers)](const Request& request) {
      const auto at = static_cast<std::size_t>(request.number) - 1;
      return at < answers.size() ? answers[at] : Answer{200, "a page"};
    });
  }

  S3Client& client() {
    if (!client_) {
      ClientWorld world;
      world.now = [this] { return now_; };
      world.steady = [this] { return steady_; };
      world.wait = [this](std::chrono::milliseconds delay, const std::stop_token&) {
        waits_.push_back(delay);
        steady_ += delay;
      };
      world.retry = {0ms, 0ms};
      const auto find = [this](const std::stop_token&) {
        ++found_;
        return access_;
      };
      access_.endpoint_url = server_->url();
      client_ = std::make_unique<S3Client>(settings_, find, world);
    }
    return *client_;
  }

  std::string get(const PageRequest& request = {}) {
    std::string page;
    client().get_page(
        request, [&](std::string_view body) { page = body; }, std::stop_token());
    return page;
  }

  [[nodiscard]] std::vector<std::string> targets() const {
    std::vector<std::string> targets;
    for (const Request& request : server_->requests()) {
      targets.push_back(request.target);
    }
    return targets;
  }

  S3Settings settings_{"captures", "trial/"};
  Access access_ = found();
  TimePoint now_ = parse_utc("2025-01-14T21:48:00.000000Z").value();
  std::chrono::steady_clock::time_point steady_;
  std::vector<std::chrono::milliseconds> waits_;
  int found_ = 0;
  std::unique_ptr<ScriptedServer> server_;
  std::unique_ptr<S3Client> client_;
};

TEST_F(S3ClientTest, AsksForAPageAsItIsTold) {
  serve_in_turn({});
  EXPECT_EQ(get({"a b/", "/", "a b/c", "", 10}), "a page");
  EXPECT_EQ(get({"", "", "", "t/o+k=", 1000}), "a page");
  EXPECT_THAT(targets(),
              ElementsAre("/captures?delimiter=%2F&encoding-type=url&list-type=2&max-keys=10&"
                          "prefix=a%20b%2F&start-after=a%20b%2Fc",
                          "/captures?continuation-token=t%2Fo%2Bk%3D&encoding-type=url&"
                          "list-type=2&max-keys=1000"));
  const Request request = server_->requests().front();
  EXPECT_THAT(request.header("authorization"),
              HasSubstr("Credential=AKIAEXAMPLE/20250114/us-east-1/s3/aws4_request"));
  EXPECT_EQ(request.header("host"), server_->host());
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(S3ClientTest, AsksInTheOldWayWhereItIsToldTo) {
  access_.list_version = ListVersion::v1;
  access_.url_encoding = false;
  serve_in_turn({});
  get({"a/", "", "a/1.jpg"});
  EXPECT_THAT(targets(), ElementsAre("/captures?marker=a%2F1.jpg&max-keys=1000&prefix=a%2F"));
  EXPECT_TRUE(client().is_v1());
}

TEST_F(S3ClientTest, FallsBackToTheOldWayWhereTheStoreKnowsNoOther) {
  serve_in_turn({{501, complaint("NotImplemented")}});
  EXPECT_EQ(get(), "a page");
  EXPECT_TRUE(client().is_v1());
  EXPECT_EQ(query_value(targets().at(1), "list-type"), std::nullopt);
  get();
  EXPECT_EQ(targets().size(), 3U) << "it is remembered";
}

TEST_F(S3ClientTest, SignsNothingWithoutCredentials) {
  access_.credentials.reset();
  access_.requester_pays = true;
  serve_in_turn({});
  get();
  EXPECT_EQ(server_->requests().front().header("authorization"), "");
  EXPECT_EQ(server_->requests().front().header("x-amz-request-payer"), "requester");
}

TEST_F(S3ClientTest, SignsThatTheRequesterPays) {
  access_.requester_pays = true;
  serve_in_turn({});
  get();
  EXPECT_THAT(server_->requests().front().header("authorization"),
              HasSubstr("x-amz-request-payer"));
}

TEST_F(S3ClientTest, TriesAgainWhatMayGoAwayAndWaitsAsLongAsItIsAskedTo) {
  Answer cut{200, std::string(100, 'x')};
  cut.ending = ScriptedServer::Ending::cut;
  serve_in_turn({{503, complaint("SlowDown"), {"Retry-After: 7"}}, cut, {500, "oops"}});
  EXPECT_EQ(get(), "a page");
  EXPECT_THAT(waits_, ElementsAre(7000ms, 0ms, 0ms));
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

TEST_F(S3ClientTest, FindsCredentialsAnewWhereTheTokenHasExpiredAndThenGivesUp) {
  serve_in_turn({{400, complaint("ExpiredToken")}});
  EXPECT_EQ(get(), "a page");
  EXPECT_EQ(found_, 2);
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

// "0123456789" as an object, in a store that honours ranges.
Answer ranged(const Request& request) {
  constexpr std::string_view k_content = "0123456789";
  std::size_t first = 0;
  std::size_t last = 0;
  if (std::sscanf(request.header("range").c_str(), "bytes=%zu-%zu", &first, &last) != 2) {
    return {200, std::string(k_content)};
  }
  if (first >= k_content.size()) {
    return {416, complaint("InvalidRange")};
  }
  last = std::min(last, k_content.size() - 1);
  return {206,
          std::string(k_content.substr(first, last - first + 1)),
          {fmt::format("Content-Range: bytes {}-{}/10", first, last)}};
}

TEST_F(S3ClientTest, ReadsAPartOfAnObject) {
  serve(ranged);
  std::array<std::byte, 4> bytes{};
  EXPECT_EQ(client().read("trial/a b.jpg", 2, bytes), 4U);
  EXPECT_EQ(bytes.front(), std::byte{'2'});
  EXPECT_EQ(client().read("trial/a b.jpg", 8, bytes), 2U);
  EXPECT_EQ(bytes.front(), std::byte{'8'});
  EXPECT_EQ(client().read("trial/a b.jpg", 10, bytes), 0U);
  EXPECT_EQ(client().read("trial/a b.jpg", 0, std::span<std::byte>()), 0U);
  EXPECT_EQ(targets().front(), "/captures/trial/a%20b.jpg");
}

TEST_F(S3ClientTest, ReadsFromAStoreThatPaysNoHeedToRanges) {
  serve_in_turn({{200, "0123456789"}});
  std::array<std::byte, 4> bytes{};
  EXPECT_EQ(client().read("k", 7, bytes), 3U);
  EXPECT_EQ(bytes.front(), std::byte{'7'});
}

TEST_F(S3ClientTest, TakesNoOtherPartThanItAskedFor) {
  settings_.request_attempts = 2;
  serve([](const Request&) { return Answer{206, "xx", {"Content-Range: bytes 0-1/10"}}; });
  std::array<std::byte, 2> bytes{};
  EXPECT_THAT(error_of([&] { (void)client().read("k", 5, bytes); }).what(),
              HasSubstr("another part"));
  EXPECT_EQ(server_->requests().size(), 2U);
}

TEST_F(S3ClientTest, SaysWhichObjectIsNotThere) {
  serve([](const Request&) { return Answer{404, complaint("NoSuchKey")}; });
  std::array<std::byte, 2> bytes{};
  const JobError error = error_of([&] { (void)client().read("a/\xFF.jpg", 0, bytes); });
  EXPECT_EQ(error.code(), "not_found");
  EXPECT_THAT(error.what(), HasSubstr("a/\\xFF.jpg"));
  EXPECT_EQ(error_of([&] { (void)client().read("a", 0, std::span<std::byte>()); }).code(),
            "not_found")
      << "which an empty read finds out as well";
}

} // namespace
} // namespace nightshift::s3

// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/list_page.hpp"
#include "tests/core/storage/s3/s3_client_site.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/error_of.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstdio>

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

TEST_F(S3ClientTest, FallsBackToTheOldWayWhereTheStoreDoesNotLikeTheNewOnesParameter) {
  for (const char* rest : {"<ArgumentName>list-type</ArgumentName>",
                           "<Message>Unsupported query parameter: list-type</Message>"}) {
    serve_in_turn({{400, fmt::format("<Error><Code>InvalidArgument</Code>{}</Error>", rest)}});
    EXPECT_EQ(get(), "a page") << rest;
    EXPECT_TRUE(client().is_v1());
  }
}

TEST_F(S3ClientTest, FallsBackToTheOldWayWhereTheStoreAnswersInIt) {
  serve_in_turn({});
  int pages = 0;
  const auto read = [&](std::string_view /*body*/) {
    if (++pages == 1) {
      throw OldAnswer();
    }
  };
  client().get_page({.start_after = "a"}, read, {});
  EXPECT_EQ(pages, 2);
  EXPECT_TRUE(client().is_v1());
  EXPECT_THAT(targets().at(1), HasSubstr("marker=a"));
  EXPECT_THAT(waits_, testing::IsEmpty());
}

TEST_F(S3ClientTest, DoesNotFallBackFromAnAnswerWhereItIsToldNotTo) {
  access_.list_version = ListVersion::v2;
  serve_in_turn({});
  const auto read = [](std::string_view /*body*/) { throw OldAnswer(); };
  EXPECT_THAT(error_of([&] { client().get_page({}, read, {}); }).what(),
              HasSubstr("list_version: v1"));
  EXPECT_EQ(targets().size(), 1U);
}

TEST_F(S3ClientTest, DoesNotFallBackWhereItIsToldNotTo) {
  access_.list_version = ListVersion::v2;
  serve_in_turn({{501, complaint("NotImplemented")}});
  EXPECT_THAT(error_of([&] { get(); }).what(), HasSubstr("list_version: v1"));
  EXPECT_EQ(targets().size(), 1U);
}

TEST_F(S3ClientTest, DoesNotFallBackInTheMiddleOfAListing) {
  serve_in_turn({{200, "a page"}, {501, complaint("NotImplemented")}});
  get();
  EXPECT_EQ(error_of([&] { get({"", "", "", "token"}); }).code(), "unsupported");
  EXPECT_FALSE(client().is_v1()) << "v1 has no tokens, and would begin anew";
}

TEST_F(S3ClientTest, SignsNothingWithoutCredentials) {
  access_.credentials.reset();
  access_.requester_pays = true;
  serve_in_turn({});
  get();
  EXPECT_EQ(server_->requests().front().header("authorization"), "");
  EXPECT_EQ(server_->requests().front().header("x-amz-request-payer"), "requester");
}

TEST_F(S3ClientTest, SendsAndSignsTheSessionToken) {
  access_.credentials->session_token = Secret("the/token==");
  serve_in_turn({});
  get();
  const Request request = server_->requests().front();
  EXPECT_EQ(request.header("x-amz-security-token"), "the/token==");
  EXPECT_THAT(request.header("authorization"), HasSubstr(";x-amz-security-token, Signature="));
}

TEST_F(S3ClientTest, AsksABucketThatIsAHostByThatName) {
  serve_in_turn({});
  const tests::EnvironmentVariable http_proxy("http_proxy", server_->url()); // leads it here
  const tests::EnvironmentVariable no_proxy("no_proxy", "");
  access_.endpoint_url = "http://store.example";
  access_.addressing = Addressing::virtual_host;
  get({"a/"});
  std::array<std::byte, 1> byte{};
  EXPECT_EQ(client().read("a/1.jpg", 0, byte), 1U);
  EXPECT_THAT(targets(), ElementsAre("http://captures.store.example/?encoding-type=url&"
                                     "list-type=2&max-keys=1000&prefix=a%2F",
                                     "http://captures.store.example/a/1.jpg"));
  EXPECT_EQ(server_->requests().at(0).header("host"), "captures.store.example");
}

TEST_F(S3ClientTest, SignsThatTheRequesterPays) {
  access_.requester_pays = true;
  serve_in_turn({});
  get();
  EXPECT_THAT(server_->requests().front().header("authorization"),
              HasSubstr("x-amz-request-payer"));
}

TEST_F(S3ClientTest, FindsOutWhereItsBucketIs) {
  const std::string open = "<?xml version=\"1.0\"?>\n<LocationConstraint xmlns=\"x\"";
  serve_in_turn({{200, open + ">eu-north-1</LocationConstraint>"},
                 {200, open + "/>"},
                 {200, open + "></LocationConstraint>"},
                 {200, open + ">EU</LocationConstraint>"},
                 {200, "<LocationConstraint>default</LocationConstraint>"},
                 {200, "<ListBucketResult></ListBucketResult>"}});
  std::vector<std::string> regions;
  regions.reserve(5);
  for (int i = 0; i < 5; ++i) {
    regions.push_back(client().location(std::stop_token()));
  }
  EXPECT_THAT(regions, ElementsAre("eu-north-1", "us-east-1", "us-east-1", "eu-west-1", "default"));
  EXPECT_EQ(error_of([&] { (void)client().location(std::stop_token()); }).code(), "unsupported");
  EXPECT_EQ(targets().front(), "/captures?location=");
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

TEST_F(S3ClientTest, ReadsMoreThanOneAnswerMayHold) {
  constexpr std::size_t k_size = (std::size_t{32} << 20U) + 5;
  serve([&](const Request& request) {
    std::size_t first = 0;
    std::size_t last = 0;
    EXPECT_EQ(std::sscanf(request.header("range").c_str(), "bytes=%zu-%zu", &first, &last), 2);
    last = std::min(last, k_size - 1);
    return Answer{206,
                  std::string(last - first + 1, static_cast<char>('a' + request.number)),
                  {fmt::format("Content-Range: bytes {}-{}/{}", first, last, k_size)}};
  });
  std::vector<std::byte> bytes(k_size + 100);
  EXPECT_EQ(client().read("k", 0, bytes), k_size);
  EXPECT_EQ(server_->requests().size(), 3U);
  EXPECT_EQ(bytes.front(), std::byte{'b'});
  EXPECT_EQ(bytes[k_size - 1], std::byte{'d'});
}

TEST_F(S3ClientTest, ReadsAnObjectThatLooksLikeAComplaint) {
  const std::string content = complaint("AccessDenied");
  serve_in_turn({{200, content}});
  std::vector<std::byte> bytes(content.size());
  EXPECT_EQ(client().read("k.xml", 0, bytes), content.size());
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

// SPDX-License-Identifier: Apache-2.0

#include "core/base/http.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/loopback_server.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::LoopbackServer;

constexpr HttpTimeouts k_short{std::chrono::milliseconds(500), std::chrono::milliseconds(500)};

TEST(HttpOrigin, IsSchemeAndHostAndNothingThatCouldBeSecret) {
  EXPECT_EQ(http_origin("https://hc-ping.com/uuid?create=1#x"), "https://hc-ping.com");
  EXPECT_EQ(http_origin("http://me:pass@example.org:8080/x"), "http://example.org");
  EXPECT_EQ(http_origin("http://[::1]:80/"), "http://[::1]");
  EXPECT_EQ(http_origin("https://a@b:c@host?x@y"), "https://host");
}

TEST(HttpOrigin, IsOfHttpUrlsOnly) {
  for (const char* url : {"", "http://[x]/", "hc-ping.com/uuid", "/uuid", "file:///etc/passwd",
                          "ftp://host/x", "https://", "https:///uuid", "http://a b/"}) {
    EXPECT_EQ(http_origin(url), std::nullopt) << url;
  }
}

TEST(HttpPost, SendsTheBodyAndGivesTheStatus) {
  const LoopbackServer server(201);
  EXPECT_EQ(http_post(server.url("/uuid/0?rid=1"), "first\nsecond \xC3\xA9\n"), 201);
  ASSERT_EQ(server.lines(), std::vector<std::string>{"POST /uuid/0?rid=1"});
  EXPECT_EQ(server.requests()[0].body, "first\nsecond \xC3\xA9\n");
}

TEST(HttpPost, SendsAnEmptyBodyAndABodyWithNulls) {
  const LoopbackServer server;
  EXPECT_EQ(http_post(server.url("/a"), ""), 200);
  EXPECT_EQ(http_post(server.url("/b"), std::string("a\0b", 3)), 200);
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.requests()[0].body, "");
  EXPECT_EQ(server.requests()[1].body, std::string("a\0b", 3));
}

TEST(HttpPost, DoesNotFollowARedirection) {
  const LoopbackServer server(302);
  EXPECT_EQ(http_post(server.url("/a"), ""), 302);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(HttpPost, NamesTheOriginOfAServerThatIsNotThere) {
  const tests::RefusedPort port;
  const JobError error =
      tests::error_of([&] { (void)http_post(port.url("/secret-uuid/start"), "", k_short); });
  EXPECT_EQ(error.code(), error_code::k_unavailable);
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
  EXPECT_THAT(error.what(), HasSubstr("http://127.0.0.1 does not answer: "));
  EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
}

TEST(HttpPost, GivesUpOnAServerThatStalls) {
  const LoopbackServer server(LoopbackServer::k_no_answer);
  const JobError error =
      tests::error_of([&] { (void)http_post(server.url("/secret-uuid"), "", k_short); });
  EXPECT_THAT(error.what(), HasSubstr("Timeout was reached"));
  EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
}

TEST(HttpPost, OfWhatIsNoUrlDoesNotRepeatIt) {
  const JobError error = tests::error_of([] { (void)http_post("file:///secret", ""); });
  EXPECT_EQ(error.code(), error_code::k_config);
  EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
}

} // namespace
} // namespace nightshift

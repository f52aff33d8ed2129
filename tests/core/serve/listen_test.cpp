// SPDX-License-Identifier: Apache-2.0

#include "core/serve/listen.hpp"
#include "tests/support/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift::serve {
namespace {

TEST(ListenAddress, IsReadWithItsPort) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:8080").host, "127.0.0.1");
  EXPECT_EQ(parse_listen_address("127.0.0.1:8080").port, 8080);
  EXPECT_EQ(parse_listen_address("[::1]:0").host, "::1");
  EXPECT_EQ(parse_listen_address("localhost:80").host, "127.0.0.1");
}

TEST(ListenAddress, AHostNameOrNoPortIsAMistake) {
  for (const char* const text : {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                                 "moths.example:80", ":80", "127.0.0.1:80x", "::1"}) {
    EXPECT_EQ(tests::error_of([&] { return parse_listen_address(text); }).code(), "config") << text;
  }
}

TEST(ListenAddress, OnlyLoopbackIsThisMachineAlone) {
  EXPECT_TRUE(parse_listen_address("127.8.9.10:80").is_loopback());
  EXPECT_TRUE(parse_listen_address("[::1]:80").is_loopback());
  EXPECT_FALSE(parse_listen_address("0.0.0.0:80").is_loopback());
  EXPECT_FALSE(parse_listen_address("[::]:80").is_loopback());
  EXPECT_FALSE(parse_listen_address("10.0.0.7:80").is_loopback());
}

TEST(ListenOn, TellsWhereItListensAndRefusesATakenPort) {
  const Fd socket = listen_on({"127.0.0.1", 0});
  EXPECT_TRUE(is_local(socket));
  const std::string url = url_of(socket);
  EXPECT_THAT(url, testing::MatchesRegex("http://127.0.0.1:[0-9]+/"));
  const std::string address = url.substr(7, url.size() - 8);
  EXPECT_EQ(tests::error_of([&] { return listen_on(parse_listen_address(address)); }).code(),
            "busy");
}

} // namespace
} // namespace nightshift::serve

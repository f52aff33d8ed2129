// SPDX-License-Identifier: Apache-2.0

#include "core/serve/message.hpp"

#include <gtest/gtest.h>

namespace nightshift::serve {
namespace {

TEST(ParseTarget, GivesPathAndQueryWithoutTheirEscapes) {
  const auto target = parse_target("/api/v2/jobs/?search=Costa%20Rica+2&status=a%26b&flag#end");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/api/v2/jobs/");
  EXPECT_EQ(target->query, (Query{{"search", "Costa Rica 2"}, {"status", "a&b"}, {"flag", ""}}));
}

TEST(ParseTarget, APlusInAPathIsOne) {
  EXPECT_EQ(parse_target("/a+b")->path, "/a+b");
}

TEST(ParseTarget, KeepsWhatIsGivenTwice) {
  EXPECT_EQ(parse_target("/?a=1&a=2&")->query, (Query{{"a", "1"}, {"a", "2"}}));
}

TEST(ParseTarget, RefusesBrokenEscapesZerosAndWhatIsNoPath) {
  for (const char* const target :
       {"", "*", "http://elsewhere/", "/%", "/%4", "/%zz", "/%+1", "/a%00b", "/?a=%0", "/?%00=1"}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
}

} // namespace
} // namespace nightshift::serve

// SPDX-License-Identifier: Apache-2.0

#include "core/storage/path_uri.hpp"

#include <gmock/gmock.h>

namespace nightshift {
namespace {

constexpr PathUriForm k_form{"list:", "a list is written as list:/srv/list"};

TEST(PathUri, NamesAnAbsolutePath) {
  EXPECT_EQ(parse_path_uri("list:/srv/a%20b", k_form).value_or("refused"), "/srv/a b");
  EXPECT_EQ(parse_path_uri("list:///srv/a", k_form).value_or("refused"), "/srv/a");
  EXPECT_EQ(parse_path_uri("list://localhost/srv/a/", k_form).value_or("refused"), "/srv/a/");
}

TEST(PathUri, SaysHowOneIsWritten) {
  for (const char* uri : {"list:", "list:a", "list://host/a"}) {
    const auto path = parse_path_uri(uri, k_form);
    ASSERT_FALSE(path) << uri;
    EXPECT_THAT(path.error(), testing::HasSubstr("; a list is written as list:/srv/list")) << uri;
  }
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/storage/source_uri.hpp"
#include "tests/support/oracle.hpp"

#include <nightshift/key.hpp>

#include <gtest/gtest.h>

namespace nightshift {
namespace {

TEST(SourceUri, AgreesWithAntenna) {
  for (const auto& row : tests::read_oracle_csv("prefixes_public.csv")) {
    const std::string prefix = join_prefix(row.at("prefix"), row.at("subdir"));
    EXPECT_EQ(prefix, row.at("make_full_prefix"));
    EXPECT_EQ(source_uri("s3://" + row.at("bucket"), prefix, row.at("regex")),
              row.at("make_full_prefix_uri"));
  }
}

TEST(SourceUri, DoesNotDoubleTheSlashOfItsRoot) {
  EXPECT_EQ(source_uri("memory:/", "a/", ""), "memory:/a/");
}

TEST(SourceUri, EncodesAPathByteByByte) {
  EXPECT_EQ(percent_encode_path("/a b/ü%?#\n\xff~-_.9Z"), "/a%20b/%C3%BC%25%3F%23%0A%FF~-_.9Z");
}

} // namespace
} // namespace nightshift

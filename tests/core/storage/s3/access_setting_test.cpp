// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/access_setting.hpp"
#include "tests/support/error_of.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift::s3 {
namespace {

std::string endpoint(const std::string& value, Scheme scheme = Scheme::required) {
  return checked_endpoint({value, "HERE"}, scheme);
}

TEST(Endpoint, IsASchemeAndAHost) {
  EXPECT_EQ(endpoint("https://store.example"), "https://store.example");
  EXPECT_EQ(endpoint("http://127.0.0.1:8481/"), "http://127.0.0.1:8481");
  EXPECT_EQ(endpoint("https://[::1]:65535"), "https://[::1]:65535");
  EXPECT_EQ(endpoint("https://my_host"), "https://my_host");
}

TEST(Endpoint, IsHttpsWhereASchemeMayBeLeftOut) {
  EXPECT_EQ(endpoint("store.example:9000", Scheme::https_if_absent), "https://store.example:9000");
  EXPECT_EQ(endpoint("http://store.example", Scheme::https_if_absent), "http://store.example");
}

TEST(Endpoint, IsNothingElse) {
  for (const char* value :
       {"store.example",  "ftp://store.example", "https://",     "https:///",
        "https://a/b",    "https://a?b",         "https://a#b",  "https://u@a",
        "https://u:p@a",  "https://a:0",         "https://a:",   "https://a:65536",
        "https://a:1:2",  "https://a b",         "https://[::1", "https://[]",
        "https://[::1]x", "https://\xC3\xBC",    "https://a\n",  "https://a//"}) {
    const JobError error = tests::error_of([&] { return endpoint(value); });
    EXPECT_EQ(error.code(), error_code::k_config);
    EXPECT_THAT(error.what(), testing::HasSubstr("the endpoint in HERE")) << value;
  }
}

TEST(Region, IsAName) {
  for (const char* value : {"us-east-1", "auto", "RegionOne", "eu.west_1"}) {
    EXPECT_EQ(checked_region({value, "HERE"}), value);
  }
  const std::string long_name(64, 'x');
  for (const char* value : {"a b", "a/b", "x@y", "a\n", long_name.c_str()}) {
    EXPECT_THAT(tests::error_of([&] {
                  return checked_region({value, "HERE"});
                }).what(),
                testing::HasSubstr("HERE"));
  }
}

} // namespace
} // namespace nightshift::s3

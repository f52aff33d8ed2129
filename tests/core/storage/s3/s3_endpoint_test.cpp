// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_endpoint.hpp"

#include <gtest/gtest.h>

namespace nightshift::s3 {
namespace {

Endpoint endpoint(const std::string& bucket, const std::string& url,
                  Addressing addressing = Addressing::automatic) {
  const S3Settings settings{bucket, ""};
  Access access;
  access.addressing = addressing;
  access.endpoint_url = url;
  return endpoint_of(settings, access, "eu-west-1");
}

TEST(S3Endpoint, AmazonKnowsBucketsAsHosts) {
  const Endpoint amazon = endpoint("captures", "");
  EXPECT_EQ(amazon.server, "https://captures.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(amazon.host, "captures.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(amazon.path_of(""), "/");
  EXPECT_EQ(amazon.path_of("a b/\xC3\xA9.jpg"), "/a%20b/%C3%A9.jpg");
}

TEST(S3Endpoint, AmazonIsElsewhereInChina) {
  EXPECT_EQ(endpoint_of({"captures", ""}, {}, "cn-north-1").server,
            "https://captures.s3.cn-north-1.amazonaws.com.cn");
}

TEST(S3Endpoint, ABucketWithADotIsInThePathSinceNoCertificateCoversIt) {
  EXPECT_EQ(endpoint("my.captures", "").server, "https://s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(endpoint("my.captures", "").path_of("1.jpg"), "/my.captures/1.jpg");
}

TEST(S3Endpoint, AnEndpointOfOnesOwnGetsTheBucketInThePath) {
  const Endpoint own = endpoint("captures", "http://127.0.0.1:8481");
  EXPECT_EQ(own.server, "http://127.0.0.1:8481");
  EXPECT_EQ(own.path_of(""), "/captures");
  EXPECT_EQ(own.path_of("../a//b"), "/captures/../a//b");
  EXPECT_EQ(endpoint("tenant:captures", "http://h").path_of(""), "/tenant%3Acaptures");
}

TEST(S3Endpoint, AddressesAsItIsTold) {
  EXPECT_EQ(endpoint("captures", "https://s3.example.org", Addressing::virtual_host).server,
            "https://captures.s3.example.org");
  EXPECT_EQ(endpoint("captures", "", Addressing::path).path_of(""), "/captures");
}

TEST(S3Endpoint, APortThatGoesWithoutSayingIsNotInTheHost) {
  EXPECT_EQ(endpoint("b", "https://s3.example.org:443").host, "s3.example.org");
  EXPECT_EQ(endpoint("b", "http://s3.example.org:80").host, "s3.example.org");
  EXPECT_EQ(endpoint("b", "http://s3.example.org:443").host, "s3.example.org:443");
}

} // namespace
} // namespace nightshift::s3

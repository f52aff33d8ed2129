// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift::s3 {
namespace {

using testing::HasSubstr;

StorageSettings settings(const std::string& uri, Value::Map options = {}) {
  options.insert(options.begin(), {"uri", {}, Value(uri)});
  return {uri, Value(std::move(options))};
}

S3Settings read(const StorageSettings& given) {
  Diagnostics diagnostics;
  const auto read = read_s3_settings(given, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << diagnostics.errors().front().message;
  return read.value_or(S3Settings{});
}

std::string mistake(const StorageSettings& given) {
  Diagnostics diagnostics;
  EXPECT_FALSE(read_s3_settings(given, diagnostics));
  return diagnostics.has_errors() ? diagnostics.errors().front().message : "";
}

TEST(S3Options, ReadBucketAndPrefix) {
  EXPECT_EQ(read(settings("s3://captures")).bucket, "captures");
  EXPECT_EQ(read(settings("s3://captures")).prefix, "");
  EXPECT_EQ(read(settings("s3://captures/")).prefix, "");
  EXPECT_EQ(read(settings("s3://captures/trial/2024")).prefix, "trial/2024/");
  EXPECT_EQ(read(settings("s3://captures//trial/./")).prefix, "trial/");
}

TEST(S3Options, ReadARemoteOfRclone) {
  const S3Settings remote = read(settings("rclone:arbutus:captures/trial"));
  EXPECT_EQ(remote.rclone_remote, "arbutus");
  EXPECT_EQ(remote.bucket, "captures");
  EXPECT_EQ(remote.prefix, "trial/");
}

TEST(S3Options, HaveDefaultsThatSuitMostStores) {
  const S3Settings plain = read(settings("s3://captures"));
  EXPECT_EQ(plain.endpoint_url, "");
  EXPECT_EQ(plain.addressing, Addressing::automatic);
  EXPECT_EQ(plain.list_version, ListVersion::automatic);
  EXPECT_TRUE(plain.url_encoding);
  EXPECT_FALSE(plain.anonymous);
  EXPECT_EQ(plain.max_connections, 8);
  EXPECT_EQ(plain.request_timeout, std::chrono::seconds{60});
  EXPECT_EQ(plain.request_attempts, 5);
}

TEST(S3Options, ReadEveryOption) {
  const S3Settings all = read(settings("s3://captures", {{"endpoint_url", {}, "https://h:8443/"},
                                                         {"region", {}, "garage"},
                                                         {"profile", {}, "arbutus"},
                                                         {"anonymous", {}, true},
                                                         {"addressing", {}, "virtual"},
                                                         {"list_version", {}, "v1"},
                                                         {"url_encoding", {}, false},
                                                         {"ca_bundle", {}, "/etc/ca.pem"},
                                                         {"requester_pays", {}, true},
                                                         {"max_connections", {}, 3},
                                                         {"max_requests_per_second", {}, 2.5},
                                                         {"max_bytes_per_second", {}, 1000},
                                                         {"request_timeout", {}, "2min"},
                                                         {"request_attempts", {}, 9}}));
  EXPECT_EQ(all.endpoint_url, "https://h:8443");
  EXPECT_EQ(all.region, "garage");
  EXPECT_EQ(all.profile, "arbutus");
  EXPECT_TRUE(all.anonymous);
  EXPECT_EQ(all.addressing, Addressing::virtual_host);
  EXPECT_EQ(all.list_version, ListVersion::v1);
  EXPECT_FALSE(all.url_encoding);
  EXPECT_EQ(all.ca_bundle, "/etc/ca.pem");
  EXPECT_TRUE(all.requester_pays);
  EXPECT_EQ(all.max_connections, 3);
  EXPECT_EQ(all.max_requests_per_second, 2.5);
  EXPECT_EQ(all.max_bytes_per_second, 1000);
  EXPECT_EQ(all.request_timeout, std::chrono::minutes{2});
  EXPECT_EQ(all.request_attempts, 9);
}

TEST(S3Options, RefuseAURIThatNamesNoBucketAndShowNoneOfIt) {
  for (const char* uri : {"s3://", "s3:captures", "s3:///captures", "s3://key:secret@captures/x",
                          "rclone:", "rclone:arbutus", "rclone::captures", "s3://a b"}) {
    const std::string message = mistake(settings(uri));
    EXPECT_THAT(message, HasSubstr("names no bucket")) << uri;
    EXPECT_THAT(message, testing::Not(HasSubstr("secret"))) << uri;
  }
}

TEST(S3Options, RefuseAnEndpointWithAnythingButHostAndPort) {
  for (const char* url : {"s3.example.org", "https://h/path", "https://user:secret@h",
                          "https://h?x", "ftp://h", "https://"}) {
    const std::string message = mistake(settings("s3://captures", {{"endpoint_url", {}, url}}));
    EXPECT_THAT(message, HasSubstr("the endpoint is no URL")) << url;
    EXPECT_THAT(message, testing::Not(HasSubstr("secret"))) << url;
  }
}

TEST(S3Options, RefuseWhatIsUnknown) {
  EXPECT_THAT(mistake(settings("s3://captures", {{"secret_access_key", {}, "hush"}})),
              testing::AllOf(HasSubstr("secret_access_key"), testing::Not(HasSubstr("hush"))));
  EXPECT_THAT(mistake(settings("s3://captures", {{"addressing", {}, "dns"}})), HasSubstr("dns"));
  EXPECT_THAT(mistake(settings("s3://captures", {{"ca_bundle", {}, "ca.pem"}})),
              HasSubstr("no absolute path"));
}

} // namespace
} // namespace nightshift::s3

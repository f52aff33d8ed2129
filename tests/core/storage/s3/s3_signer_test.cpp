// SPDX-License-Identifier: Apache-2.0
//
// The expected signatures are Amazon's published examples: "Signature Calculations for the
// Authorization Header", Amazon S3 API Reference.

#include "core/base/json.hpp"
#include "core/storage/s3/s3_endpoint.hpp"
#include "core/storage/s3/s3_signer.hpp"
#include "tests/support/dumpable_memory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>

namespace nightshift::s3 {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const TimePoint k_then = parse_utc("2013-05-24T00:00:00.000000Z").value();

Credentials example() {
  return {"AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")};
}

std::vector<std::string> sign(const SignedRequest& request,
                              const Credentials& credentials = example()) {
  return S3Signer().sign(request, credentials, "us-east-1", k_then);
}

TEST(S3Signer, SignsAmazonsExampleOfAnObject) {
  const auto headers =
      sign({"GET", "examplebucket.s3.amazonaws.com", "/test.txt", "", {{"range", "bytes=0-9"}}});
  EXPECT_THAT(headers,
              testing::ElementsAre(
                  "host: examplebucket.s3.amazonaws.com", "range: bytes=0-9",
                  "x-amz-content-sha256: "
                  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                  "x-amz-date: 20130524T000000Z",
                  "Authorization: AWS4-HMAC-SHA256 "
                  "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                  "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                  "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
}

TEST(S3Signer, SignsAmazonsExampleOfAParameterWithoutAValue) {
  EXPECT_THAT(
      sign({"GET", "examplebucket.s3.amazonaws.com", "/", canonical_query({{"lifecycle", ""}})}),
      Contains(EndsWith("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")));
}

TEST(S3Signer, SignsAmazonsExampleOfAListing) {
  EXPECT_THAT(
      sign({"GET", "examplebucket.s3.amazonaws.com", "/",
            canonical_query({{"prefix", "J"}, {"max-keys", "2"}})}),
      Contains(EndsWith("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")));
}

TEST(S3Signer, SignsASessionTokenAlong) {
  Credentials credentials = example();
  credentials.session_token = Secret("a/token+==");
  const auto headers = sign({"GET", "host", "/", ""}, credentials);
  EXPECT_THAT(headers, Contains(HasSubstr("x-amz-date;x-amz-security-token, Signature=")));
  EXPECT_THAT(headers, Not(Contains(HasSubstr("a/token")))) << "it is sent out of secret memory";
  ASSERT_EQ(S3Signer::secret_headers(credentials).size(), 1U);
  EXPECT_EQ(S3Signer::secret_headers(credentials)[0].reveal(), "x-amz-security-token: a/token+==");
  EXPECT_TRUE(S3Signer::secret_headers(example()).empty());
}

TEST(S3Signer, SignsAnewWithAnotherKeyDayOrRegion) {
  S3Signer signer;
  const SignedRequest request{"GET", "host", "/", ""};
  Credentials other = example();
  other.secret_access_key = Secret("another");
  const auto signature = [&](const Credentials& credentials, const char* region, int days) {
    return signer.sign(request, credentials, region, k_then + std::chrono::hours(24 * days)).back();
  };
  const std::string first = signature(example(), "us-east-1", 0);
  EXPECT_NE(signature(other, "us-east-1", 0), first);
  EXPECT_NE(signature(example(), "eu-west-1", 0), first);
  EXPECT_NE(signature(example(), "us-east-1", 1), first);
  EXPECT_EQ(signature(example(), "us-east-1", 0), first);
}

std::string bytes_of(const std::string& hexadecimal) {
  std::string bytes;
  for (std::size_t at = 0; at < hexadecimal.size(); at += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hexadecimal.substr(at, 2), nullptr, 16)));
  }
  return bytes;
}

// Golden data of tests/data/s3_signatures, made by the program that lies there.
TEST(S3Signer, SignsWhateverBotocoreSignsAsItDoes) {
  const Json cases = Json::parse(
      std::ifstream(std::string(NIGHTSHIFT_TEST_DATA) + "/s3_signatures/botocore_signatures.json"));
  Access access;
  access.endpoint_url = "http://s3.example.org:8443";
  const Endpoint endpoint = endpoint_of({"captures", ""}, access, "eu-west-1");
  S3Signer signer;
  for (const Json& each : cases) {
    const std::string key = bytes_of(each[0]);
    SignedRequest request{"GET", endpoint.host, {}, {}};
    if (each[1].get<bool>()) {
      request.path = endpoint.path_of("");
      request.query = canonical_query(
          {{"prefix", key}, {"delimiter", "/"}, {"list-type", "2"}, {"encoding-type", "url"}});
    } else {
      request.path = endpoint.path_of(key);
    }
    Credentials credentials{"AKIAEXAMPLE", Secret("wJalr/the+secret")};
    credentials.session_token = Secret(each[2].get<std::string>());
    const auto headers = signer.sign(request, credentials, "eu-west-1",
                                     parse_utc("2025-01-14T21:48:29.000000Z").value());
    EXPECT_THAT(headers.back(), EndsWith("Signature=" + each[3].get<std::string>())) << each;
  }
  EXPECT_EQ(cases.size(), 18U * 4U);
}

TEST(S3Signer, LeavesNothingOfTheSecretWhereACoreDumpWouldHoldIt) {
  SecretBytes canary;
  for (int i = 0; i < 40; ++i) { // made here, so that it is in no other memory either
    canary.push_back(static_cast<char>('A' + (i * i * 7 + i) % 26));
  }
  Credentials credentials = example();
  credentials.secret_access_key = Secret(std::move(canary));
  ASSERT_EQ(sign({"GET", "host", "/", ""}, credentials).size(), 4U);
  EXPECT_EQ(tests::count_in_dumpable_memory(getpid(), credentials.secret_access_key.reveal()), 0);
}

TEST(CanonicalQuery, IsSortedByNameAndThenByValueOnceEncoded) {
  EXPECT_EQ(canonical_query({{"select-type", "2"}, {"select", "b"}, {"select", "a"}}),
            "select=a&select=b&select-type=2");
  EXPECT_EQ(canonical_query({{"prefix", "a b/+*~'\xC3\xA9\r"}, {"delimiter", "/"}}),
            "delimiter=%2F&prefix=a%20b%2F%2B%2A~%27%C3%A9%0D");
  EXPECT_EQ(canonical_query({}), "");
}

} // namespace
} // namespace nightshift::s3

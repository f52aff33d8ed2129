// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/store_error.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift::s3 {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

HttpAnswer answer(int status, const std::string& code, const std::string& rest = "") {
  return {status,
          {},
          fmt::format("<?xml version='1.0'?><Error><Code>{}</Code><Message>Words</Message>{}"
                      "</Error>",
                      code, rest)};
}

Access access_of_a_profile() {
  Access access;
  access.credentials = Credentials{"AKIAEXAMPLE", Secret("the-secret"), Secret("the-token")};
  access.region = "us-east-1";
  access.found_in = "profile x";
  return access;
}

JobError error_for(const HttpAnswer& answer, const std::string& key = "") {
  const Access access = access_of_a_profile();
  return error_of(read_complaint(answer), {"https://s3.example.org", "captures", key, &access},
                  std::nullopt);
}

TEST(StoreError, ItsClassSaysWhetherTheSameMayGoWellLater) {
  for (const int status : {408, 429, 500, 502, 503, 504, 520}) {
    EXPECT_EQ(error_for({status, {}, "<html>busy</html>"}).error_class(), ErrorClass::transient)
        << status;
  }
  for (const char* code : {"SlowDown", "RequestTimeout", "InternalError"}) {
    EXPECT_EQ(error_for(answer(400, code)).error_class(), ErrorClass::transient) << code;
  }
  for (const char* code : {"InternalError", "Whatever", ""}) {
    EXPECT_EQ(error_for(answer(200, code)).error_class(), ErrorClass::transient) << code;
  }
  for (const char* code : {"AccessDenied", "NoSuchBucket", "SignatureDoesNotMatch"}) {
    EXPECT_EQ(error_for(answer(200, code)).error_class(), ErrorClass::permanent) << code;
  }
  for (const int status : {301, 400, 401, 403, 404, 405, 407, 412, 501, 505}) {
    EXPECT_EQ(error_for({status, {}, ""}).error_class(), ErrorClass::permanent) << status;
  }
}

TEST(StoreError, SaysWhatToCheck) {
  const auto expect = [](const HttpAnswer& given, const char* code, const char* words,
                         const std::string& key = "") {
    const JobError error = error_for(given, key);
    EXPECT_EQ(error.code(), code);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("s3.example.org"), HasSubstr(words)));
  };
  expect(answer(403, "SignatureDoesNotMatch"), "denied", "check the secret access key");
  expect(answer(403, "InvalidAccessKeyId"), "denied", "does not know the access key AKIA…");
  expect(answer(400, "ExpiredToken"), "denied",
         "get a new one (the access key is AKIA… of "
         "profile x)");
  expect(answer(400, "InvalidArgument"), "denied", "does not accept the session token");
  expect(answer(403, "RequestTimeTooSkewed"), "denied", "set this machine's clock");
  expect(answer(403, "AccessDenied"), "denied",
         "check the secret that goes with the access key (the access key is AKIA… of "
         "profile x), and ask for the right to list the bucket");
  expect({403, {}, ""}, "denied", "bucket captures");
  expect(answer(404, "NoSuchBucket"), "not_found", "there is no bucket captures");
  expect(answer(404, "NoSuchKey"), "not_found", "there is no object a/1.jpg", "a/1.jpg");
  expect({404, {}, "<html>nothing here</html>"}, "not_found", "that its S3 interface is");
  expect(answer(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"), "config",
         "in the region eu-west-1: set region");
  expect({301, {{"x-amz-bucket-region", "eu-north-1"}}, ""}, "config", "eu-north-1");
  expect({307, {}, ""}, "config", "set endpoint_url");
  expect(answer(501, "NotImplemented"), "unsupported", "list_version: v1");
  expect(answer(400, "Whatever"), "unavailable", "(400 Whatever: Words)");
}

TEST(StoreError, TellsStrangersFromTheStore) {
  const std::string page = "<!DOCTYPE HTML>\n<HTML><body>Sign in</body></HTML>";
  for (const int status : {302, 400, 403, 405}) {
    const JobError error = error_for({status, {}, page});
    EXPECT_EQ(error.error_class(), ErrorClass::permanent) << status;
    EXPECT_THAT(error.what(), AllOf(HasSubstr("not the store answers at https://s3.example.org"),
                                    HasSubstr("check endpoint_url"), HasSubstr("a web page")));
    EXPECT_THAT(error.what(), Not(HasSubstr("Sign in")));
  }
  EXPECT_THAT(error_for({407, {}, page}).what(), HasSubstr("wants a name and a password"));
  EXPECT_THAT(error_for({502, {}, page}).what(), HasSubstr("just now (502, a web page)"));
}

TEST(StoreError, KnowsAComplaintByItsRoot) {
  for (const char* body : {"<Error>", "<Error><Code>x", "<?xml version='1.0'?>\n<Error>",
                           "\xEF\xBB\xBF<?xml?><!-- <a> --><Error xmlns=\"x\"><Code/></Error>"}) {
    EXPECT_TRUE(is_complaint(body)) << body;
  }
  for (const char* body : {"", "<", "<?", "Error", "<Errors>", "<Error", "<html><Error></html>",
                           "<ListBucketResult><Key>&lt;Error></Key><Error></ListBucketResult>"}) {
    EXPECT_FALSE(is_complaint(body)) << body;
  }
}

TEST(StoreError, ReadsTheStoresWordsAsTheyAreMeant) {
  const JobError error =
      error_for({400, {}, "<Code>Odd</Code><Message>&lt;a&gt; &amp; b</Message>"});
  EXPECT_THAT(error.what(), HasSubstr("(400 Odd: <a> & b)"));
}

TEST(StoreError, AStoreThatWantsASignatureSaysSoInManyWays) {
  Access anonymous;
  const JobError error =
      error_of(read_complaint({412, {}, "Bad URL"}),
               {"https://s3.example.org", "captures", "", &anonymous}, std::nullopt);
  EXPECT_EQ(error.code(), "denied");
  EXPECT_THAT(error.what(), HasSubstr("takes signed requests only"));
}

TEST(StoreError, ShowsNoSecretThatTheStoreRepeats) {
  for (const char* secret : {"the-secret", "the-token", "AKIAEXAMPLE"}) {
    HttpAnswer echo = answer(403, "SignatureDoesNotMatch",
                             fmt::format("<StringToSign>{0}</StringToSign>"
                                         "<AWSAccessKeyId>{0}</AWSAccessKeyId>",
                                         secret));
    EXPECT_THAT(error_for(echo).what(), Not(HasSubstr(secret)));
    echo.body =
        fmt::format("<Error><Code>Odd{0}</Code><Message>You sent {0}</Message></Error>", secret);
    EXPECT_THAT(error_for(echo).what(), Not(HasSubstr(secret)));
  }
}

TEST(StoreError, IsOneLineWhateverTheStoreSends) {
  const JobError error = error_for({400, {}, "<Code>A\nB</Code><Message>c\x1B[31m\nd</Message>"});
  EXPECT_EQ(std::string(error.what()).find_first_of("\n\x1B"), std::string::npos);
}

TEST(RetryAfter, IsANumberOfSecondsOrADate) {
  const TimePoint now = parse_utc("2025-01-14T21:48:00.000000Z").value();
  const auto given = [&](const char* value) {
    return retry_after_of({503, {{"retry-after", value}}, ""}, now);
  };
  EXPECT_EQ(given("7"), 7s);
  EXPECT_EQ(given("Tue, 14 Jan 2025 21:48:30 GMT"), 30s);
  EXPECT_EQ(given("Tue, 14 Jan 2025 21:47:30 GMT"), 0s) << "long since";
  EXPECT_EQ(given("100000"), 5min) << "nobody waits that long";
  EXPECT_EQ(given("soon"), std::nullopt);
  EXPECT_EQ(retry_after_of({503, {}, ""}, now), std::nullopt);
}

} // namespace
} // namespace nightshift::s3

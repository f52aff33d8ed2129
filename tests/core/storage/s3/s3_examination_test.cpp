// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_examination.hpp"
#include "tests/core/storage/s3/access_site.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/scripted_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift::s3 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::ScriptedServer;
using Answer = ScriptedServer::Answer;

constexpr const char* k_page =
    "<ListBucketResult><Name>moths</Name><Prefix>trial/</Prefix><KeyCount>1</KeyCount>"
    "<IsTruncated>false</IsTruncated><Contents><Key>trial/a.jpg</Key>"
    "<LastModified>2024-06-01T21:30:00.000Z</LastModified><ETag>\"e\"</ETag><Size>4</Size>"
    "</Contents></ListBucketResult>";

Answer complaint(int status, const std::string& code) {
  return {status, fmt::format("<Error><Code>{}</Code></Error>", code)};
}

class S3ExaminationTest : public testing::Test {
 protected:
  S3ExaminationTest() {
    site_.set_keys("AKIAEXAMPLE");
    site_.settings.bucket = "moths";
    site_.settings.prefix = "trial/";
  }

  StorageExamination examine(const std::string& endpoint) {
    site_.settings.endpoint_url = endpoint;
    return examine_s3_storage(site_.settings, {}, site_.environment());
  }

  StorageExamination examine_store(const Answer& answer) {
    const ScriptedServer server([&](const auto&) { return answer; });
    StorageExamination examination = examine(server.url());
    requests_ = server.requests();
    return examination;
  }

  static std::vector<std::string> steps(const StorageExamination& examination) {
    std::vector<std::string> names;
    for (const StorageExamination::Step& step : examination.done) {
      names.push_back(step.what);
    }
    return names;
  }

  tests::AccessSite site_;
  std::vector<ScriptedServer::Request> requests_;
};

TEST_F(S3ExaminationTest, AsksForOneKeyOnce) {
  const StorageExamination examination = examine_store({200, k_page});
  EXPECT_FALSE(examination.error);
  EXPECT_THAT(steps(examination), ElementsAre("server", "credentials", "bucket"));
  EXPECT_THAT(examination.done[0].text, HasSubstr(" answered after "));
  EXPECT_THAT(examination.done[1].text, HasSubstr("AWS_ACCESS_KEY_ID"));
  EXPECT_EQ(examination.done[2].text, "moths may be listed");
  EXPECT_TRUE(examination.latency);
  ASSERT_EQ(requests_.size(), 2U);
  EXPECT_EQ(tests::query_value(requests_[0].target, "max-keys"), "1");
  EXPECT_EQ(tests::query_value(requests_[0].target, "prefix"), "trial/");
  EXPECT_EQ(requests_[1].target, "/moths?location=") << "which this store does not know";
}

TEST_F(S3ExaminationTest, TellsTheRegionIfTheStoreDoes) {
  const auto text_at_a_store_in = [&](const Answer& location) {
    const ScriptedServer server([&](const ScriptedServer::Request& request) {
      return tests::query_value(request.target, "location") ? location : Answer{200, k_page};
    });
    return examine(server.url()).done.back().text;
  };
  EXPECT_EQ(
      text_at_a_store_in({200, "<LocationConstraint xmlns=\"x\">default</LocationConstraint>"}),
      "moths may be listed, and is in the region default");
  for (const Answer& silent : {Answer{200, "<LocationConstraint>AKIAEXAMPLE</LocationConstraint>"},
                               Answer{200, "<Location"}, complaint(403, "AccessDenied"),
                               complaint(501, "NotImplemented")}) {
    EXPECT_EQ(text_at_a_store_in(silent), "moths may be listed") << silent.body;
  }
}

TEST_F(S3ExaminationTest, EndsWhereThereAreNoCredentials) {
  site_.variables.erase("AWS_ACCESS_KEY_ID");
  const StorageExamination examination = examine("http://127.0.0.1:1");
  EXPECT_THAT(steps(examination), testing::IsEmpty());
  EXPECT_EQ(examination.failed, "credentials");
  EXPECT_EQ(examination.error->code(), error_code::k_denied);
}

TEST_F(S3ExaminationTest, EndsAtAServerThatDoesNotAnswer) {
  const tests::RefusedPort nobody;
  const StorageExamination examination = examine(nobody.url(""));
  EXPECT_THAT(steps(examination), testing::IsEmpty());
  EXPECT_EQ(examination.failed, "server");
  EXPECT_FALSE(examination.latency);
  EXPECT_THAT(examination.error->what(), HasSubstr("cannot connect"));
}

TEST_F(S3ExaminationTest, EndsAtAServerThatIsNoStoreAndDoesNotAskAgain) {
  EXPECT_EQ(examine_store({200, "<html>"}).failed, "server");
  EXPECT_EQ(examine_store({503, "busy"}).failed, "server");
  EXPECT_EQ(requests_.size(), 1U);
}

TEST_F(S3ExaminationTest, EndsAtCredentialsThatTheStoreRefuses) {
  for (const char* code : {"AccessDenied", "SignatureDoesNotMatch", "InvalidAccessKeyId"}) {
    const StorageExamination examination = examine_store(complaint(403, code));
    EXPECT_THAT(steps(examination), ElementsAre("server"));
    EXPECT_EQ(examination.failed, "credentials");
    EXPECT_EQ(examination.error->code(), error_code::k_denied);
    EXPECT_TRUE(examination.latency);
  }
}

TEST_F(S3ExaminationTest, EndsAtABucketThatIsNotThere) {
  for (const Answer& answer :
       {complaint(404, "NoSuchBucket"), complaint(301, "PermanentRedirect")}) {
    const StorageExamination examination = examine_store(answer);
    EXPECT_THAT(steps(examination), ElementsAre("server", "credentials"));
    EXPECT_EQ(examination.failed, "bucket");
    EXPECT_TRUE(examination.latency);
    EXPECT_TRUE(examination.error);
  }
}

TEST_F(S3ExaminationTest, SaysThatNothingIsSigned) {
  site_.settings.anonymous = true;
  const StorageExamination examination = examine_store({200, k_page});
  EXPECT_THAT(examination.done[1].text, HasSubstr("nobody, as the source is anonymous"));
  EXPECT_EQ(requests_[0].header("authorization"), "");
}

} // namespace
} // namespace nightshift::s3

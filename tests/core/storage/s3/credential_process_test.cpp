// SPDX-License-Identifier: Apache-2.0

#include "tests/core/storage/s3/access_site.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// A profile whose credentials a script prints.
class CredentialProcessTest : public testing::Test {
 protected:
  void write_script(std::string_view script) const {
    site_.write("give me", script);
    site_.write_config(fmt::format("[profile vault]\ncredential_process = /bin/sh '{}' \"a b\"\n",
                                   site_.path("give me")));
  }

  void write_answer(std::string_view answer) const {
    write_script(fmt::format("cat <<'END'\n{}\nEND\n", answer));
  }

  CredentialProcessTest() { site_.settings.profile = "vault"; }

  [[nodiscard]] std::string error() const {
    const JobError error = site_.error();
    EXPECT_EQ(error.error_class(), ErrorClass::permanent);
    EXPECT_THAT(error.what(),
                HasSubstr("the credential process of " + site_.path(".aws/config") + ":2 "));
    EXPECT_THAT(error.what(), Not(HasSubstr("c4n4ry")));
    return error.what();
  }

  tests::AccessSite site_;
};

TEST_F(CredentialProcessTest, GivesCredentials) {
  write_answer(R"({"Version": 1, "AccessKeyId": "GIVEN", "SecretAccessKey": "c4n\u0034ry\/",
                   "SessionToken": "t0k3n", "Expiration": "2199-06-01T21:30:00Z"})");
  const s3::Access access = site_.access();
  EXPECT_EQ(access.credentials->access_key_id, "GIVEN");
  EXPECT_EQ(access.credentials->secret_access_key.reveal(), "c4n4ry/");
  EXPECT_EQ(access.credentials->session_token.reveal(), "t0k3n");
  EXPECT_EQ(access.found_in, "the credential process of profile \"vault\"");
  using namespace std::chrono;
  EXPECT_EQ(access.expires, sys_days(2199y / 6 / 1) + 21h + 30min);
}

TEST_F(CredentialProcessTest, NeedNotSayWhenTheyExpire) {
  write_answer(
      R"({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "B", "SessionToken": null})");
  EXPECT_FALSE(site_.access().expires);
  EXPECT_TRUE(site_.access().credentials->session_token.empty());
}

TEST_F(CredentialProcessTest, GetsItsArgumentsAsAShellWouldTakeThemApart) {
  write_script("printf '{\"Version\": 1, \"AccessKeyId\": \"%s\", \"SecretAccessKey\": \"B\"}' "
               "\"$#-$(echo \"$1\" | tr ' ' _)\"\n");
  EXPECT_EQ(site_.key(), "1-a_b");
}

TEST_F(CredentialProcessTest, IsAskedAnewEachTime) {
  write_script(fmt::format("echo x >>'{0}'; printf '{{\"Version\": 1, \"AccessKeyId\": \"%s\", "
                           "\"SecretAccessKey\": \"B\"}}' \"$(wc -l <'{0}')\"\n",
                           site_.path("count")));
  EXPECT_EQ(site_.key(), "1");
  EXPECT_EQ(site_.key(), "2");
}

TEST_F(CredentialProcessTest, IsNotAskedWhereTheSourceIsAnonymous) {
  write_script(fmt::format("touch '{}'\n", site_.path("asked")));
  site_.settings.anonymous = true;
  EXPECT_EQ(site_.key(), "(none)");
  EXPECT_FALSE(std::filesystem::exists(site_.path("asked")));
}

TEST_F(CredentialProcessTest, ThatFailsIsNotQuoted) {
  write_script("echo c4n4ry; echo c4n4ry >&2; exit 7\n");
  EXPECT_THAT(error(), HasSubstr("failed with exit code 7; run it by hand"));
  write_script("echo c4n4ry; kill -KILL $$\n");
  EXPECT_THAT(error(), HasSubstr("was ended by signal 9"));
}

TEST_F(CredentialProcessTest, ThatPrintsSomethingElseIsNotQuoted) {
  write_answer("c4n4ry");
  EXPECT_THAT(error(), HasSubstr("did not print JSON"));
  write_answer(R"({"AccessKeyId": "A", "SecretAccessKey": "c4n4ry"})");
  EXPECT_THAT(error(), HasSubstr("version 1"));
  write_answer(R"({"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "c4n4ry"})");
  EXPECT_THAT(error(), HasSubstr("version 1"));
  write_answer(R"({"Version": 1, "SecretAccessKey": "c4n4ry"})");
  EXPECT_THAT(error(), HasSubstr("no AccessKeyId"));
  write_answer(R"({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "c4n4ry\n"})");
  EXPECT_THAT(error(), HasSubstr("newline at its end"));
  write_answer(
      R"({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "B", "Expiration": "c4n4ry"})");
  EXPECT_THAT(error(), HasSubstr("an Expiration that is no time"));
  write_script("yes c4n4ry\n");
  EXPECT_THAT(error(), HasSubstr("printed more than credentials"));
}

TEST_F(CredentialProcessTest, ThatGivesWhatHasExpiredIsRefused) {
  write_answer(R"({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "c4n4ry",
                   "Expiration": "2020-06-01T21:30:00+02:00"})");
  EXPECT_THAT(error(), HasSubstr("printed expired at 2020-06-01T19:30:00"));
}

TEST_F(CredentialProcessTest, ThatCannotBeStartedIsNamedByItsPlaceAlone) {
  site_.write_config("[profile vault]\ncredential_process = /nowhere/c4n4ry --password c4n4ry\n");
  EXPECT_THAT(error(), HasSubstr("cannot be started: No such file"));
  site_.write_config("[profile vault]\ncredential_process = x 'c4n4ry\n");
  EXPECT_THAT(error(), HasSubstr("a quote that is not closed"));
}

TEST_F(CredentialProcessTest, IsGivenUpWhenTheJobIsStopped) {
  write_script("sleep 600\n");
  std::stop_source stop;
  stop.request_stop();
  const JobError error = tests::error_of(
      [&] { return s3::find_access(site_.settings, site_.environment(), stop.get_token()); });
  EXPECT_EQ(error.error_class(), ErrorClass::cancelled);
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "tests/core/storage/s3/access_site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using s3::Addressing;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* k_two_profiles = R"([default]
aws_access_key_id = DEFAULT
aws_secret_access_key = secret of the default
[named]
aws_access_key_id = NAMED
aws_secret_access_key = c4n4ry
aws_session_token = t0k3n
)";

class AwsAccessTest : public testing::Test {
 protected:
  [[nodiscard]] std::string error() const { return site_.error().what(); }

  tests::AccessSite site_;
  std::map<std::string, std::string>& variables_ = site_.variables;
};

// -- Credentials

TEST_F(AwsAccessTest, HasAProfileOfTheSettingsBeforeTheEnvironment) {
  site_.write_credentials(k_two_profiles);
  site_.set_keys("ENVIRONMENT");
  variables_["AWS_PROFILE"] = "default";
  site_.settings.profile = "named";
  const s3::Access access = site_.access();
  EXPECT_EQ(access.credentials->access_key_id, "NAMED");
  EXPECT_EQ(access.credentials->secret_access_key.reveal(), "c4n4ry");
  EXPECT_EQ(access.credentials->session_token.reveal(), "t0k3n");
  EXPECT_EQ(access.found_in, "profile \"named\" in " + site_.path(".aws/credentials"));
}

TEST_F(AwsAccessTest, HasTheEnvironmentsKeysBeforeItsProfile) {
  site_.write_credentials(k_two_profiles);
  site_.set_keys("ENVIRONMENT");
  variables_["AWS_SESSION_TOKEN"] = "token";
  variables_["AWS_PROFILE"] = "named";
  const s3::Access access = site_.access();
  EXPECT_EQ(access.credentials->access_key_id, "ENVIRONMENT");
  EXPECT_EQ(access.credentials->session_token.reveal(), "token");
  EXPECT_EQ(access.found_in, "the environment (AWS_ACCESS_KEY_ID)");
}

TEST_F(AwsAccessTest, HasTheEnvironmentsProfileBeforeTheDefault) {
  site_.write_credentials(k_two_profiles);
  EXPECT_EQ(site_.key(), "DEFAULT");
  variables_["AWS_DEFAULT_PROFILE"] = "named";
  EXPECT_EQ(site_.key(), "NAMED");
  variables_["AWS_PROFILE"] = "default";
  EXPECT_EQ(site_.key(), "DEFAULT");
}

TEST_F(AwsAccessTest, HasKeysOfTheCredentialsFileBeforeThoseOfTheConfigFile) {
  site_.write_config("[profile named]\naws_access_key_id = CONFIG\naws_secret_access_key = s\n");
  site_.settings.profile = "named";
  EXPECT_EQ(site_.key(), "CONFIG");
  site_.write_credentials(k_two_profiles);
  EXPECT_EQ(site_.key(), "NAMED");
}

TEST_F(AwsAccessTest, HasKeysBeforeACredentialProcess) {
  site_.write_config("[default]\ncredential_process = false\n");
  site_.write_credentials(k_two_profiles);
  EXPECT_EQ(site_.key(), "DEFAULT");
}

TEST_F(AwsAccessTest, FindsFilesWhereTheEnvironmentSays) {
  site_.write("elsewhere/keys", k_two_profiles);
  site_.write("elsewhere/config", "[profile named]\nregion = far\n");
  variables_["AWS_SHARED_CREDENTIALS_FILE"] = "~/elsewhere/keys";
  variables_["AWS_CONFIG_FILE"] = site_.path("elsewhere/config");
  site_.settings.profile = "named";
  EXPECT_EQ(site_.key(), "NAMED");
  EXPECT_EQ(site_.access().region, "far");
}

TEST_F(AwsAccessTest, HasNoCredentialsWhereTheSourceIsAnonymous) {
  site_.set_keys("ENVIRONMENT");
  site_.write_config("[default]\nendpoint_url = https://store.example\n");
  site_.settings.anonymous = true;
  EXPECT_EQ(site_.key(), "(none)");
  EXPECT_EQ(site_.access().endpoint_url, "https://store.example") << "all the rest is found";
}

TEST_F(AwsAccessTest, KnowsWhenTheEnvironmentsCredentialsExpire) {
  using namespace std::chrono;
  site_.set_keys("ENVIRONMENT");
  EXPECT_FALSE(site_.access().expires);
  variables_["AWS_CREDENTIAL_EXPIRATION"] = "2199-06-01T21:30:00+00:00";
  EXPECT_EQ(site_.access().expires, sys_days(2199y / 6 / 1) + 21h + 30min);
  variables_["AWS_CREDENTIAL_EXPIRATION"] = "2020-06-01T21:30:00Z";
  EXPECT_THAT(error(), HasSubstr("expired at 2020-06-01T21:30:00"));
  variables_["AWS_CREDENTIAL_EXPIRATION"] = "soon";
  EXPECT_THAT(error(), HasSubstr("AWS_CREDENTIAL_EXPIRATION is no time"));
}

// -- What is wrong

TEST_F(AwsAccessTest, SaysWhereItLookedInVainAndWhatToDo) {
  EXPECT_EQ(site_.error().code(), error_code::k_denied);
  EXPECT_THAT(error(), AllOf(HasSubstr("AWS_ACCESS_KEY_ID"), HasSubstr("profile \"default\""),
                             HasSubstr(site_.path(".aws/credentials")),
                             HasSubstr(site_.path(".aws/config")), HasSubstr("anonymous")));
}

TEST_F(AwsAccessTest, DoesNotTurnToTheEnvironmentWhereAProfileHasNoKeys) {
  site_.set_keys("ENVIRONMENT");
  site_.write_config("[profile named]\nregion = far\n");
  site_.settings.profile = "named";
  EXPECT_THAT(error(), AllOf(HasSubstr("profile \"named\""), Not(HasSubstr("neither in AWS_"))));
}

TEST_F(AwsAccessTest, NamesTheProfilesThereAreInThePlaceOfOneThereIsNot) {
  site_.write_credentials(k_two_profiles);
  site_.write_config("[profile other]\nregion = far\n[services x]\n");
  site_.settings.profile = "nmaed";
  EXPECT_EQ(site_.error().code(), error_code::k_config);
  EXPECT_THAT(error(), AllOf(HasSubstr("no profile \"nmaed\", which the source's profile names"),
                             HasSubstr("there are: default, named, other")));
  site_.settings.profile = "";
  site_.set_keys("ENVIRONMENT");
  variables_["AWS_PROFILE"] = "gone";
  EXPECT_THAT(error(), HasSubstr("no profile \"gone\", which AWS_PROFILE names"));
}

TEST_F(AwsAccessTest, SaysThatTheHomeFolderIsNotKnown) {
  variables_.erase("HOME");
  EXPECT_THAT(error(), HasSubstr("~/.aws, which is not known because HOME is not set"));
  site_.set_keys("ENVIRONMENT");
  EXPECT_EQ(site_.key(), "ENVIRONMENT") << "who needs no file needs no home";
}

TEST_F(AwsAccessTest, NamesFileAndLineOfHalfAKeyPair) {
  site_.write_credentials("[default]\n# comment\naws_access_key_id = DEFAULT\n");
  EXPECT_THAT(error(), AllOf(HasSubstr(site_.path(".aws/credentials") + ":3 has an access key id"),
                             HasSubstr("no secret access key")));
  variables_["AWS_ACCESS_KEY_ID"] = "ENVIRONMENT";
  EXPECT_THAT(error(), HasSubstr("the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) has"));
}

TEST_F(AwsAccessTest, NamesFileAndLineThatCannotBeReadAndNothingOfIt) {
  site_.write_credentials("[default]\naws_secret_access_key c4n4ry\n");
  EXPECT_EQ(site_.error().code(), error_code::k_bad_data);
  EXPECT_THAT(error(),
              AllOf(HasSubstr(site_.path(".aws/credentials") + ":2"), Not(HasSubstr("c4n4ry"))));
}

TEST_F(AwsAccessTest, RefusesAFileThatEveryUserMayWrite) {
  site_.write_credentials(k_two_profiles);
  std::filesystem::permissions(site_.path(".aws/credentials"), std::filesystem::perms(0666));
  EXPECT_THAT(error(), AllOf(HasSubstr(site_.path(".aws/credentials")), HasSubstr("chmod o-w")));
}

TEST_F(AwsAccessTest, RefusesWhatCannotBePutIntoAHeader) {
  site_.set_keys("ENVIRONMENT");
  variables_["AWS_SESSION_TOKEN"] = "c4n4ry\r\nx-forged: 1";
  EXPECT_THAT(error(), AllOf(HasSubstr("session token"), Not(HasSubstr("c4n4ry"))));
  variables_["AWS_SESSION_TOKEN"] = "";
  variables_["AWS_SECRET_ACCESS_KEY"] = "c4n4ry\n";
  EXPECT_THAT(error(), AllOf(HasSubstr("newline at its end"), Not(HasSubstr("c4n4ry"))));
  variables_["AWS_SECRET_ACCESS_KEY"] = "with a blank/and+more";
  EXPECT_EQ(site_.key(), "ENVIRONMENT");
  variables_["AWS_ACCESS_KEY_ID"] = "test:tester";
  EXPECT_EQ(site_.key(), "test:tester") << "as Swift has them";
  for (const char* id : {"with blank", "a,b", "a/b", "\xC3\xBC"}) {
    variables_["AWS_ACCESS_KEY_ID"] = id;
    EXPECT_THAT(error(), HasSubstr("access key id")) << id;
  }
}

// -- What is not supported

TEST_F(AwsAccessTest, SaysOfWhatIsNotSupportedWhatToDoInstead) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"role_arn = arn:x\nsource_profile = default\n", "a role (role_arn in "},
      {"role_arn = arn:x\naws_access_key_id = A\naws_secret_access_key = B\n", "a role (role_arn"},
      {"sso_session = corp\n", "single sign-on (sso_session in "},
      {"sso_start_url = https://x\n", "single sign-on"},
      {"web_identity_token_file = /x\n", "a web identity"},
      {"credential_source = Ec2InstanceMetadata\n", "the machine it runs on"},
      {"login_session = arn:x\n", "a login to the console"}};
  site_.settings.profile = "named";
  for (const auto& [keys, what] : cases) {
    site_.write_config("[profile named]\n" + keys);
    EXPECT_EQ(site_.error().code(), error_code::k_config);
    EXPECT_THAT(error(), AllOf(HasSubstr(what), HasSubstr(site_.path(".aws/config") + ":2"),
                               HasSubstr("credential_process = aws configure export-credentials "
                                         "--profile named")));
  }
}

TEST_F(AwsAccessTest, UsesTheKeysOfAProfileThatKnowsSingleSignOnToo) {
  site_.write_config("[default]\nsso_session = corp\n");
  site_.write_credentials(k_two_profiles);
  EXPECT_EQ(site_.key(), "DEFAULT");
}

TEST_F(AwsAccessTest, SaysThatAContainersCredentialsAreNotSupported) {
  for (const char* name : {"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                           "AWS_CONTAINER_CREDENTIALS_FULL_URI"}) {
    variables_ = {{"HOME", site_.path("")}, {name, "/x"}};
    EXPECT_THAT(error(), AllOf(HasSubstr(std::string(name) + ", which is set, is not supported"),
                               HasSubstr("aws configure export-credentials\"")));
  }
}

// -- Endpoint, region, CA bundle

TEST_F(AwsAccessTest, HasTheFirstEndpointThatIsSaid) {
  site_.set_keys("ENVIRONMENT");
  EXPECT_EQ(site_.access().endpoint_url, "") << "Amazon's";
  site_.write_config("[default]\ns3 =\n  endpoint_url = https://plugin.example\n");
  EXPECT_EQ(site_.access().endpoint_url, "https://plugin.example");
  site_.write_config("[default]\nendpoint_url = https://profile.example/\n"
                     "s3 =\n  endpoint_url = https://plugin.example\n");
  EXPECT_EQ(site_.access().endpoint_url, "https://profile.example");
  site_.write_config("[default]\nendpoint_url = https://profile.example\nservices = mine\n"
                     "[services mine]\ns3 =\n  endpoint_url = http://services.example:8080\n");
  EXPECT_EQ(site_.access().endpoint_url, "http://services.example:8080");
  variables_["AWS_ENDPOINT_URL"] = "https://all.example";
  EXPECT_EQ(site_.access().endpoint_url, "https://all.example");
  variables_["AWS_ENDPOINT_URL_S3"] = "https://s3.example";
  EXPECT_EQ(site_.access().endpoint_url, "https://s3.example");
  site_.settings.endpoint_url = "https://settings.example";
  EXPECT_EQ(site_.access().endpoint_url, "https://settings.example");
}

TEST_F(AwsAccessTest, IgnoresAllEndpointsButTheSettingsIfAsked) {
  site_.set_keys("ENVIRONMENT");
  site_.write_config("[default]\nendpoint_url = https://profile.example\n");
  variables_["AWS_ENDPOINT_URL"] = "https://all.example";
  variables_["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "True";
  EXPECT_EQ(site_.access().endpoint_url, "");
  site_.settings.endpoint_url = "https://settings.example";
  EXPECT_EQ(site_.access().endpoint_url, "https://settings.example");
}

TEST_F(AwsAccessTest, NamesThePlaceOfAnEndpointThatIsNone) {
  site_.set_keys("ENVIRONMENT");
  site_.write_config("[default]\nregion = x\nendpoint_url = https://user:c4n4ry@host\n");
  EXPECT_THAT(error(), AllOf(HasSubstr("the endpoint in " + site_.path(".aws/config") + ":3"),
                             Not(HasSubstr("c4n4ry"))));
}

TEST_F(AwsAccessTest, HasTheFirstRegionThatIsSaid) {
  site_.set_keys("ENVIRONMENT");
  EXPECT_EQ(site_.access().region, "us-east-1");
  site_.write_config("[default]\nregion = profile-1\n");
  EXPECT_EQ(site_.access().region, "profile-1");
  variables_["AWS_DEFAULT_REGION"] = "default-1";
  EXPECT_EQ(site_.access().region, "default-1");
  variables_["AWS_REGION"] = "environment-1";
  EXPECT_EQ(site_.access().region, "environment-1");
  site_.settings.region = "settings-1";
  EXPECT_EQ(site_.access().region, "settings-1");
}

TEST_F(AwsAccessTest, HasTheFirstCaBundleThatIsSaid) {
  site_.set_keys("ENVIRONMENT");
  for (const char* name : {"profile.pem", "environment.pem", "settings.pem"}) {
    site_.write(name, "certificates");
  }
  EXPECT_EQ(site_.access().ca_bundle, "");
  site_.write_config("[default]\nca_bundle = ~/profile.pem\n");
  EXPECT_EQ(site_.access().ca_bundle, site_.path("profile.pem"));
  variables_["AWS_CA_BUNDLE"] = site_.path("environment.pem");
  EXPECT_EQ(site_.access().ca_bundle, site_.path("environment.pem"));
  site_.settings.ca_bundle = site_.path("settings.pem");
  EXPECT_EQ(site_.access().ca_bundle, site_.path("settings.pem"));
  variables_["AWS_CA_BUNDLE"] = "/nowhere.pem";
  site_.settings.ca_bundle = "";
  EXPECT_THAT(error(), HasSubstr("no CA bundle /nowhere.pem, which AWS_CA_BUNDLE names"));
}

TEST_F(AwsAccessTest, AddressesBucketsAsTheSettingsOrTheProfileSay) {
  site_.set_keys("ENVIRONMENT");
  site_.settings.list_version = s3::ListVersion::v1;
  EXPECT_EQ(site_.access().addressing, Addressing::automatic);
  EXPECT_EQ(site_.access().list_version, s3::ListVersion::v1);
  site_.write_config("[default]\ns3 =\n  addressing_style = virtual\n");
  EXPECT_EQ(site_.access().addressing, Addressing::virtual_host);
  site_.settings.addressing = Addressing::path;
  EXPECT_EQ(site_.access().addressing, Addressing::path);
}

} // namespace
} // namespace nightshift

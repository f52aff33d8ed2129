// SPDX-License-Identifier: Apache-2.0

#include "tests/core/storage/s3/access_site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using s3::Addressing;
using s3::ListVersion;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RcloneAccessTest : public testing::Test {
 protected:
  RcloneAccessTest() { site_.settings.rclone_remote = "lab"; }

  // A remote "lab" with keys, and more lines.
  void write_remote(const std::string& more) const {
    site_.write_rclone("[lab]\ntype = s3\naccess_key_id = LAB\nsecret_access_key = c4n4ry\n" +
                       more);
  }

  [[nodiscard]] std::string error() const {
    std::string text = site_.error().what();
    EXPECT_THAT(text, Not(HasSubstr("c4n4ry")));
    return text;
  }

  tests::AccessSite site_;
  std::map<std::string, std::string>& variables_ = site_.variables;
};

TEST_F(RcloneAccessTest, HasWhatTheRemoteSays) {
  write_remote("provider = Ceph\nsession_token = t0k3n\nendpoint = store.example:9000\n"
               "region = lab-1\n");
  const s3::Access access = site_.access();
  EXPECT_EQ(access.credentials->access_key_id, "LAB");
  EXPECT_EQ(access.credentials->secret_access_key.reveal(), "c4n4ry");
  EXPECT_EQ(access.credentials->session_token.reveal(), "t0k3n");
  EXPECT_EQ(access.endpoint_url, "https://store.example:9000");
  EXPECT_EQ(access.region, "lab-1");
  EXPECT_EQ(access.found_in, "remote \"lab\" in " + site_.path(".config/rclone/rclone.conf"));
}

TEST_F(RcloneAccessTest, LeavesTheRestAsItIsForAnyStore) {
  write_remote("endpoint = http://store.example\n");
  const s3::Access access = site_.access();
  EXPECT_EQ(access.endpoint_url, "http://store.example");
  EXPECT_EQ(access.region, "us-east-1");
  EXPECT_EQ(access.addressing, Addressing::automatic);
  EXPECT_EQ(access.list_version, ListVersion::automatic);
  EXPECT_TRUE(access.url_encoding);
  EXPECT_FALSE(access.requester_pays);
}

TEST_F(RcloneAccessTest, HeedsNothingThatIsForAmazonsTools) {
  write_remote("");
  site_.set_keys("ENVIRONMENT");
  variables_["AWS_ENDPOINT_URL"] = "https://other.example";
  variables_["AWS_REGION"] = "other";
  variables_["AWS_PROFILE"] = "gone";
  EXPECT_EQ(site_.key(), "LAB");
  EXPECT_EQ(site_.access().endpoint_url, "");
  EXPECT_EQ(site_.access().region, "us-east-1");
}

TEST_F(RcloneAccessTest, HeedsTheSettingsFirst) {
  write_remote("endpoint = store.example\nregion = lab-1\nforce_path_style = true\n"
               "list_version = 2\nlist_url_encode = true\n");
  site_.settings.endpoint_url = "http://127.0.0.1:1";
  site_.settings.region = "mine";
  site_.settings.addressing = Addressing::virtual_host;
  site_.settings.list_version = ListVersion::v1;
  site_.settings.url_encoding = false;
  const s3::Access access = site_.access();
  EXPECT_EQ(access.endpoint_url, "http://127.0.0.1:1");
  EXPECT_EQ(access.region, "mine");
  EXPECT_EQ(access.addressing, Addressing::virtual_host);
  EXPECT_EQ(access.list_version, ListVersion::v1);
  EXPECT_FALSE(access.url_encoding);
  site_.settings.anonymous = true;
  EXPECT_EQ(site_.key(), "(none)");
}

TEST_F(RcloneAccessTest, AsksForListingsAsTheRemoteSays) {
  write_remote("force_path_style = false\nlist_version = 1\nlist_url_encode = false\n"
               "requester_pays = true\n");
  const s3::Access access = site_.access();
  EXPECT_EQ(access.addressing, Addressing::virtual_host);
  EXPECT_EQ(access.list_version, ListVersion::v1);
  EXPECT_FALSE(access.url_encoding);
  EXPECT_TRUE(access.requester_pays);
  write_remote("force_path_style = True\nlist_version = 0\nlist_url_encode = unset\n");
  EXPECT_EQ(site_.access().addressing, Addressing::path);
  EXPECT_EQ(site_.access().list_version, ListVersion::automatic);
  EXPECT_TRUE(site_.access().url_encoding);
}

TEST_F(RcloneAccessTest, AsksStoresAsTheyMustBeAsked) {
  for (const char* provider : {"Alibaba", "HuaweiOBS", "Netease", "TencentCOS"}) {
    write_remote(std::string("provider = ") + provider + "\n");
    EXPECT_EQ(site_.access().addressing, Addressing::virtual_host) << provider;
  }
  write_remote("provider = HuaweiOBS\n");
  EXPECT_EQ(site_.access().list_version, ListVersion::v1);
  EXPECT_FALSE(site_.access().url_encoding);
}

TEST_F(RcloneAccessTest, NamesTheLineOfAValueThatIsNone) {
  write_remote("list_version = 3\n");
  EXPECT_THAT(error(), HasSubstr("rclone.conf:5 must be 0, 1 or 2"));
  write_remote("requester_pays = yes\n");
  EXPECT_THAT(error(), HasSubstr("rclone.conf:5 must be true or false"));
  write_remote("\nendpoint = https://a/b\n");
  EXPECT_THAT(error(), HasSubstr("the endpoint in " + site_.path(".config/rclone/rclone.conf:6")));
}

TEST_F(RcloneAccessTest, SignsNothingWithoutKeys) {
  site_.write_rclone("[lab]\ntype = s3\n");
  site_.set_keys("ENVIRONMENT");
  EXPECT_EQ(site_.key(), "(none)");
  EXPECT_THAT(site_.access().found_in, HasSubstr("neither keys nor env_auth"));
  site_.write_rclone("[lab]\ntype = s3\nsecret_access_key = c4n4ry\n");
  EXPECT_THAT(error(), HasSubstr("no access key id"));
}

TEST_F(RcloneAccessTest, IsWhereAmazonsToolsLookIfTheRemoteSaysSo) {
  site_.set_keys("ENVIRONMENT");
  variables_["AWS_ENDPOINT_URL"] = "https://other.example";
  variables_["AWS_REGION"] = "other";
  site_.write_rclone("[lab]\ntype = s3\nenv_auth = true\n");
  EXPECT_EQ(site_.key(), "ENVIRONMENT");
  EXPECT_EQ(site_.access().endpoint_url, "https://other.example");
  EXPECT_EQ(site_.access().region, "other");
  EXPECT_THAT(site_.access().found_in,
              AllOf(HasSubstr("AWS_ACCESS_KEY_ID"), HasSubstr("env_auth")));
  site_.write_rclone("[lab]\ntype = s3\nenv_auth = true\nendpoint = store.example\nregion = lab-1\n"
                     "list_version = 1\n");
  EXPECT_EQ(site_.access().endpoint_url, "https://store.example");
  EXPECT_EQ(site_.access().region, "lab-1");
  EXPECT_EQ(site_.access().list_version, ListVersion::v1);
}

TEST_F(RcloneAccessTest, MayNameAProfileAndItsFile) {
  site_.set_keys("ENVIRONMENT");
  site_.write("keys", "[moths]\naws_access_key_id = MOTHS\naws_secret_access_key = c4n4ry\n");
  site_.write_rclone(
      "[lab]\ntype = s3\nenv_auth = true\nprofile = moths\nshared_credentials_file = " +
      site_.path("keys") + "\n");
  EXPECT_EQ(site_.key(), "MOTHS");
  write_remote("env_auth = true\n");
  EXPECT_EQ(site_.key(), "LAB") << "keys are keys";
}

TEST_F(RcloneAccessTest, IsFoundWhereRcloneFindsIt) {
  const auto remote = [](const std::string& id) {
    return "[lab]\ntype = s3\naccess_key_id = " + id + "\nsecret_access_key = s\n";
  };
  site_.write(".rclone.conf", remote("OLD"));
  EXPECT_EQ(site_.key(), "OLD");
  site_.write_rclone(remote("HOME"));
  EXPECT_EQ(site_.key(), "HOME");
  variables_["XDG_CONFIG_HOME"] = site_.path("xdg");
  EXPECT_EQ(site_.key(), "HOME") << "there is none in the other";
  site_.write("xdg/rclone/rclone.conf", remote("XDG"));
  EXPECT_EQ(site_.key(), "XDG");
  site_.write("named.conf", remote("NAMED"));
  variables_["RCLONE_CONFIG"] = site_.path("named.conf");
  EXPECT_EQ(site_.key(), "NAMED");
}

TEST_F(RcloneAccessTest, HeedsRclonesVariables) {
  write_remote("region = lab-1\n");
  variables_["RCLONE_S3_REGION"] = "all";
  variables_["RCLONE_S3_SECRET_ACCESS_KEY"] = "of all";
  EXPECT_EQ(site_.access().region, "all");
  variables_["RCLONE_CONFIG_LAB_REGION"] = "own";
  variables_["RCLONE_CONFIG_LAB_SECRET_ACCESS_KEY"] = "own";
  EXPECT_EQ(site_.access().region, "own");
  EXPECT_EQ(site_.access().credentials->secret_access_key.reveal(), "own");
}

TEST_F(RcloneAccessTest, NeedsNoFileIfTheEnvironmentHasTheRemote) {
  site_.settings.rclone_remote = "my-lab";
  variables_["RCLONE_CONFIG_MY_LAB_TYPE"] = "s3";
  variables_["RCLONE_CONFIG_MY_LAB_ACCESS_KEY_ID"] = "VARIABLE";
  variables_["RCLONE_CONFIG_MY_LAB_SECRET_ACCESS_KEY"] = "c4n4ry";
  EXPECT_EQ(site_.key(), "VARIABLE");
  EXPECT_EQ(site_.access().found_in, "remote \"my-lab\" in the environment");
}

TEST_F(RcloneAccessTest, NamesTheRemotesThereAreInThePlaceOfOneThereIsNot) {
  site_.write_rclone("[one]\ntype = s3\n[two]\ntype = drive\n");
  EXPECT_EQ(site_.error().code(), error_code::k_config);
  EXPECT_THAT(error(), AllOf(HasSubstr("no remote \"lab\" in "), HasSubstr("there are: one, two")));
  site_.settings.rclone_remote = "two";
  EXPECT_THAT(error(), HasSubstr("is not of the type s3"));
}

TEST_F(RcloneAccessTest, SaysWhereItLookedForAFileInVain) {
  EXPECT_THAT(error(), AllOf(HasSubstr(site_.path(".config/rclone/rclone.conf")),
                             HasSubstr("RCLONE_CONFIG")));
  variables_.erase("HOME");
  EXPECT_THAT(error(), HasSubstr("HOME is not set"));
}

TEST_F(RcloneAccessTest, RefusesAFileThatIsEncrypted) {
  site_.write_rclone("# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nc4n4ry==\n");
  EXPECT_EQ(site_.error().code(), error_code::k_config);
  EXPECT_THAT(error(), AllOf(HasSubstr("rclone.conf is encrypted"), HasSubstr("RCLONE_CONFIG")));
}

TEST_F(RcloneAccessTest, RefusesWhatIsNotSupported) {
  write_remote("v2_auth = true\n");
  EXPECT_EQ(site_.error().code(), error_code::k_unsupported);
  EXPECT_THAT(error(), HasSubstr("signatures of version 2"));
  write_remote("region = other-v2-signature\n");
  EXPECT_THAT(error(), HasSubstr("signatures of version 2"));
  write_remote("role_arn = arn:x\n");
  EXPECT_THAT(error(), HasSubstr("a role"));
}

TEST_F(RcloneAccessTest, RefusesAFileThatEveryUserMayWrite) {
  write_remote("");
  std::filesystem::permissions(site_.path(".config/rclone/rclone.conf"),
                               std::filesystem::perms(0646));
  EXPECT_THAT(error(), HasSubstr("chmod o-w"));
}

TEST_F(RcloneAccessTest, HasNoProfileOfTheSettings) {
  write_remote("");
  site_.settings.profile = "named";
  EXPECT_THAT(error(), HasSubstr("leave one of them out"));
}

} // namespace
} // namespace nightshift

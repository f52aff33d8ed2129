// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/rclone_access.hpp"

#include "core/storage/s3/access_setting.hpp"
#include "core/storage/s3/aws_access.hpp"
#include "core/storage/s3/checked_credentials.hpp"
#include "core/storage/s3/rclone_remote.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace nightshift::s3 {
namespace {

// Stores that answer to nothing but virtual hosts. For all others our own choice is as good as
// rclone's.
constexpr std::array<std::string_view, 4> k_virtual_hosts{"Alibaba", "HuaweiOBS", "Netease",
                                                          "TencentCOS"};
// It answers with the same page for ever when keys are encoded, and does not know version 2.
constexpr std::string_view k_old_listings = "HuaweiOBS";

// What a remote says, where the source's settings do not.
class RcloneSearch {
 public:
  RcloneSearch(const S3Settings& settings, const Environment& environment)
      : settings_(settings),
        environment_(environment),
        remote_(settings.rclone_remote, environment) {
    if (const auto provider = remote_.find("provider")) {
      provider_ = provider->value;
    }
  }

  Access access(const std::stop_token& stop) const {
    refuse_old_signatures();
    Secret secret = remote_.find_secret("secret_access_key");
    const auto id = remote_.find("access_key_id");
    const bool has_keys = id || !secret.empty();
    if (!has_keys && !settings_.anonymous && remote_.find_bool("env_auth").value_or(false)) {
      return from_environment(stop);
    }
    Access access;
    if (settings_.anonymous) {
      access.found_in = "nobody, as the source is anonymous";
    } else if (!has_keys) {
      access.found_in =
          fmt::format("nobody, as {} has neither keys nor env_auth", remote_.describe());
    } else {
      access.credentials = checked(
          {id ? id->value : std::string(), std::move(secret), remote_.find_secret("session_token")},
          remote_.describe());
      access.found_in = remote_.describe();
    }
    access.endpoint_url = endpoint();
    access.region = region();
    if (const auto bundle = ca_bundle()) {
      access.ca_bundle = checked_ca_bundle(*bundle, environment_);
    }
    describe_requests(access);
    return access;
  }

 private:
  // rclone knows how to sign as S3 did before 2014.
  void refuse_old_signatures() const {
    const auto region = remote_.find("region");
    const bool is_old = (region && region->value == "other-v2-signature") ||
                        remote_.find_bool("v2_auth").value_or(false);
    if (is_old || remote_.find("role_arn") || remote_.find("ibm_api_key")) {
      throw permanent_error(
          error_code::k_unsupported,
          fmt::format("{} wants {}, which is not supported; name one with access_key_id and "
                      "secret_access_key for AWS signature version 4",
                      remote_.describe(),
                      is_old ? "signatures of version 2 (v2_auth)" : "a role or an API key"));
    }
  }

  // `env_auth`: what the remote leaves open is found where Amazon's tools find it.
  Access from_environment(const std::stop_token& stop) const {
    S3Settings settings = settings_;
    settings.endpoint_url = endpoint();
    if (settings.region.empty() && remote_.find("region")) {
      settings.region = region();
    }
    if (const auto profile = remote_.find("profile")) {
      settings.profile = profile->value;
    }
    const auto file = remote_.find("shared_credentials_file");
    const Environment environment = [&](const char* name) {
      const bool is_file = file && std::string_view(name) == "AWS_SHARED_CREDENTIALS_FILE";
      return is_file ? std::optional(file->value) : environment_(name);
    };
    Access access = find_aws_access(settings, environment, stop);
    access.found_in = fmt::format("{}, as {} has env_auth", access.found_in, remote_.describe());
    describe_requests(access);
    return access;
  }

  // "" if neither says one.
  [[nodiscard]] std::string endpoint() const {
    if (const auto own = setting_of_source("endpoint_url", settings_.endpoint_url)) {
      return checked_endpoint(*own, Scheme::required);
    }
    const auto said = remote_.find("endpoint");
    return said ? checked_endpoint(*said, Scheme::https_if_absent) : "";
  }

  [[nodiscard]] std::string region() const {
    auto said = setting_of_source("region", settings_.region);
    if (!said) {
      said = remote_.find("region");
    }
    return said ? checked_region(*said) : "us-east-1";
  }

  [[nodiscard]] std::optional<Setting> ca_bundle() const {
    auto own = setting_of_source("ca_bundle", settings_.ca_bundle.string());
    return own ? own : find_variable(environment_, {"AWS_CA_BUNDLE"});
  }

  void describe_requests(Access& access) const {
    access.addressing = addressing();
    access.list_version = list_version();
    access.url_encoding =
        settings_.url_encoding &&
        remote_.find_bool("list_url_encode").value_or(provider_ != k_old_listings);
    access.requester_pays =
        settings_.requester_pays || remote_.find_bool("requester_pays").value_or(false);
  }

  [[nodiscard]] Addressing addressing() const {
    if (settings_.addressing != Addressing::automatic) {
      return settings_.addressing;
    }
    // Of these stores rclone does not heed force_path_style.
    if (std::find(k_virtual_hosts.begin(), k_virtual_hosts.end(), provider_) !=
        k_virtual_hosts.end()) {
      return Addressing::virtual_host;
    }
    const auto path = remote_.find_bool("force_path_style");
    return !path ? Addressing::automatic : *path ? Addressing::path : Addressing::virtual_host;
  }

  [[nodiscard]] ListVersion list_version() const {
    const auto said = remote_.find("list_version");
    if (settings_.list_version != ListVersion::automatic) {
      return settings_.list_version;
    }
    if (!said || said->value == "0") {
      return provider_ == k_old_listings ? ListVersion::v1 : ListVersion::automatic;
    }
    if (said->value != "1" && said->value != "2") {
      throw permanent_error(error_code::k_config, fmt::format("{} must be 0, 1 or 2", said->place));
    }
    return said->value == "1" ? ListVersion::v1 : ListVersion::v2;
  }

  const S3Settings& settings_;
  const Environment& environment_;
  RcloneRemote remote_;
  std::string provider_;
};

} // namespace

Access find_rclone_access(const S3Settings& settings, const Environment& environment,
                          const std::stop_token& stop) {
  return RcloneSearch(settings, environment).access(stop);
}

} // namespace nightshift::s3

// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/aws_access.hpp"

#include "core/base/text.hpp"
#include "core/base/timestamp.hpp"
#include "core/storage/s3/access_setting.hpp"
#include "core/storage/s3/aws_profile.hpp"
#include "core/storage/s3/checked_credentials.hpp"
#include "core/storage/s3/credential_process.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace nightshift::s3 {
namespace {

// What to do instead of what is not supported; Amazon's command line can do it all.
std::string instead(std::string_view arguments) {
  return fmt::format("have a profile with \"credential_process = aws configure "
                     "export-credentials{}\", and name that one",
                     arguments);
}

// Of these a profile's credentials may come, but not to us.
struct Origin {
  std::string_view key;
  std::string_view what;
};

constexpr Origin k_role{"role_arn", "a role"};
constexpr std::array<Origin, 6> k_origins{{{"sso_session", "single sign-on"},
                                           {"sso_start_url", "single sign-on"},
                                           {"sso_account_id", "single sign-on"},
                                           {"web_identity_token_file", "a web identity"},
                                           {"credential_source", "the machine it runs on"},
                                           {"login_session", "a login to the console"}}};

// Where credentials come from that the environment promises, but not to us.
constexpr std::array<const char*, 3> k_promises{"AWS_WEB_IDENTITY_TOKEN_FILE",
                                                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                                "AWS_CONTAINER_CREDENTIALS_FULL_URI"};

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

bool is_true(const std::optional<Setting>& setting) {
  return setting && in_lower_case(setting->value) == "true";
}

template <class First, class... Rest>
std::optional<Setting> first_of(First&& first, Rest&&... rest) {
  if (auto found = first()) {
    return found;
  }
  if constexpr (sizeof...(rest) > 0) {
    return first_of(std::forward<Rest>(rest)...);
  }
  return std::nullopt;
}

class AwsSearch {
 public:
  AwsSearch(const S3Settings& settings, const Environment& environment)
      : settings_(settings),
        environment_(environment),
        named_(settings.profile.empty()
                   ? find_variable(environment, {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
                   : setting_of_source("profile", settings.profile)),
        profile_(name(), environment) {
    if (named_ && !profile_.exists()) {
      throw no_such_profile();
    }
  }

  Access access(const std::stop_token& stop) {
    Access access;
    if (settings_.anonymous) {
      access.found_in = "nobody, as the source is anonymous";
    } else {
      find_credentials(access, stop);
    }
    if (const auto endpoint = find_endpoint()) {
      access.endpoint_url = checked_endpoint(*endpoint, Scheme::required);
    }
    const auto region = find_region();
    access.region = region ? checked_region(*region) : "us-east-1";
    if (const auto bundle = find_ca_bundle()) {
      access.ca_bundle = checked_ca_bundle(*bundle, environment_);
    }
    access.addressing = addressing();
    access.list_version = settings_.list_version;
    access.url_encoding = settings_.url_encoding;
    access.requester_pays = settings_.requester_pays;
    return access;
  }

 private:
  void find_credentials(Access& access, const std::stop_token& stop) {
    if (settings_.profile.empty() && take_environments(access)) {
      return;
    }
    refuse(k_role); // whatever keys there are, they are meant for the role
    if (auto found = profile_.find_credentials()) {
      access.credentials = std::move(found->credentials);
      access.found_in = fmt::format("{} in {}", profile_.describe(), found->place);
    } else if (const auto command = profile_.find("credential_process")) {
      auto given = ask_credential_process(*command, stop);
      access.credentials = std::move(given.credentials);
      access.expires = given.expires;
      access.found_in = fmt::format("the credential process of {}", profile_.describe());
    } else {
      std::for_each(k_origins.begin(), k_origins.end(), [this](const Origin& o) { refuse(o); });
      throw no_credentials();
    }
  }

  // Whether there are any in the environment.
  bool take_environments(Access& access) {
    const auto id = find_variable(environment_, {"AWS_ACCESS_KEY_ID"});
    if (!id) {
      return false;
    }
    access.credentials =
        checked({id->value, find_secret_variable(environment_, {"AWS_SECRET_ACCESS_KEY"}),
                 find_secret_variable(environment_, {"AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"})},
                "the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)");
    if (const auto expiration = find_variable(environment_, {"AWS_CREDENTIAL_EXPIRATION"})) {
      access.expires = checked_time(*expiration);
      refuse_expired(access.expires, "what is in the environment (AWS_CREDENTIAL_EXPIRATION)");
    }
    access.found_in = "the environment (AWS_ACCESS_KEY_ID)";
    return true;
  }

  static std::chrono::system_clock::time_point checked_time(const Setting& setting) {
    const auto time = parse_rfc3339(setting.value);
    if (!time) {
      throw permanent_error(
          error_code::k_config,
          fmt::format("{} is no time, such as 2026-06-01T21:30:00Z", setting.place));
    }
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            std::chrono::nanoseconds(*time)));
  }

  // Of the profile.
  [[nodiscard]] std::string name() const { return named_ ? named_->value : "default"; }

  void refuse(const Origin& origin) const {
    if (const auto found = profile_.find(origin.key)) {
      throw permanent_error(
          error_code::k_config,
          fmt::format("{} has its credentials from {} ({} in {}), which is not supported; {}",
                      profile_.describe(), origin.what, origin.key, found->place,
                      instead(fmt::format(" --profile {}", one_line(name())))));
    }
  }

  [[nodiscard]] JobError no_such_profile() const {
    const std::string known = profile_.known();
    return permanent_error(error_code::k_config,
                           fmt::format("there is no {}, which {} names, in {}; there are: {}",
                                       profile_.describe(), named_->place, profile_.files(),
                                       known.empty() ? "none" : known));
  }

  [[nodiscard]] JobError no_credentials() const {
    std::string promise;
    for (const char* const name : k_promises) {
      if (promise.empty() && find_variable(environment_, {name})) {
        promise = fmt::format("; {}, which is set, is not supported: {}", name, instead(""));
      }
    }
    return permanent_error(
        error_code::k_denied,
        fmt::format("there are no credentials for the object store: neither {}in {} of {}; set "
                    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile that has them, or "
                    "let the source be anonymous if its bucket is public{}",
                    settings_.profile.empty() ? "in AWS_ACCESS_KEY_ID nor " : "",
                    profile_.describe(), profile_.files(), promise));
  }

  [[nodiscard]] std::optional<Setting> find_endpoint() const {
    if (auto own = setting_of_source("endpoint_url", settings_.endpoint_url)) {
      return own;
    }
    if (is_true(first_of(
            [&] { return find_variable(environment_, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"}); },
            [&] { return profile_.find("ignore_configured_endpoint_urls"); }))) {
      return std::nullopt;
    }
    return first_of(
        [&] {
          return find_variable(environment_, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
        },
        [&] { return profile_.find_for_service("s3", "endpoint_url"); },
        [&] { return profile_.find("endpoint_url"); },
        [&] { return profile_.find_nested("s3", "endpoint_url"); });
  }

  [[nodiscard]] std::optional<Setting> find_region() const {
    return first_of([&] { return setting_of_source("region", settings_.region); },
                    [&] {
                      return find_variable(environment_, {"AWS_REGION", "AWS_DEFAULT_REGION"});
                    },
                    [&] { return profile_.find("region"); });
  }

  [[nodiscard]] std::optional<Setting> find_ca_bundle() const {
    return first_of([&] { return setting_of_source("ca_bundle", settings_.ca_bundle.string()); },
                    [&] { return find_variable(environment_, {"AWS_CA_BUNDLE"}); },
                    [&] { return profile_.find("ca_bundle"); });
  }

  [[nodiscard]] Addressing addressing() const {
    const auto style = profile_.find_nested("s3", "addressing_style");
    if (settings_.addressing != Addressing::automatic || !style) {
      return settings_.addressing;
    }
    return style->value == "path"      ? Addressing::path
           : style->value == "virtual" ? Addressing::virtual_host
                                       : Addressing::automatic;
  }

  const S3Settings& settings_;
  const Environment& environment_;
  std::optional<Setting> named_; // the profile, unless it is the default
  AwsProfile profile_;
};

} // namespace

Access find_aws_access(const S3Settings& settings, const Environment& environment,
                       const std::stop_token& stop) {
  return AwsSearch(settings, environment).access(stop);
}

} // namespace nightshift::s3

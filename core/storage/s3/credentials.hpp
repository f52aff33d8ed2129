// SPDX-License-Identifier: Apache-2.0
//
// Who we are to an object store, and where it is, found where other tools for S3 look: the job
// file's settings, the environment, ~/.aws, rclone.conf.

#pragma once

#include "core/base/secret.hpp"
#include "core/storage/s3/s3_settings.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace nightshift::s3 {

struct Credentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token = {}; // empty: none
};

struct Access {
  std::optional<Credentials> credentials; // nothing: requests are not signed
  std::string endpoint_url = {};          // "https://host:port", without a path; "": Amazon's
  std::string region = {};                // never empty
  std::filesystem::path ca_bundle = {};   // "": the system's
  // How to ask, as the settings say or, where they leave it open, a profile or a remote of rclone.
  Addressing addressing = Addressing::automatic;
  ListVersion list_version = ListVersion::automatic;
  bool url_encoding = true;
  bool requester_pays = false;
  // When the credentials cease to be valid, if that is known.
  std::optional<std::chrono::system_clock::time_point> expires = {};
  std::string found_in = {}; // "profile arbutus in /home/me/.aws/credentials": for people
};

// Looks up an environment variable; nothing if it is unset.
using Environment = std::function<std::optional<std::string>(const char* name)>;

// That of this process.
[[nodiscard]] Environment process_environment();

// Each of these is taken from the first place that has it; a variable that is empty is none.
//
// Credentials: none at all if the settings say `anonymous`; the profile that the settings name;
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN (AWS_CREDENTIAL_EXPIRATION);
// profile AWS_PROFILE, AWS_DEFAULT_PROFILE, or "default". Of a profile: keys in
// AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials), keys in AWS_CONFIG_FILE (~/.aws/config), what
// its `credential_process` prints. Roles, single sign-on, web identities and the services that give
// credentials to a machine or a container are refused with what to do instead; none is ever asked.
//
// Endpoint: the settings; AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL; the profile's: `endpoint_url` for
// `s3` in its `services` section, its `endpoint_url`, the one in its `s3` block (where the plugin
// awscli_plugin_endpoint keeps it); Amazon's. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, or the profile's
// `ignore_configured_endpoint_urls`, leaves only the settings. Region: the settings, AWS_REGION,
// AWS_DEFAULT_REGION, the profile, us-east-1. CA bundle: the settings, AWS_CA_BUNDLE, the profile.
//
// A remote of rclone says all of this itself, but for what the settings say: in its section of
// RCLONE_CONFIG, $XDG_CONFIG_HOME/rclone/rclone.conf, ~/.config/rclone/rclone.conf or
// ~/.rclone.conf, or in RCLONE_CONFIG_<REMOTE>_<KEY> and RCLONE_S3_<KEY>. With `env_auth` and no
// keys the above fills what it leaves open; with neither, requests are not signed.
//
// Files are read and a credential process is run anew at each call: what has expired is found that
// way. Throws `JobError`, with a sentence that says where was looked and what to do, a file with
// its line, and never a value: permanent `denied` or `config`, `bad_data` for a file that is none
// of its kind; transient `unavailable` for a credential process that takes longer than a minute;
// cancelled if that is asked for while one runs. Sources: the AWS SDKs and Tools Reference Guide;
// botocore 1.43; rclone 1.60.
[[nodiscard]] Access find_access(const S3Settings& settings, const Environment& environment,
                                 const std::stop_token& stop = {});

} // namespace nightshift::s3

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
  // When the credentials cease to be valid, if that is known.
  std::optional<std::chrono::system_clock::time_point> expires = {};
  std::string found_in = {}; // "profile arbutus in /home/me/.aws/credentials": for people
};

// Looks up an environment variable; nothing if it is unset.
using Environment = std::function<std::optional<std::string>(const char* name)>;

// Read files and, if a profile names one, run a credential process, again at each call: what has
// expired is found anew that way. Throws `JobError`: permanent `denied` or `config` with a sentence
// that says where was looked and what to do.
[[nodiscard]] Access find_access(const S3Settings& settings, const Environment& environment);

} // namespace nightshift::s3

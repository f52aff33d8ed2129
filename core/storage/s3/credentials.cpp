// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/credentials.hpp"

#include "core/storage/s3/aws_access.hpp"
#include "core/storage/s3/rclone_access.hpp"

#include <nightshift/error.hpp>

#include <cstdlib>

namespace nightshift::s3 {

Environment process_environment() {
  return [](const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
}

Access find_access(const S3Settings& settings, const Environment& environment,
                   const std::stop_token& stop) {
  if (settings.rclone_remote.empty()) {
    return find_aws_access(settings, environment, stop);
  }
  if (!settings.profile.empty()) {
    throw permanent_error(error_code::k_config,
                          "a source of a remote of rclone has no profile; leave one of them out");
  }
  return find_rclone_access(settings, environment, stop);
}

} // namespace nightshift::s3

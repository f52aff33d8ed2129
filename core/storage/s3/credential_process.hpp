// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/s3/access_setting.hpp"
#include "core/storage/s3/credentials.hpp"

#include <chrono>
#include <optional>
#include <stop_token>

namespace nightshift::s3 {

struct ProcessCredentials {
  Credentials credentials;
  std::optional<std::chrono::system_clock::time_point> expires;
};

// What a profile's `credential_process` prints: JSON, version 1. Neither what it prints, to stdout
// or to stderr, nor its command line is ever shown. Throws as `find_access` does.
// Source: the AWS SDKs and Tools Reference Guide, "Process credential provider".
[[nodiscard]] ProcessCredentials ask_credential_process(const Setting& command,
                                                        const std::stop_token& stop);

} // namespace nightshift::s3

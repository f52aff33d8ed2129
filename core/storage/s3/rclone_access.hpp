// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/s3/credentials.hpp"

#include <stop_token>

namespace nightshift::s3 {

// `find_access` for the remote that the settings name.
[[nodiscard]] Access find_rclone_access(const S3Settings& settings, const Environment& environment,
                                        const std::stop_token& stop);

} // namespace nightshift::s3

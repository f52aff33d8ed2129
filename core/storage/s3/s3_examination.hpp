// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/s3/credentials.hpp"
#include "core/storage/s3/s3_settings.hpp"
#include "core/storage/storage_examination.hpp"

#include <stop_token>

namespace nightshift::s3 {

// Whether credentials are found, the store answers, and lists the bucket for them: by one request
// for one key, made once. A bucket that may be listed is asked for its region as well. Throws only
// cancelled, on `stop`.
[[nodiscard]] StorageExamination
examine_s3_storage(const S3Settings& settings, const std::stop_token& stop,
                   const Environment& environment = process_environment());

} // namespace nightshift::s3

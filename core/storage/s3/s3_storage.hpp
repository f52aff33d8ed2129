// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/part_writer.hpp"
#include "core/storage/s3/s3_client.hpp"

#include <nightshift/storage.hpp>

#include <memory>

namespace nightshift::s3 {

// A bucket, or what is below a prefix in it. Nothing is asked of the store before the first call.
[[nodiscard]] std::unique_ptr<Storage> make_s3_storage(std::unique_ptr<S3Client> client,
                                                       PartLimits limits = {});

// The same for a source's settings, with the credentials found as `find_access` does. Throws what
// that does.
[[nodiscard]] std::unique_ptr<Storage> open_s3_storage(const S3Settings& settings);

} // namespace nightshift::s3

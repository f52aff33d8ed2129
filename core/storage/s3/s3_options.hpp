// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/open_storage.hpp"
#include "core/storage/s3/s3_settings.hpp"

#include <nightshift/diagnostics.hpp>

#include <optional>

namespace nightshift::s3 {

// What a source's URI and options say. Mistakes are reported, and then there is nothing. Messages
// show no more of a URI than its scheme where the rest may hold a secret.
[[nodiscard]] std::optional<S3Settings> read_s3_settings(const StorageSettings& settings,
                                                         Diagnostics& diagnostics);

} // namespace nightshift::s3

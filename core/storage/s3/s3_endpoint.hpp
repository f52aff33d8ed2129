// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/s3/credentials.hpp"
#include "core/storage/s3/s3_settings.hpp"

#include <string>
#include <string_view>

namespace nightshift::s3 {

// Where the requests for a bucket go.
struct Endpoint {
  std::string server; // "https://bucket.s3.eu-west-1.amazonaws.com", without a default port
  std::string host;   // the same without the scheme
  std::string path;   // "/bucket", or "" where the host names the bucket; encoded

  // Of an object; of the bucket itself for "".
  [[nodiscard]] std::string path_of(std::string_view key) const;
};

// The store that a bucket's name is told by: its endpoint, whatever the region.
[[nodiscard]] std::string store_of(const Access& access);

[[nodiscard]] Endpoint endpoint_of(const S3Settings& settings, const Access& access,
                                   std::string_view region);

} // namespace nightshift::s3

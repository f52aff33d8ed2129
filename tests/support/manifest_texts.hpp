// SPDX-License-Identifier: Apache-2.0
//
// Manifests of objects as the tools write them that make such listings.

#pragma once

#include "tests/support/temp_dir.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::tests {

struct ListedObject {
  std::string key;
  std::int64_t size = 0;
  std::int64_t last_modified = 0; // nanoseconds since 1970
  std::string etag = {};          // "" for none
};

using ListedObjects = std::vector<ListedObject>;

// "2023-08-01T02:30:01.000000000Z"
[[nodiscard]] std::string rfc3339(std::int64_t nanoseconds);

// With the header "key,size,last_modified,etag", times in seconds since 1970 as find prints them.
[[nodiscard]] std::string csv_manifest(const ListedObjects& objects);

// An object a line; a blank line if there is none, for an empty file is no manifest.
[[nodiscard]] std::string json_lines_manifest(const ListedObjects& objects);

// As `rclone lsjson -R --hash` prints it, folders among the objects.
[[nodiscard]] std::string rclone_manifest(const ListedObjects& objects);

// The columns of the inventories below.
inline constexpr std::string_view k_inventory_schema =
    "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag";

// A data file of an S3 Inventory, not packed.
[[nodiscard]] std::string inventory_data(const ListedObjects& objects);

// A manifest.json for data files, which are given packed; their keys are as S3 makes them.
[[nodiscard]] std::string inventory_json(const std::vector<std::string>& data_files);

// A whole S3 Inventory in `dir`, as it is published, of at most `per_file` objects a data file. The
// path is that of its manifest.json.
std::filesystem::path write_inventory(const TempDir& dir, const ListedObjects& objects,
                                      std::size_t per_file = 1000);

} // namespace nightshift::tests

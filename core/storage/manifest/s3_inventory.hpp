// SPDX-License-Identifier: Apache-2.0
//
// S3 Inventory: a manifest.json that names data files, CSVs in gzip without headers, by their keys
// in the bucket that they were published to, with their sizes and MD5 sums.
// Source: the documentation of Amazon S3, "Locating your inventory list".

#pragma once

#include "core/base/byte_source.hpp"
#include "core/storage/manifest/entry.hpp"
#include "core/storage/manifest/fields.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::manifest {

struct InventoryFile {
  std::string key;
  std::int64_t size = 0; // bytes, compressed as it is
  std::string md5 = {};  // in lower case
};

struct Inventory {
  std::vector<std::string> schema; // the columns of every file
  std::vector<InventoryFile> files;
  std::optional<std::int64_t> made; // when, in nanoseconds since 1970
};

// Whether a text that begins with `front` is a manifest.json.
[[nodiscard]] bool is_inventory(std::string_view front);

// Read a manifest.json from `bytes`. Throws `bad_data`, naming the file, and `unsupported` if the
// data files are no CSVs.
[[nodiscard]] Inventory read_inventory(ByteSource& bytes);

// Where the data file is, for a manifest.json in `folder`: beside it, in ../data, or as far from a
// folder above as the key says. Throws `not_found` with what to do.
[[nodiscard]] std::filesystem::path find_data_file(const std::filesystem::path& folder,
                                                   const InventoryFile& file);

// Hand the objects of a data file at `path` to `sink`. Throws `bad_data`, naming the file, if it is
// not the one that the inventory speaks of, byte by byte.
void read_data_file(const std::filesystem::path& path, const InventoryFile& file,
                    const Inventory& inventory, const FieldNames& names, std::uint32_t index,
                    EntrySink sink);

} // namespace nightshift::manifest

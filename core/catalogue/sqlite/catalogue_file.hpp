// SPDX-License-Identifier: Apache-2.0
//
// The file of an SQLite catalogue, before anything opens it: may it lie there, could it be used?

#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace nightshift::sqlite {

struct CatalogueFile {
  std::filesystem::path path; // absolute
  bool network_allowed = false;
};

// What follows "sqlite:" in a URI: a path, relative to `base_folder`, and perhaps "?network=allow".
// Throws `bad_data`.
[[nodiscard]] CatalogueFile parse_catalogue_file(std::string_view text,
                                                 const std::filesystem::path& base_folder);

// The name of the network file system that statfs(2) calls by this number; nothing if it is none.
// FUSE counts as one: what lies behind it cannot be told.
[[nodiscard]] std::optional<std::string_view> network_filesystem(long type) noexcept;

// Throw what opening the file would, as far as that can be known without creating or opening
// anything: `cannot_create`, `denied`, `bad_data`, `unsupported`. `base_folder` itself need not
// exist yet.
void check_catalogue_file(const CatalogueFile& file, const std::filesystem::path& base_folder);

// The same of a file that is only to be read: `not_found`, `denied`, `bad_data`.
void check_catalogue_to_read(const CatalogueFile& file);

} // namespace nightshift::sqlite

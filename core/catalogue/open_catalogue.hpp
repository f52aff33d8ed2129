// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/catalogue.hpp>

#include <filesystem>
#include <memory>
#include <string_view>

namespace nightshift {

// The catalogue at `uri`, made if it is not there and brought to the newest schema if it is older:
// "sqlite:PATH", relative to `base_folder`; on a network file system only as
// "sqlite:PATH?network=allow". Throws `bad_data`, `cannot_create`, `denied`, `unsupported`, `busy`.
[[nodiscard]] std::unique_ptr<Catalogue> open_catalogue(std::string_view uri,
                                                        const std::filesystem::path& base_folder);

// Throw what `open_catalogue` would, as far as that can be known without creating or writing
// anything. `base_folder` itself need not exist yet.
void check_catalogue(std::string_view uri, const std::filesystem::path& base_folder);

// A view of the catalogue at `uri`, which must be there and is not changed: `header` gets the names
// of the columns, once, and `row` each row in the view's order. Works while others write to it, and
// for a user who may only read it. Throws `not_found`, `denied`, `bad_data`, `unsupported`, `busy`.
void read_catalogue(std::string_view uri, const std::filesystem::path& base_folder,
                    const ViewQuery& query,
                    FunctionRef<void(std::span<const std::string> columns)> header,
                    FunctionRef<void(ViewRow row)> row);

// Where the locks of the catalogue's deployments lie: beside it, whatever name it was reached by.
// The catalogue exists.
[[nodiscard]] std::filesystem::path catalogue_lock_folder(std::string_view uri,
                                                          const std::filesystem::path& base_folder);

} // namespace nightshift

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

} // namespace nightshift

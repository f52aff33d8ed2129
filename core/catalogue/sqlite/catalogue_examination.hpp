// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/catalogue/open_catalogue.hpp"

#include <filesystem>

namespace nightshift::sqlite {

// See `nightshift::examine_catalogue`.
[[nodiscard]] CatalogueState examine_catalogue_file(const std::filesystem::path& file);

} // namespace nightshift::sqlite

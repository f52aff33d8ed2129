// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/part_writer.hpp"

#include <nightshift/storage.hpp>

#include <memory>
#include <string>

namespace nightshift {

// The tree below the folder `root`, an absolute path. The folder stays open as long as the storage,
// so that the tree cannot become another's while it is in use. Throws `not_found`, `denied`.
[[nodiscard]] std::unique_ptr<Storage> open_local_storage(std::string root, PartLimits limits = {});

} // namespace nightshift

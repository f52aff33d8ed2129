// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/object.hpp>

namespace nightshift::data_storage_sync {

// Puts a part's objects in the order of their names' bytes. Takes 16 bytes of memory for each while
// it sorts, and none where they are sorted already, as those of object stores are.
void sort_by_name(FolderPart& part);

} // namespace nightshift::data_storage_sync

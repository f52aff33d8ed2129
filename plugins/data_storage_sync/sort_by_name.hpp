// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/object.hpp>

#include <cstdint>

namespace nightshift::data_storage_sync {

// Puts a part's objects in the order of their names' bytes. Takes 16 bytes of memory for each while
// it sorts, and none where they are sorted already, as those of object stores are.
void sort_by_name(FolderPart& part);

// Of objects that are sorted, leaves out all but one with the same name. How many were left out.
std::int64_t leave_out_repeated(FolderPart& part);

} // namespace nightshift::data_storage_sync

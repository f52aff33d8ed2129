// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/manifest/entry_sorter.hpp"
#include "core/storage/manifest/settings.hpp"
#include "core/storage/part_writer.hpp"

#include <nightshift/storage.hpp>

#include <memory>

namespace nightshift::manifest {

// The objects that a manifest tells of. The first listing reads it to its end and sorts it, in
// TMPDIR if it is large; nothing is handed over before it is known to be whole and to name no key
// twice. Further listings, of other prefixes too, take what was sorted, until the file changes.
// A manifest has no bytes: `read` throws `unsupported`.
//
// Throws `not_found` or `denied` if the manifest is not there or may not be read, and what `list`
// throws if it is older than it may be.
[[nodiscard]] std::unique_ptr<Storage>
open_manifest_storage(Settings settings, PartLimits limits = {}, SorterLimits sorter_limits = {});

} // namespace nightshift::manifest

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/manifest/entry.hpp"
#include "core/storage/manifest/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nightshift::manifest {

// Hand every object that the manifest tells of to `sink`, in its order, and return only if the
// manifest is whole, as far as its format can tell. `files` gets the name of each file that it is
// made of before the first entry from there. Returns when the manifest was made, in nanoseconds
// since 1970, if it says so.
//
// Throws `JobError` with a sentence that names file and line and says what to do: `bad_data` if
// the manifest is damaged, was cut short or is not of its format, `not_found` if a file is missing.
std::optional<std::int64_t> read_manifest(const Settings& settings, std::vector<std::string>& files,
                                          EntrySink sink);

} // namespace nightshift::manifest

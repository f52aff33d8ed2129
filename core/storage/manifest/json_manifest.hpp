// SPDX-License-Identifier: Apache-2.0
//
// Manifests in JSON, of which an object at a time is kept.

#pragma once

#include "core/base/byte_source.hpp"
#include "core/storage/manifest/entry.hpp"
#include "core/storage/manifest/fields.hpp"

#include <cstdint>

namespace nightshift::manifest {

// Hand each object of a JSON text that is one array of objects, as rclone lsjson writes it, to
// `sink`. Throws `bad_data`, naming file and line: of an object, the line that it begins on.
void read_json_array(ByteSource& bytes, const FieldNames& names, std::uint32_t file,
                     EntrySink sink);

// The same of JSON Lines: an object a line. The last one must end with its newline.
void read_json_lines(ByteSource& bytes, const FieldNames& names, std::uint32_t file,
                     EntrySink sink);

} // namespace nightshift::manifest

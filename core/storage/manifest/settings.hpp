// SPDX-License-Identifier: Apache-2.0
//
// A listing made elsewhere as a source: manifest:/path/to/listing.csv.

#pragma once

#include "core/storage/manifest/fields.hpp"
#include "core/storage/open_storage.hpp"

#include <nightshift/diagnostics.hpp>
#include <nightshift/parameter_spec.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nightshift::manifest {

enum class Format : std::uint8_t { automatic, csv, json_lines, rclone, s3_inventory };

struct Settings {
  std::string path; // absolute
  Format format = Format::automatic;
  std::map<Field, std::string> columns = {}; // what the manifest calls them; else as it is known
  std::vector<std::string> schema = {};      // the columns of a CSV that has no header
  std::string root = {};                     // of keys, left out of them; "" or ends with '/'
  std::optional<std::chrono::milliseconds> max_age = {};
};

// What a source of this kind takes; without help texts, which the job file's own table has.
[[nodiscard]] std::vector<ParameterSpec> source_parameters();

// Nothing if there are mistakes, which are reported.
[[nodiscard]] std::optional<Settings> read_settings(const StorageSettings& source,
                                                    Diagnostics& diagnostics);

// The URI of the manifest at `path`.
[[nodiscard]] std::string make_uri(std::string_view path);

} // namespace nightshift::manifest

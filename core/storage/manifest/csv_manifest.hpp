// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/byte_source.hpp"
#include "core/storage/manifest/entry.hpp"
#include "core/storage/manifest/fields.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nightshift::manifest {

struct CsvLayout {
  const FieldNames& names;
  std::vector<std::string> columns = {}; // empty: the first row names them
  bool is_url_encoded = false;           // the keys
  // Whether the text is known to be whole. Otherwise only a newline at its end says that the last
  // row is: one that was cut off in the midst of a number reads as well.
  bool is_proven_whole = false;
};

// The names in "Bucket, Key, Size": the columns of a CSV without a header.
[[nodiscard]] std::vector<std::string> split_schema(std::string_view schema);

// Hand each object of a CSV (RFC 4180) to `sink`. Throws `bad_data`, naming file and line.
void read_csv(ByteSource& bytes, const CsvLayout& layout, std::uint32_t file, EntrySink sink);

} // namespace nightshift::manifest

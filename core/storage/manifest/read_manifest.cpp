// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/read_manifest.hpp"

#include "core/base/byte_source.hpp"
#include "core/base/file.hpp"
#include "core/base/gzip.hpp"
#include "core/storage/manifest/csv_manifest.hpp"
#include "core/storage/manifest/json_manifest.hpp"
#include "core/storage/manifest/s3_inventory.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>

namespace nightshift::manifest {

namespace {

// How much of a text tells its format.
constexpr std::size_t k_front = 65'536;

std::string_view without_blanks(std::string_view front) {
  constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
  front.remove_prefix(front.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0);
  front.remove_prefix(std::min(front.find_first_not_of(" \t\r\n"), front.size()));
  return front;
}

// Whether the columns are those of an S3 Inventory: nobody else's listing has a Bucket in each row.
bool is_of_inventory(const std::vector<std::string>& schema) {
  return std::find(schema.begin(), schema.end(), "Bucket") != schema.end();
}

Format format_of(std::string_view front, const Settings& settings) {
  if (settings.format != Format::automatic) {
    return settings.format;
  }
  if (front.starts_with('[')) {
    return Format::rclone;
  }
  if (front.starts_with('{')) {
    return is_inventory(front) ? Format::s3_inventory : Format::json_lines;
  }
  return is_of_inventory(settings.schema) ? Format::s3_inventory : Format::csv;
}

// Reads one manifest, whose text may have been packed.
class ManifestReader {
 public:
  ManifestReader(const Settings& settings, std::vector<std::string>& files, EntrySink sink)
      : settings_(settings),
        names_(settings.columns),
        files_(files),
        sink_(sink) {}

  std::optional<std::int64_t> read() {
    FileBytes file(settings_.path);
    files_.push_back(file.name());
    PeekedBytes bytes(file);
    if (is_gzip(bytes.peek(2))) {
      GzipBytes unpacked(bytes);
      PeekedBytes text(unpacked);
      return read_text(text, true);
    }
    return read_text(bytes, false);
  }

 private:
  std::optional<std::int64_t> read_text(PeekedBytes& text, bool was_packed) {
    const std::string_view whole_front = text.peek(k_front);
    if (whole_front.empty()) {
      fail("is empty, so what makes it has failed or it was cut short; a manifest of nothing is [] "
           "or the header of a CSV");
    }
    const std::string_view front = without_blanks(whole_front);
    switch (format_of(front, settings_)) {
    case Format::json_lines:
      read_json_lines(text, names_, 0, sink_);
      return std::nullopt;
    case Format::rclone:
      read_json_array(text, names_, 0, sink_);
      return std::nullopt;
    case Format::s3_inventory:
      if (front.starts_with('{')) {
        return read_inventory_files(read_inventory(text));
      }
      read_bare_inventory(text, was_packed);
      return std::nullopt;
    case Format::csv:
    case Format::automatic:
      break;
    }
    read_csv(text, {names_, settings_.schema}, 0, sink_);
    return std::nullopt;
  }

  std::optional<std::int64_t> read_inventory_files(const Inventory& inventory) {
    if (!settings_.schema.empty()) {
      fail("is an inventory's manifest.json, which names the columns itself: leave the source's "
           "`schema` out");
    }
    const std::filesystem::path folder = std::filesystem::path(settings_.path).parent_path();
    for (const InventoryFile& file : inventory.files) {
      const std::filesystem::path path = find_data_file(folder, file);
      const auto index = static_cast<std::uint32_t>(files_.size());
      files_.push_back(shown_path(path));
      read_data_file(path, file, inventory, names_, index, sink_);
    }
    return inventory.made;
  }

  // A data file that came without its manifest.json.
  void read_bare_inventory(ByteSource& text, bool was_packed) {
    if (settings_.schema.empty()) {
      fail("is a data file of an S3 Inventory, which does not name its columns: say them by the "
           "source's `schema`, as fileSchema in the inventory's manifest.json has them, or name "
           "that manifest.json");
    }
    // S3 packs what it has written to its end.
    read_csv(text, {names_, settings_.schema, true, was_packed}, 0, sink_);
  }

  [[noreturn]] void fail(std::string_view what) const {
    throw permanent_error(error_code::k_bad_data, fmt::format("{} {}", files_.front(), what));
  }

  const Settings& settings_;
  FieldNames names_;
  std::vector<std::string>& files_;
  EntrySink sink_;
};

} // namespace

std::optional<std::int64_t> read_manifest(const Settings& settings, std::vector<std::string>& files,
                                          EntrySink sink) {
  return ManifestReader(settings, files, sink).read();
}

} // namespace nightshift::manifest

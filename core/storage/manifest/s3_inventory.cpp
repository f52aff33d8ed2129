// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/s3_inventory.hpp"

#include "core/base/file.hpp"
#include "core/base/gzip.hpp"
#include "core/base/hash.hpp"
#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/storage/manifest/csv_manifest.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <span>
#include <system_error>

namespace nightshift::manifest {

namespace {

namespace fs = std::filesystem;

// Some 100,000 data files' worth.
constexpr std::size_t k_largest_manifest = std::size_t{32} << 20U;

[[noreturn]] void fail(const std::string& name, std::string_view what) {
  throw permanent_error(error_code::k_bad_data, fmt::format("{} {}", name, what));
}

std::string read_whole(ByteSource& bytes) {
  std::string text;
  std::string piece(65'536, '\0');
  while (const std::size_t count = bytes.read(piece)) {
    text.append(piece, 0, count);
    if (text.size() > k_largest_manifest) {
      fail(bytes.name(), "is too large for an inventory's manifest.json");
    }
  }
  return text;
}

// The text of a member; "" if there is none.
std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

InventoryFile read_file(const Json& entry, const std::string& name) {
  if (!entry.is_object()) {
    fail(name, "has a data file that is no object: make the inventory anew");
  }
  InventoryFile file{.key = text_of(entry, "key"), .md5 = text_of(entry, "MD5checksum")};
  const auto size = entry.find("size");
  if (file.key.empty() || file.md5.size() != 32 || size == entry.end() ||
      !size->is_number_integer()) {
    fail(name, "has a data file without its key, size or MD5checksum: copy it or make the "
               "inventory anew");
  }
  file.size = size->get<std::int64_t>();
  std::transform(file.md5.begin(), file.md5.end(), file.md5.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 0x20) : c; });
  return file;
}

// "1593216000000": milliseconds since 1970, as text.
std::optional<std::int64_t> read_milliseconds(const std::string& text) {
  constexpr std::int64_t k_millisecond = 1'000'000;
  constexpr std::int64_t k_most = std::int64_t{1} << 43U; // the year 2248
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool is_moment = error == std::errc{} && stop == end && value >= 0 && value < k_most;
  return is_moment ? std::optional(value * k_millisecond) : std::nullopt;
}

std::string file_name(const InventoryFile& file) {
  return file.key.substr(file.key.rfind('/') + 1);
}

// Another's bytes, which are counted and hashed on their way.
class CheckedBytes final : public ByteSource {
 public:
  explicit CheckedBytes(ByteSource& source) : source_(source) {}

  std::size_t read(std::span<char> buffer) override {
    const std::size_t count = source_.read(buffer);
    md5_.add({buffer.data(), count});
    size_ += static_cast<std::int64_t>(count);
    return count;
  }

  const std::string& name() const noexcept override { return source_.name(); }

  // Read what is left and throw if all of it is not `file`.
  void check(const InventoryFile& file) {
    std::string rest(65'536, '\0');
    while (read(rest) > 0) {
    }
    if (size_ != file.size || md5_.hexadecimal() != file.md5) {
      fail(name(), "is not the data file that manifest.json speaks of: it has another size or MD5 "
                   "sum, so it was cut short, damaged or is of another inventory; copy it anew");
    }
  }

 private:
  ByteSource& source_;
  Hash md5_{HashAlgorithm::md5};
  std::int64_t size_ = 0;
};

void read_data(ByteSource& bytes, const CsvLayout& layout, std::uint32_t index, EntrySink sink) {
  PeekedBytes peeked(bytes);
  if (is_gzip(peeked.peek(2))) {
    GzipBytes unpacked(peeked);
    read_csv(unpacked, layout, index, sink);
  } else {
    read_csv(peeked, layout, index, sink);
  }
}

} // namespace

bool is_inventory(std::string_view front) {
  constexpr std::string_view k_member = "\"fileSchema\"";
  const std::size_t member = front.find(k_member);
  if (!front.starts_with('{') || member == std::string_view::npos) {
    return false;
  }
  const std::size_t next = front.find_first_not_of(" \t\r\n", member + k_member.size());
  return next != std::string_view::npos && front[next] == ':'; // a member's name, not a value
}

Inventory read_inventory(ByteSource& bytes) {
  const std::string& name = bytes.name();
  const Json json = Json::parse(read_whole(bytes), nullptr, false);
  if (!json.is_object()) {
    fail(name, "is no whole manifest.json of an S3 Inventory: copy it anew");
  }
  if (const std::string format = text_of(json, "fileFormat"); format != "CSV") {
    throw permanent_error(
        error_code::k_unsupported,
        fmt::format("{} is of an inventory in the format \"{}\"; only CSV can be read: have the "
                    "inventory made as CSV",
                    name, one_line(format)));
  }
  Inventory inventory{split_schema(text_of(json, "fileSchema")),
                      {},
                      read_milliseconds(text_of(json, "creationTimestamp"))};
  for (const char* column : {"Key", "Size"}) {
    const auto& schema = inventory.schema;
    if (std::find(schema.begin(), schema.end(), column) == schema.end()) {
      fail(name, fmt::format("is of an inventory without the objects' {}: have that made part of "
                             "the inventory",
                             column));
    }
  }
  const auto files = json.find("files");
  if (files == json.end() || !files->is_array()) {
    fail(name, "names no data files: copy it anew");
  }
  for (const Json& entry : *files) {
    inventory.files.push_back(read_file(entry, name));
  }
  return inventory;
}

fs::path find_data_file(const fs::path& folder, const InventoryFile& file) {
  const std::string name = file_name(file);
  std::vector<fs::path> places{folder / name, folder.parent_path() / "data" / name};
  for (fs::path above = folder; above.has_relative_path(); above = above.parent_path()) {
    places.push_back(above.parent_path() / file.key);
  }
  const auto found = std::find_if(places.begin(), places.end(), [](const fs::path& place) {
    std::error_code error;
    return fs::is_regular_file(place, error);
  });
  if (found == places.end()) {
    throw permanent_error(error_code::k_not_found,
                          fmt::format("the inventory's data file {} is not there: copy it to {} or "
                                      "to {}",
                                      one_line(printable_key(name)), shown_path(places[0]),
                                      shown_path(places[1])));
  }
  return *found;
}

void read_data_file(const fs::path& path, const InventoryFile& file, const Inventory& inventory,
                    const FieldNames& names, std::uint32_t index, EntrySink sink) {
  FileBytes bytes(path);
  CheckedBytes checked(bytes);
  const CsvLayout layout{names, inventory.schema, true, true};
  try {
    read_data(checked, layout, index, sink);
  } catch (const JobError& error) {
    if (error.code() == error_code::k_bad_data) {
      checked.check(file); // the likelier reason
    }
    throw;
  }
  checked.check(file);
}

} // namespace nightshift::manifest

// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/manifest_storage.hpp"
#include "tests/conformance/storage_conformance.hpp"
#include "tests/support/gzip.hpp"
#include "tests/support/manifest_texts.hpp"
#include "tests/support/temp_dir.hpp"

#include <functional>
#include <mutex>
#include <utility>

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;

// Writes the objects' manifest into the folder; its path.
using WriteManifest = std::function<fs::path(const TempDir& dir, const ListedObjects& objects)>;

class ManifestPlace final : public StoragePlace {
 public:
  ManifestPlace(WriteManifest write, manifest::Settings settings, std::size_t part_objects)
      : write_(std::move(write)),
        settings_(std::move(settings)),
        part_objects_(part_objects) {}

  void put(const std::string& key, const std::string& content,
           std::int64_t last_modified) override {
    objects_.push_back({key, static_cast<std::int64_t>(content.size()), last_modified});
    is_written_ = false;
  }

  Storage& storage() override {
    const std::scoped_lock lock(mutex_);
    if (!is_written_) {
      settings_.path = write_(dir_, objects_).string();
      is_written_ = true;
    }
    if (!storage_) {
      storage_ = manifest::open_manifest_storage(settings_, {.objects = part_objects_});
    }
    return *storage_;
  }

 private:
  TempDir dir_;
  WriteManifest write_;
  manifest::Settings settings_;
  std::size_t part_objects_;
  ListedObjects objects_;
  std::mutex mutex_; // over what follows
  bool is_written_ = false;
  std::unique_ptr<Storage> storage_;
};

auto manifest_backends(std::string name, WriteManifest write, bool carries_any_bytes,
                       manifest::Settings settings = {}) {
  return storage_backends(
      {std::move(name),
       [write = std::move(write), settings = std::move(settings)](std::size_t part_objects) {
         return std::make_unique<ManifestPlace>(write, settings, part_objects);
       },
       {.carries_any_bytes = carries_any_bytes, .reads_objects = false}});
}

WriteManifest as_file(std::string (*text_of)(const ListedObjects& objects)) {
  return [text_of](const TempDir& dir, const ListedObjects& objects) {
    return dir.write("listing", text_of(objects));
  };
}

INSTANTIATE_TEST_SUITE_P(CsvManifest, StorageConformance,
                         manifest_backends("Csv", as_file(csv_manifest), true), storage_case_name);

INSTANTIATE_TEST_SUITE_P(PackedCsvManifest, StorageConformance,
                         manifest_backends("PackedCsv", as_file([](const ListedObjects& objects) {
                                             return gzip(csv_manifest(objects));
                                           }),
                                           true),
                         storage_case_name);

INSTANTIATE_TEST_SUITE_P(JsonLinesManifest, StorageConformance,
                         manifest_backends("JsonLines", as_file(json_lines_manifest), false,
                                           {.path = {}, .format = manifest::Format::json_lines}),
                         storage_case_name);

INSTANTIATE_TEST_SUITE_P(RcloneManifest, StorageConformance,
                         manifest_backends("Rclone", as_file(rclone_manifest), false),
                         storage_case_name);

INSTANTIATE_TEST_SUITE_P(S3Inventory, StorageConformance,
                         manifest_backends(
                             "S3Inventory",
                             [](const TempDir& dir, const ListedObjects& objects) {
                               return write_inventory(dir, objects, 7);
                             },
                             true),
                         storage_case_name);

INSTANTIATE_TEST_SUITE_P(
    BareS3Inventory, StorageConformance,
    manifest_backends("BareS3Inventory", as_file([](const ListedObjects& objects) {
                        return inventory_data(objects) + "\n";
                      }),
                      true,
                      {.path = {},
                       .schema = {"Bucket", "Key", "VersionId", "IsLatest", "IsDeleteMarker",
                                  "Size", "LastModifiedDate", "ETag"}}),
    storage_case_name);

} // namespace
} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/catalogue/sqlite/capture_feed.hpp"
#include "core/catalogue/sqlite/checksum.hpp"
#include "core/catalogue/sqlite/database.hpp"
#include "core/catalogue/sqlite/folder_tally.hpp"
#include "core/catalogue/sqlite/last_modified.hpp"
#include "core/catalogue/sqlite/row_visitor.hpp"

#include <nightshift/capture.hpp>
#include <nightshift/function_ref.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nightshift::sqlite {

// A capture as listed. Borrowed.
struct ListedCapture {
  std::string_view name;
  std::string_view etag;
  std::int64_t size = 0;
  std::int64_t last_modified = 0;
  CaptureTime time;

  [[nodiscard]] std::optional<std::int64_t> seconds() const noexcept {
    return time.dated() ? std::optional(time.seconds) : std::nullopt;
  }
};

[[nodiscard]] inline ListedCapture listed_capture(const CapturePart& captures,
                                                  std::size_t index) noexcept {
  const ObjectEntry& object = captures.part.objects[index];
  return {captures.part.name(object), captures.part.etag(object), object.size, object.last_modified,
          captures.times[index]};
}

// A capture as stored. Borrowed from the row that is shown.
class StoredCapture {
 public:
  explicit StoredCapture(const ShownRow& row) noexcept : row_(row) {}

  [[nodiscard]] std::string_view name() const noexcept { return row_.bytes(0); }

  [[nodiscard]] std::optional<std::int64_t> time() const noexcept {
    return row_.optional_number(1);
  }

  [[nodiscard]] std::int64_t size() const noexcept { return row_.number(3); }

  [[nodiscard]] bool missing() const noexcept { return !row_.is_null(6); }

  // Whether the listing says nothing new of it.
  [[nodiscard]] bool is(const ListedCapture& listed) const noexcept;

 private:
  [[nodiscard]] StoredLastModified last_modified() const noexcept;
  [[nodiscard]] ChecksumAlgorithm algorithm() const noexcept;

  const ShownRow& row_;
};

// The rows of captures, on the connection that writes.
class CaptureTable {
 public:
  explicit CaptureTable(Database& database);

  // Each of the folder, ascending by the bytes of its name. Captures up to the one that is shown
  // may be written meanwhile.
  void show(std::int64_t folder_id, FunctionRef<void(const StoredCapture& capture)> sink);

  // Captures that the folder does not have yet.
  void insert(std::int64_t folder_id, const CapturePart& part);

  // Captures that it may have, missing or not. They are present afterwards.
  void put(std::int64_t folder_id, const CapturePart& part);

  void mark_missing(std::int64_t folder_id, std::string_view name, std::int64_t since);

  // All that are present.
  void mark_all_missing(std::int64_t folder_id, std::int64_t since);

  [[nodiscard]] FolderTally tally(std::int64_t folder_id);

 private:
  void put_texts(std::int64_t folder_id, const CapturePart& part);

  CaptureFeed feed_;
  RowVisitor visitor_;
  Statement show_;
  Statement insert_;
  Statement put_;
  Statement put_text_;
  Statement mark_missing_;
  Statement mark_all_missing_;
};

} // namespace nightshift::sqlite

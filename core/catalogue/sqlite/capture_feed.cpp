// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/capture_feed.hpp"

#include "core/catalogue/sqlite/checksum.hpp"
#include "core/catalogue/sqlite/last_modified.hpp"

#include <sqlite3.h>

#include <new>
#include <optional>

namespace nightshift::sqlite {

namespace {

enum Column : int {
  k_name,
  k_time,
  k_time_source,
  k_size,
  k_last_modified,
  k_checksum,
  k_nanoseconds,
  k_etag,
};

// SQLite knows both by their first member only, so that must be the base.
struct Table : sqlite3_vtab {
  CaptureFeed::Source* source = nullptr;
};

struct Cursor : sqlite3_vtab_cursor {
  std::size_t row = 0;
  std::optional<Checksum> checksum = {}; // of the row, which SQLite borrows
};

const CaptureFeed::Source& source_of(sqlite3_vtab_cursor* cursor) noexcept {
  return *static_cast<Table*>(cursor->pVtab)->source;
}

int connect(sqlite3* handle, void* source, int /*argc*/, const char* const* /*argv*/,
            sqlite3_vtab** table, char** /*error*/) {
  const int code = sqlite3_declare_vtab(
      handle, "CREATE TABLE feed (name BLOB, time INTEGER, time_source INTEGER, "
              "size INTEGER, last_modified BLOB, checksum BLOB, nanoseconds INTEGER, "
              "etag BLOB)");
  if (code != SQLITE_OK) {
    return code;
  }
  auto* made = new (std::nothrow) Table();
  if (made == nullptr) {
    return SQLITE_NOMEM;
  }
  made->source = static_cast<CaptureFeed::Source*>(source);
  *table = made;
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  delete static_cast<Table*>(table);
  return SQLITE_OK;
}

int best_index(sqlite3_vtab* /*table*/, sqlite3_index_info* info) {
  info->estimatedCost = 10'000;
  info->estimatedRows = 10'000;
  return SQLITE_OK;
}

int open_cursor(sqlite3_vtab* /*table*/, sqlite3_vtab_cursor** cursor) {
  auto* made = new (std::nothrow) Cursor();
  *cursor = made;
  return made == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int close_cursor(sqlite3_vtab_cursor* cursor) {
  delete static_cast<Cursor*>(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int /*plan*/, const char* /*text*/, int /*argc*/,
           sqlite3_value** /*argv*/) {
  static_cast<Cursor*>(cursor)->row = 0;
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  ++static_cast<Cursor*>(cursor)->row;
  return SQLITE_OK;
}

int at_end(sqlite3_vtab_cursor* cursor) {
  const CapturePart* part = source_of(cursor).part;
  return part == nullptr || static_cast<Cursor*>(cursor)->row >= part->part.objects.size() ? 1 : 0;
}

// Bytes that stay until the next row.
void give_blob(sqlite3_context* context, std::string_view bytes) {
  sqlite3_result_blob64(context, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
}

void give_last_modified(sqlite3_context* context, StoredLastModified time) {
  if (time.real) {
    sqlite3_result_double(context, static_cast<double>(time.number));
  } else {
    sqlite3_result_int64(context, time.number);
  }
}

void give_checksum(sqlite3_context* context, const Checksum& checksum) {
  switch (checksum.algorithm()) {
  case ChecksumAlgorithm::none:
    break;
  case ChecksumAlgorithm::md5:
    give_blob(context, checksum.bytes());
    break;
  case ChecksumAlgorithm::etag:
    sqlite3_result_text64(context, checksum.bytes().data(), checksum.bytes().size(), SQLITE_STATIC,
                          SQLITE_UTF8);
    break;
  }
}

// A null, where the result is not set.
int column(sqlite3_vtab_cursor* at, sqlite3_context* context, int index) {
  const CaptureFeed::Source& source = source_of(at);
  auto* const cursor = static_cast<Cursor*>(at);
  const std::size_t row = cursor->row;
  const FolderPart& part = source.part->part;
  const ObjectEntry& object = part.objects[row];
  const CaptureTime& time = source.part->times[row];
  switch (static_cast<Column>(index)) {
  case k_name:
    give_blob(context, part.name(object));
    break;
  case k_time:
    if (time.dated()) {
      sqlite3_result_int64(context, time.seconds);
    }
    break;
  case k_time_source:
    sqlite3_result_int(context, static_cast<int>(time.source));
    break;
  case k_size:
    sqlite3_result_int64(context, object.size);
    break;
  case k_last_modified:
    give_last_modified(context, stored_last_modified(object.last_modified));
    break;
  case k_checksum:
    give_checksum(context, cursor->checksum.emplace(part.etag(object)));
    break;
  case k_nanoseconds:
    sqlite3_result_int64(context, object.last_modified);
    break;
  case k_etag:
    give_blob(context, part.etag(object));
    break;
  }
  return SQLITE_OK;
}

int row_id(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  *id = static_cast<sqlite3_int64>(static_cast<Cursor*>(cursor)->row);
  return SQLITE_OK;
}

// Without xCreate it is there by its name alone and can only be read.
constexpr sqlite3_module k_module = [] {
  sqlite3_module module{};
  module.xConnect = connect;
  module.xDisconnect = disconnect;
  module.xBestIndex = best_index;
  module.xOpen = open_cursor;
  module.xClose = close_cursor;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = at_end;
  module.xColumn = column;
  module.xRowid = row_id;
  return module;
}();

} // namespace

CaptureFeed::CaptureFeed(Database& database) : source_(std::make_unique<Source>()) {
  const int code =
      sqlite3_create_module(database.handle(), "capture_feed", &k_module, source_.get());
  if (code != SQLITE_OK) {
    throw sqlite_error(code, 0, "cannot prepare " + database.name(), sqlite3_errstr(code));
  }
}

} // namespace nightshift::sqlite

// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/capture_table.hpp"

#include "core/catalogue/sqlite/plain_text.hpp"

namespace nightshift::sqlite {

StoredLastModified StoredCapture::last_modified() const noexcept {
  return {row_.number(4), row_.is_real(4)};
}

ChecksumAlgorithm StoredCapture::algorithm() const noexcept {
  if (row_.is_null(5)) {
    return ChecksumAlgorithm::none;
  }
  return row_.is_text(5) ? ChecksumAlgorithm::etag : ChecksumAlgorithm::md5;
}

bool StoredCapture::is(const ListedCapture& listed) const noexcept {
  if (size() != listed.size || last_modified() != stored_last_modified(listed.last_modified) ||
      row_.number(2) != static_cast<std::int64_t>(listed.time.source) ||
      time() != listed.seconds()) {
    return false;
  }
  const Checksum checksum(listed.etag);
  return algorithm() == checksum.algorithm() && row_.bytes(5) == checksum.bytes();
}

// OR ROLLBACK, for the failure of a row ends the transaction anyway: without it SQLite copies each
// page that such a statement writes to into a temporary file, in order to undo just the statement.
// ON CONFLICT DO UPDATE it does so for in any case.
CaptureTable::CaptureTable(Database& database)
    : feed_(database),
      visitor_(database),
      show_(database.prepare("SELECT NULL FROM capture WHERE folder_id = ?1 AND visit(name, time, "
                             "time_source, size, last_modified, checksum, missing_since) "
                             "ORDER BY name")),
      insert_(database.prepare("INSERT OR ROLLBACK INTO capture SELECT ?1, name, time, "
                               "time_source, size, last_modified, checksum, NULL "
                               "FROM capture_feed")),
      put_(database.prepare("INSERT INTO capture SELECT ?1, name, time, time_source, size, "
                            "last_modified, checksum, NULL FROM capture_feed WHERE true "
                            "ON CONFLICT (folder_id, name) DO UPDATE SET time = excluded.time, "
                            "time_source = excluded.time_source, size = excluded.size, "
                            "last_modified = excluded.last_modified, checksum = excluded.checksum, "
                            "missing_since = NULL")),
      put_text_(database.prepare("INSERT INTO capture_text (folder_id, name, text) "
                                 "VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")),
      mark_missing_(database.prepare("UPDATE capture SET missing_since = ?3 "
                                     "WHERE folder_id = ?1 AND name = ?2 "
                                     "AND missing_since IS NULL")),
      mark_all_missing_(database.prepare("UPDATE OR ROLLBACK capture SET missing_since = ?2 "
                                         "WHERE folder_id = ?1 AND missing_since IS NULL")) {}

// The primary key has them in this order already, so that none is put aside before it is shown.
void CaptureTable::show(std::int64_t folder_id,
                        FunctionRef<void(const StoredCapture& capture)> sink) {
  visitor_.run(
      show_, [&](const ShownRow& row) { sink(StoredCapture(row)); }, folder_id);
}

void CaptureTable::insert(std::int64_t folder_id, const CapturePart& part) {
  feed_.point_at(part);
  insert_.run(folder_id);
  put_texts(folder_id, part);
}

void CaptureTable::put(std::int64_t folder_id, const CapturePart& part) {
  feed_.point_at(part);
  put_.run(folder_id);
  put_texts(folder_id, part);
}

void CaptureTable::put_texts(std::int64_t folder_id, const CapturePart& part) {
  for (const ObjectEntry& object : part.part.objects) {
    const std::string_view name = part.part.name(object);
    if (const auto text = text_if_not_plain(name)) {
      put_text_.run(folder_id, Blob{name}, std::string_view(*text));
    }
  }
}

void CaptureTable::mark_missing(std::int64_t folder_id, std::string_view name, std::int64_t since) {
  mark_missing_.run(folder_id, Blob{name}, since);
}

void CaptureTable::mark_all_missing(std::int64_t folder_id, std::int64_t since) {
  mark_all_missing_.run(folder_id, since);
}

FolderTally CaptureTable::tally(std::int64_t folder_id) {
  FolderTally tally;
  show(folder_id, [&](const StoredCapture& capture) {
    if (capture.missing()) {
      tally.add_missing();
    } else {
      tally.add_present(capture.time(), capture.size());
    }
  });
  return tally;
}

} // namespace nightshift::sqlite

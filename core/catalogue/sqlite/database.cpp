// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/database.hpp"

#include "core/base/work_meter.hpp"

#include <fmt/format.h>

#include <sqlite3.h>

#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace nightshift::sqlite {

namespace {

// What the system said, or else SQLite.
std::string reason(int system_errno, std::string_view detail) {
  return system_errno != 0 ? std::generic_category().message(system_errno) : std::string(detail);
}

bool is_out_of_space(int code, int system_errno) noexcept {
  return (code & 0xFF) == SQLITE_FULL || system_errno == ENOSPC || system_errno == EDQUOT;
}

const char* code_to_open(int system_errno) noexcept {
  return system_errno == EACCES || system_errno == EPERM ? error_code::k_denied
                                                         : error_code::k_cannot_create;
}

// `errno` is what the system said during the call, which began with it at 0. SQLite's own
// sqlite3_system_errno is not set where a commit fails.
[[noreturn]] void fail(sqlite3* handle, int code, std::string_view name) {
  const int system_errno = errno;
  const int primary = code & 0xFF;
  const bool from_system =
      primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL;
  throw sqlite_error(code, from_system ? system_errno : 0, fmt::format("cannot use {}", name),
                     handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
}

void check(int code, sqlite3_stmt* statement, std::string_view name) {
  if (code != SQLITE_OK) {
    fail(sqlite3_db_handle(statement), sqlite3_extended_errcode(sqlite3_db_handle(statement)),
         name);
  }
}

int open_flags(Database::Access access) noexcept {
  switch (access) {
  case Database::Access::frozen:
  case Database::Access::observe:
    return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  case Database::Access::read:
    return SQLITE_OPEN_READONLY;
  case Database::Access::write:
    return SQLITE_OPEN_READWRITE;
  case Database::Access::create:
    break;
  }
  return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
}

// As SQLite wants it with SQLITE_OPEN_URI.
std::string immutable_uri(const std::string& file) {
  std::string uri = "file://";
  for (const char c : file) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri.push_back(c);
    }
  }
  return uri + "?immutable=1";
}

} // namespace

JobError sqlite_error(int code, int system_errno, std::string_view what, std::string_view detail) {
  const auto sentence = [&](std::string_view why) { return fmt::format("{}: {}", what, why); };
  if (is_out_of_space(code, system_errno)) {
    return permanent_error(error_code::k_no_space,
                           sentence("no space is left on its disk; make some and run again"));
  }
  switch (code & 0xFF) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return transient_error(error_code::k_busy,
                           sentence("another process keeps it locked; try again later"));
  case SQLITE_NOTADB:
    return permanent_error(error_code::k_bad_data,
                           sentence("the file is not an SQLite database; name another one"));
  case SQLITE_CORRUPT:
    return permanent_error(
        error_code::k_bad_data,
        sentence("the file is damaged; restore a copy, or move it away and sync again"));
  case SQLITE_CANTOPEN:
    return permanent_error(code_to_open(system_errno), sentence(reason(system_errno, detail)));
  case SQLITE_PERM:
  case SQLITE_AUTH:
    return permanent_error(error_code::k_denied,
                           sentence(detail) + "; let this user read and write it");
  case SQLITE_READONLY:
    return permanent_error(
        error_code::k_cannot_create,
        sentence(
            "the file or its folder is read-only; let this user write there, or name another"));
  case SQLITE_IOERR:
    return permanent_error(error_code::k_io, sentence(reason(system_errno, detail)) +
                                                 "; check its disk, and run again");
  default:
    return permanent_error(error_code::k_internal, sentence(detail));
  }
}

void Database::Close::operator()(sqlite3* handle) const noexcept {
  sqlite3_close_v2(handle);
}

Database::Database(const std::string& file, Access access, std::string name,
                   std::chrono::milliseconds busy_timeout)
    : name_(std::make_unique<std::string>(std::move(name))),
      busy_timeout_(busy_timeout) {
  sqlite3* handle = nullptr;
  const std::string target = access == Access::frozen ? immutable_uri(file) : file;
  const int code =
      sqlite3_open_v2(target.c_str(), &handle,
                      open_flags(access) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) {
    fail(handle, code, *name_);
  }
  sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
}

void Database::run(const std::string& sql) {
  errno = 0;
  const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    fail(handle(), code, *name_);
  }
}

void Database::run_patiently(const std::string& sql) {
  constexpr std::chrono::milliseconds k_pause{5};
  for (auto left = busy_timeout_;; left -= k_pause) {
    try {
      run(sql);
      return;
    } catch (const JobError& error) {
      if (error.code() != error_code::k_busy || left < k_pause) {
        throw;
      }
    }
    std::this_thread::sleep_for(k_pause);
  }
}

Statement Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  errno = 0;
  const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    fail(handle(), code, *name_);
  }
  return {statement, name_.get()};
}

std::int64_t Database::number(std::string_view sql) const {
  Statement statement = prepare(sql);
  Rows rows = statement.query();
  return rows.next() ? rows.number(0) : 0;
}

std::int64_t Database::changes() const noexcept {
  return sqlite3_changes64(handle());
}

std::int64_t Database::last_insert_id() const noexcept {
  return sqlite3_last_insert_rowid(handle());
}

void Database::roll_back() noexcept {
  if (sqlite3_get_autocommit(handle()) == 0) {
    sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Rows::Reset::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_reset(statement);
}

bool Rows::next() {
  errno = 0;
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code != SQLITE_DONE) {
    fail(sqlite3_db_handle(statement_.get()), code, *name_);
  }
  return false;
}

bool Rows::is_null(int column) const noexcept {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Rows::number(int column) const noexcept {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> Rows::optional_number(int column) const noexcept {
  return is_null(column) ? std::nullopt : std::optional(number(column));
}

std::string_view Rows::bytes(int column) const noexcept {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string_view Rows::text(int column) const noexcept {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const noexcept {
  sqlite3_finalize(handle);
}

void Statement::bind(int index, std::int64_t number) {
  check(sqlite3_bind_int64(handle_.get(), index, number), handle_.get(), *name_);
}

void Statement::bind(int index, double number) {
  check(sqlite3_bind_double(handle_.get(), index, number), handle_.get(), *name_);
}

void Statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL.
  check(sqlite3_bind_text64(handle_.get(), index, text.empty() ? "" : text.data(), text.size(),
                            SQLITE_STATIC, SQLITE_UTF8),
        handle_.get(), *name_);
}

void Statement::bind(int index, Blob blob) {
  check(sqlite3_bind_blob64(handle_.get(), index, blob.bytes.empty() ? "" : blob.bytes.data(),
                            blob.bytes.size(), SQLITE_STATIC),
        handle_.get(), *name_);
}

void Statement::bind(int index, std::nullopt_t /*null*/) {
  check(sqlite3_bind_null(handle_.get(), index), handle_.get(), *name_);
}

Transaction::Transaction(Database& database) {
  database.run("BEGIN IMMEDIATE");
  open_.reset(&database);
}

void Transaction::commit() {
  open_->run("COMMIT");
  tally(Tally::commits);
  static_cast<void>(open_.release());
}

} // namespace nightshift::sqlite

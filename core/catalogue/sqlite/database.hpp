// SPDX-License-Identifier: Apache-2.0
//
// SQLite's handles as values that clean up after themselves, and its errors as `JobError`s that
// name the file. One thread at a time for each database and all that was prepared on it.

#pragma once

#include <nightshift/error.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace nightshift::sqlite {

// Bytes, where a plain string_view is text. Borrowed.
struct Blob {
  std::string_view bytes;
};

// The error for an SQLite result code; `what` is what was being done to which file.
[[nodiscard]] JobError sqlite_error(int code, int system_errno, std::string_view what,
                                    std::string_view detail);

class Statement;

class Database {
 public:
  // `frozen` reads without a lock and without making anything: only where nobody writes meanwhile.
  // `observe` reads in the way that `file`, a "file:" URI, says.
  enum class Access : std::uint8_t { observe, frozen, read, write, create };

  // `name` is how messages call it: "catalogue /var/catalogue.db".
  Database(const std::string& file, Access access, std::string name,
           std::chrono::milliseconds busy_timeout);

  // Run one or several statements, whatever rows they give.
  void run(const std::string& sql);

  // The same where SQLite does not wait for others by itself.
  void run_patiently(const std::string& sql);

  [[nodiscard]] Statement prepare(std::string_view sql) const;

  // The first column of the only row, which is a number.
  [[nodiscard]] std::int64_t number(std::string_view sql) const;

  // How many rows the last statement inserted, updated or deleted.
  [[nodiscard]] std::int64_t changes() const noexcept;

  [[nodiscard]] std::int64_t last_insert_id() const noexcept;

  // Undo the open transaction, if SQLite has not done so itself.
  void roll_back() noexcept;

  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

  [[nodiscard]] const std::string& name() const noexcept { return *name_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };

  std::unique_ptr<std::string> name_; // its address is shared with statements
  std::unique_ptr<sqlite3, Close> handle_;
  std::chrono::milliseconds busy_timeout_;
};

// The rows of a statement under way, one at a time; texts live until the next. Resets it at its
// end.
class Rows {
 public:
  [[nodiscard]] bool next();

  [[nodiscard]] bool is_null(int column) const noexcept;
  [[nodiscard]] std::int64_t number(int column) const noexcept;
  [[nodiscard]] std::optional<std::int64_t> optional_number(int column) const noexcept;
  [[nodiscard]] std::string_view bytes(int column) const noexcept;
  [[nodiscard]] std::string_view text(int column) const noexcept;

 private:
  friend class Statement;

  struct Reset {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };

  Rows(sqlite3_stmt* statement, const std::string* name) : statement_(statement), name_(name) {}

  std::unique_ptr<sqlite3_stmt, Reset> statement_;
  const std::string* name_;
};

class Statement {
 public:
  // Bind the arguments to ?1, ?2, … and run to the end. Numbers, texts, blobs, and optionals of
  // them.
  template <class... Args>
  void run(const Args&... args) {
    Rows rows = query(args...);
    while (rows.next()) {
    }
  }

  // Bind and give the rows; texts and blobs among the arguments must outlive them.
  template <class... Args>
  [[nodiscard]] Rows query(const Args&... args) {
    int index = 0;
    (bind(++index, args), ...);
    return {handle_.get(), name_};
  }

  // End it before its time; it must not be used any more.
  void close() noexcept { handle_.reset(); }

  [[nodiscard]] sqlite3_stmt* handle() const noexcept { return handle_.get(); }

 private:
  friend class Database;

  struct Finalize {
    void operator()(sqlite3_stmt* handle) const noexcept;
  };

  Statement(sqlite3_stmt* handle, const std::string* name) : handle_(handle), name_(name) {}

  void bind(int index, std::int64_t number);
  void bind(int index, double number);
  void bind(int index, std::string_view text);
  void bind(int index, Blob blob);
  void bind(int index, std::nullopt_t null);

  template <std::integral Number>
  void bind(int index, Number number) {
    bind(index, static_cast<std::int64_t>(number));
  }

  template <class Value>
  void bind(int index, const std::optional<Value>& value) {
    if (value) {
      bind(index, *value);
    } else {
      bind(index, std::nullopt);
    }
  }

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  const std::string* name_;
};

// A write transaction: waits for its turn, and is undone unless it was committed. The database must
// stay where it is.
class Transaction {
 public:
  explicit Transaction(Database& database);

  void commit();

 private:
  struct RollBack {
    void operator()(Database* database) const noexcept { database->roll_back(); }
  };

  std::unique_ptr<Database, RollBack> open_;
};

} // namespace nightshift::sqlite

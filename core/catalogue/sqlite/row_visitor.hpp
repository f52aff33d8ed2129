// SPDX-License-Identifier: Apache-2.0
//
// An SQL function that shows the values it is called with: a statement that calls it for each row
// hands millions of rows over for half of what steps and a call for each column take.

#pragma once

#include "core/catalogue/sqlite/database.hpp"

#include <nightshift/function_ref.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

struct sqlite3_context;
struct sqlite3_value;

namespace nightshift::sqlite {

// The values of one row, borrowed while it is shown.
class ShownRow {
 public:
  explicit ShownRow(sqlite3_value** values) noexcept : values_(values) {}

  [[nodiscard]] bool is_null(int column) const noexcept;
  [[nodiscard]] bool is_real(int column) const noexcept;
  [[nodiscard]] bool is_text(int column) const noexcept;
  [[nodiscard]] std::int64_t number(int column) const noexcept;
  [[nodiscard]] std::optional<std::int64_t> optional_number(int column) const noexcept;
  [[nodiscard]] std::string_view bytes(int column) const noexcept;

 private:
  sqlite3_value** values_;
};

// Makes the function `visit`, whose result is always false, on a database. The thread that uses the
// database; one statement that calls it runs at a time.
class RowVisitor {
 public:
  using Visit = FunctionRef<void(const ShownRow& row)>;

  explicit RowVisitor(Database& database);

  // Run a statement that calls `visit`. An exception of `visit` ends it and comes out.
  template <class... Args>
  void run(Statement& statement, Visit visit, const Args&... args) {
    state_->visit = &visit;
    try {
      statement.run(args...);
    } catch (...) {
      if (state_->failure == nullptr) {
        throw;
      }
    }
    if (state_->failure != nullptr) {
      std::rethrow_exception(std::exchange(state_->failure, nullptr));
    }
  }

 private:
  struct State {
    const Visit* visit = nullptr;
    std::exception_ptr failure;
  };

  static void call(sqlite3_context* context, int count, sqlite3_value** values);

  std::unique_ptr<State> state_; // its address is shared with the database
};

} // namespace nightshift::sqlite

// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/row_visitor.hpp"

#include <sqlite3.h>

namespace nightshift::sqlite {

bool ShownRow::is_null(int column) const noexcept {
  return sqlite3_value_type(values_[column]) == SQLITE_NULL;
}

bool ShownRow::is_real(int column) const noexcept {
  return sqlite3_value_type(values_[column]) == SQLITE_FLOAT;
}

bool ShownRow::is_text(int column) const noexcept {
  return sqlite3_value_type(values_[column]) == SQLITE_TEXT;
}

std::int64_t ShownRow::number(int column) const noexcept {
  return sqlite3_value_int64(values_[column]);
}

std::optional<std::int64_t> ShownRow::optional_number(int column) const noexcept {
  return is_null(column) ? std::nullopt : std::optional(number(column));
}

std::string_view ShownRow::bytes(int column) const noexcept {
  const auto* data = static_cast<const char*>(sqlite3_value_blob(values_[column]));
  return {data, static_cast<std::size_t>(sqlite3_value_bytes(values_[column]))};
}

RowVisitor::RowVisitor(Database& database) : state_(std::make_unique<State>()) {
  constexpr int k_any_count = -1;
  const int code = sqlite3_create_function_v2(database.handle(), "visit", k_any_count,
                                              SQLITE_UTF8 | SQLITE_DIRECTONLY, state_.get(), &call,
                                              nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    throw sqlite_error(code, 0, "cannot prepare " + database.name(), sqlite3_errstr(code));
  }
}

void RowVisitor::call(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  auto& state = *static_cast<State*>(sqlite3_user_data(context));
  try {
    (*state.visit)(ShownRow(values));
    sqlite3_result_int(context, 0);
  } catch (...) { // rethrown by run
    state.failure = std::current_exception();
    sqlite3_result_error_code(context, SQLITE_ABORT);
  }
}

} // namespace nightshift::sqlite

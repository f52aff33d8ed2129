// SPDX-License-Identifier: Apache-2.0
//
// What one merge has to keep aside and must not keep in memory: the parts of folders that are not
// complete yet, and the captures that are gone. A database of its own without a name, which SQLite
// keeps in a temporary file as far as it is large, and removes. Being no part of the catalogue, it
// takes part in none of its transactions and keeps nobody waiting.

#pragma once

#include "core/catalogue/sqlite/capture_feed.hpp"
#include "core/catalogue/sqlite/capture_table.hpp"
#include "core/catalogue/sqlite/database.hpp"

#include <nightshift/function_ref.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace nightshift::sqlite {

class Scratch {
 public:
  Scratch();

  // Keep a part of the folder that the caller calls by `slot`; parts are numbered.
  void stage(std::int64_t slot, std::int64_t number, const CapturePart& part);

  // The captures of all parts, ascending by name, each name once.
  class Staged {
   public:
    [[nodiscard]] bool next(ListedCapture& capture);

   private:
    friend class Scratch;

    explicit Staged(Rows rows) : rows_(std::move(rows)) {}

    Rows rows_;
    std::optional<std::string> last_name_;
  };

  [[nodiscard]] Staged staged(std::int64_t slot);

  void drop(std::int64_t slot);

  // A folder from which captures are gone; without a fingerprint, all of them are.
  void add_folder(std::int64_t folder_id, const std::optional<Fingerprint>& fingerprint);

  void add_gone(std::int64_t folder_id, std::string_view name, std::optional<std::int64_t> time);

  void for_each_folder(
      FunctionRef<void(std::int64_t folder_id, const std::optional<Fingerprint>& fingerprint)>
          sink);

  void
  for_each_gone(std::int64_t folder_id,
                FunctionRef<void(std::string_view name, std::optional<std::int64_t> time)> sink);

 private:
  Database database_;
  CaptureFeed feed_;
  Statement stage_;
  Statement staged_;
  Statement drop_;
  Statement add_folder_;
  Statement add_gone_;
  Statement folders_;
  Statement gone_;
};

} // namespace nightshift::sqlite

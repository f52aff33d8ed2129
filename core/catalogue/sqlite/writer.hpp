// SPDX-License-Identifier: Apache-2.0
//
// The one connection that writes, shared by all merges and regroups of a catalogue. Merges share a
// transaction as well, which is committed when it is large or when someone asks: a commit for each
// small folder would cost more than its rows. If a write fails, that transaction is undone, and
// whoever had rows in it is told at the next call.

#pragma once

#include "core/catalogue/sqlite/capture_table.hpp"
#include "core/catalogue/sqlite/database.hpp"
#include "core/catalogue/sqlite/folder_table.hpp"

#include <nightshift/error.hpp>
#include <nightshift/function_ref.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

namespace nightshift::sqlite {

class Writer {
 public:
  // What one merge has in the shared transaction. One thread at a time.
  class Stake {
    friend class Writer;
    std::uint64_t transaction_ = 0; // the last that it wrote in
  };

  struct Tables {
    Database& database;
    FolderTable& folders;
    CaptureTable& captures;
  };

  explicit Writer(Database database);

  // Run `body` within the shared transaction, alone. It returns how many rows it wrote, more or
  // less. If it throws, everything since the last commit is undone.
  void write(Stake& stake, FunctionRef<std::int64_t(Tables tables)> body);

  // Commit the shared transaction. Throws, too, if a write of this merge was undone since.
  void flush(const Stake& stake);

  void flush();

  // The connection, alone and with nothing pending, until the lock goes.
  [[nodiscard]] std::unique_lock<std::mutex> take_over();

  // Only with the lock.
  [[nodiscard]] Tables tables() noexcept { return {database_, folders_, captures_}; }

 private:
  void commit_pending();
  void give_up(const JobError& error) noexcept;
  void throw_if_lost(const Stake& stake) const;

  std::mutex mutex_;
  Database database_;
  FolderTable folders_;
  CaptureTable captures_;
  std::optional<Transaction> pending_;
  std::int64_t pending_rows_ = 0;
  std::uint64_t transaction_ = 0;          // the number of the last one begun
  std::map<std::uint64_t, JobError> lost_; // transactions that were undone, and why
};

} // namespace nightshift::sqlite

// SPDX-License-Identifier: Apache-2.0
//
// Connections that only read. They see what is committed, and never wait for the one that writes.
// There are only a few, since each has pages and statements in memory: what they do for a listing
// takes microseconds for each folder, and who comes too early waits for so long.

#pragma once

#include "core/catalogue/sqlite/database.hpp"
#include "core/catalogue/sqlite/folder_table.hpp"

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace nightshift::sqlite {

struct Reader {
  Database database;
  FolderLookup folders;
};

class ReaderPool {
 public:
  ReaderPool(std::filesystem::path file, std::string name);

 private:
  struct GiveBack {
    ReaderPool* pool;
    void operator()(Reader* reader) const noexcept;
  };

 public:
  using Lease = std::unique_ptr<Reader, GiveBack>;

  // For one thread at a time, and not longer than the pool lives. Any thread, but none that holds
  // another: it might wait for itself.
  [[nodiscard]] Lease borrow();

 private:
  std::filesystem::path file_;
  std::string name_;
  std::mutex mutex_; // of what follows
  std::condition_variable returned_;
  int lent_ = 0;
  std::vector<std::unique_ptr<Reader>> idle_;
};

} // namespace nightshift::sqlite

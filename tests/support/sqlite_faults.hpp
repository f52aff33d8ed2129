// SPDX-License-Identifier: Apache-2.0
//
// Faults between SQLite and the system, through the hook that SQLite has for it: from the n-th
// change to a file on (a write, a truncation, a removal) something goes wrong. For all connections
// of the process.

#pragma once

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace nightshift::tests {

class SqliteFaults {
 public:
  enum class Kind : std::uint8_t {
    kill,       // the process dies instead of that change
    torn_write, // the process dies after half of that write
    fail,       // that change and all later ones fail with EIO
  };

  SqliteFaults(Kind kind, std::int64_t at) {
    kind_ = kind;
    at_ = at;
    changes_ = 0;
    set("pwrite64", reinterpret_cast<sqlite3_syscall_ptr>(&write));
    set("pwrite", reinterpret_cast<sqlite3_syscall_ptr>(&write));
    set("ftruncate", reinterpret_cast<sqlite3_syscall_ptr>(&truncate));
    set("unlink", reinterpret_cast<sqlite3_syscall_ptr>(&remove));
  }

  SqliteFaults(const SqliteFaults&) = delete;
  SqliteFaults& operator=(const SqliteFaults&) = delete;

  ~SqliteFaults() {
    for (const char* call : {"pwrite64", "pwrite", "ftruncate", "unlink"}) {
      set(call, nullptr);
    }
  }

 private:
  static void set(const char* call, sqlite3_syscall_ptr function) {
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    vfs->xSetSystemCall(vfs, call, function);
  }

  // Whether the change is to fail; does not return if the process is to die.
  static bool strike() {
    if (++changes_ < at_) {
      return false;
    }
    if (kind_ != Kind::fail) {
      ::kill(::getpid(), SIGKILL);
    }
    errno = EIO;
    return true;
  }

  static ssize_t write(int fd, const void* bytes, std::size_t size, off_t offset) {
    if (kind_ == Kind::torn_write && changes_ + 1 >= at_) {
      static_cast<void>(::pwrite(fd, bytes, size / 2, offset));
    }
    return strike() ? -1 : ::pwrite(fd, bytes, size, offset);
  }

  static int truncate(int fd, off_t size) { return strike() ? -1 : ::ftruncate(fd, size); }

  static int remove(const char* path) { return strike() ? -1 : ::unlink(path); }

  // Static because SQLite calls plain functions.
  static inline std::atomic<Kind> kind_{Kind::fail};
  static inline std::atomic<std::int64_t> at_{std::numeric_limits<std::int64_t>::max()};
  static inline std::atomic<std::int64_t> changes_{0};
};

} // namespace nightshift::tests

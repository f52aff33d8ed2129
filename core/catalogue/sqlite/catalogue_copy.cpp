// SPDX-License-Identifier: Apache-2.0
//
// With a log and shared memory there, SQLite reads a snapshot. Without, nobody is at the file, and
// it is copied as any other, with the log if it was left alone; should somebody come meanwhile, it
// is done again.

#include "core/catalogue/sqlite/catalogue_copy.hpp"

#include "core/base/file.hpp"
#include "core/catalogue/sqlite/catalogue_traces.hpp"
#include "core/catalogue/sqlite/database.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>

namespace nightshift::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr int k_most_tries = 20;

void copy_plain(const fs::path& from, const fs::path& to, FunctionRef<void()> pause) {
  const Fd in = open_file(from);
  const Fd out(open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!out) {
    throw system_error(errno, fmt::format("cannot write {}", to.string()));
  }
  auto buffer = std::make_unique<std::array<char, std::size_t{1} << 20U>>();
  for (;;) {
    const std::size_t size = read_some(in, *buffer, from);
    if (size == 0) {
      return;
    }
    write_all(out, {buffer->data(), size}, to);
    pause();
  }
}

struct FinishBackup {
  void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
};

void copy_snapshot(const fs::path& from, const fs::path& to, FunctionRef<void()> pause) {
  constexpr std::chrono::seconds k_patience{10};
  constexpr int k_pages = 256;
  const std::string name = "catalogue " + shown_path(from);
  Database source(observed_uri(from, "readonly_shm=1"), Database::Access::observe, name,
                  k_patience);
  source.run("BEGIN; SELECT count(*) FROM sqlite_schema");
  Database copy(to.native(), Database::Access::create, "its copy in " + to.parent_path().string(),
                k_patience);
  copy.run("PRAGMA synchronous = OFF");
  const std::unique_ptr<sqlite3_backup, FinishBackup> backup(
      sqlite3_backup_init(copy.handle(), "main", source.handle(), "main"));
  errno = 0;
  int code = backup ? SQLITE_OK : sqlite3_extended_errcode(copy.handle());
  while (code == SQLITE_OK) {
    pause();
    code = sqlite3_backup_step(backup.get(), k_pages);
  }
  if (code != SQLITE_DONE) {
    throw sqlite_error(code, errno, "cannot copy " + name, sqlite3_errstr(code));
  }
}

// Whether the copy is one.
bool try_to_copy(const fs::path& from, const fs::path& to, const Traces& before,
                 FunctionRef<void()> pause) {
  if (before.in_use()) {
    copy_snapshot(from, to, pause);
    return true;
  }
  copy_plain(from, to, pause);
  if (before.log.exists) {
    copy_plain(beside(from, "-wal"), beside(to, "-wal"), pause);
  }
  return traces_of(from) == before;
}

void remove_copy(const fs::path& to) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    fs::remove(beside(to, suffix), ignored);
  }
}

} // namespace

bool copy_catalogue_file(const fs::path& from, const fs::path& to, FunctionRef<void()> pause) {
  for (int tries = 1;; ++tries) {
    const Traces before = traces_of(from);
    if (!before.file.exists) {
      return false;
    }
    try {
      if (try_to_copy(from, to, before, pause)) {
        return true;
      }
    } catch (const JobError&) {
      // While its last user leaves, log and shared memory go; then this way was the wrong one.
      if (traces_of(from) == before || tries == k_most_tries) {
        throw;
      }
    }
    remove_copy(to);
    if (tries == k_most_tries) {
      throw transient_error(
          error_code::k_busy,
          fmt::format("catalogue {} changes all the time; try again later", shown_path(from)));
    }
  }
}

} // namespace nightshift::sqlite

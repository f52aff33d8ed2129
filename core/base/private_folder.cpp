// SPDX-License-Identifier: Apache-2.0

#include "core/base/private_folder.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <system_error>

namespace nightshift {
namespace {

namespace fs = std::filesystem;

// Long enough for a process that has made its folder to lock it.
constexpr std::time_t k_youngest_left_over = 60;

Fd open_folder(const fs::path& path) {
  return Fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool take_lock(const Fd& folder) {
  return flock(folder.get(), LOCK_EX | LOCK_NB) == 0;
}

// Whether it is an own folder whose process is gone. The lock is held then.
bool is_left_over(const Fd& folder) {
  struct stat status {};

  return folder && fstat(folder.get(), &status) == 0 && status.st_uid == geteuid() &&
         std::time(nullptr) - status.st_mtime > k_youngest_left_over && take_lock(folder);
}

void remove_left_overs(const fs::path& place, std::string_view prefix) {
  std::error_code error;
  for (fs::directory_iterator entry(place, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->path().filename().native().starts_with(prefix)) {
      continue;
    }
    if (const Fd folder = open_folder(entry->path()); is_left_over(folder)) {
      std::error_code ignored;
      fs::remove_all(entry->path(), ignored);
    }
  }
}

fs::path place_for_temporaries() {
  std::error_code error;
  fs::path place = fs::temp_directory_path(error);
  if (error) {
    throw permanent_error(error_code::k_cannot_create,
                          "TMPDIR is no folder; name one that can be written to");
  }
  return place;
}

} // namespace

PrivateFolder::PrivateFolder(std::string_view prefix) {
  const fs::path place = place_for_temporaries();
  remove_left_overs(place, prefix);
  std::string name = (place / fmt::format("{}XXXXXX", prefix)).native();
  if (mkdtemp(name.data()) == nullptr) {
    throw system_error(
        errno, fmt::format("cannot make a folder for temporary files in {}", place.string()));
  }
  path_ = name;
  lock_ = open_folder(path_);
  if (!lock_ || !take_lock(lock_)) {
    const int error_number = errno;
    remove();
    throw system_error(error_number, fmt::format("cannot lock {}", path_.string()));
  }
}

PrivateFolder::~PrivateFolder() {
  remove();
}

void PrivateFolder::remove() const noexcept {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

} // namespace nightshift

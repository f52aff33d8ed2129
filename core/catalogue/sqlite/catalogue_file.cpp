// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/catalogue_file.hpp"

#include "core/base/file.hpp"
#include "core/catalogue/sqlite/migrate.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace nightshift::sqlite {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const char* code, const fs::path& path, std::string_view why) {
  throw permanent_error(code, fmt::format("cannot use catalogue {}: {}", shown_path(path), why));
}

[[noreturn]] void refuse_by_system(int error_number, const fs::path& path, std::string_view where) {
  const bool denied = error_number == EACCES || error_number == EPERM;
  refuse(denied ? error_code::k_denied : error_code::k_cannot_create, path,
         fmt::format("{}: {}", where, std::generic_category().message(error_number)));
}

// The folder that the file lies in or, where that is still to be made, the one above it that is
// there. Only `base_folder` is ever made by others.
fs::path existing_folder(const fs::path& path, const fs::path& base_folder) {
  const auto plain = [](const fs::path& folder) { return (folder / "").lexically_normal(); };
  fs::path folder = path.parent_path();
  std::error_code ignored;
  if (plain(folder) == plain(base_folder)) {
    while (!fs::exists(folder, ignored) && folder.has_relative_path()) {
      folder = folder.parent_path();
    }
  }
  return folder;
}

void check_filesystem(const CatalogueFile& file, const fs::path& folder) {
  struct statfs status {};

  if (file.network_allowed || ::statfs(folder.c_str(), &status) != 0) {
    return;
  }
  if (const auto name = network_filesystem(status.f_type)) {
    refuse(error_code::k_unsupported, file.path,
           fmt::format("it would lie on a network file system ({}), where SQLite silently loses "
                       "rows; put it on a local disk or, if only one machine ever uses it, append "
                       "?network=allow",
                       *name));
  }
}

// By its first page, read as a plain file. Only while nobody has it open: closing it again would
// take this process's locks away from under SQLite, and with a write-ahead log about the page may
// be out of date. Whoever has it open keeps such a log.
void check_content(const fs::path& path) {
  fs::path log = path;
  log += "-wal";
  std::error_code ignored;
  if (fs::exists(log, ignored)) {
    return;
  }
  const Fd fd = open_file(path);
  std::array<char, k_header_bytes> header{};
  const std::size_t size = read_some(fd, header, path);
  if (const auto problem = problem_of_header({header.data(), size})) {
    refuse(error_code::k_bad_data, path, *problem);
  }
}

} // namespace

CatalogueFile parse_catalogue_file(std::string_view text, const fs::path& base_folder) {
  const std::size_t mark = text.rfind('?');
  const std::string_view option =
      mark == std::string_view::npos ? std::string_view() : text.substr(mark);
  const std::string_view path = text.substr(0, mark);
  if (!option.empty() && option != "?network=allow") {
    throw permanent_error(error_code::k_bad_data,
                          fmt::format("catalogue sqlite:{}: \"{}\" is no option; the only one is "
                                      "?network=allow",
                                      printable_key(path), printable_key(option)));
  }
  if (path.empty() || path.ends_with('/')) {
    throw permanent_error(
        error_code::k_bad_data,
        fmt::format("catalogue sqlite:{}: a file's path is missing", printable_key(text)));
  }
  if (path == ":memory:") {
    throw permanent_error(error_code::k_unsupported,
                          "catalogue sqlite::memory: is not offered, it would be gone with the "
                          "run; give a file's path");
  }
  return {fs::absolute(base_folder / path), !option.empty()};
}

std::optional<std::string_view> network_filesystem(long type) noexcept {
  struct Known {
    std::uint32_t type;
    std::string_view name;
  };

  static constexpr std::array k_known{
      Known{0x6969, "NFS"},       Known{0x517B, "SMB"},        Known{0xFF534D42, "CIFS"},
      Known{0xFE534D42, "SMB"},   Known{0x0BD00BD0, "Lustre"}, Known{0x47504653, "GPFS"},
      Known{0x00C36400, "Ceph"},  Known{0x5346414F, "AFS"},    Known{0x6B414653, "AFS"},
      Known{0x01021997, "9p"},    Known{0x65735546, "FUSE"},   Known{0x19830326, "BeeGFS"},
      Known{0x20030528, "PVFS"},  Known{0x73757245, "Coda"},   Known{0xAAD7AAEA, "PanFS"},
      Known{0x7461636F, "OCFS2"}, Known{0x01161970, "GFS2"},   Known{0x786F4256, "vboxsf"},
      Known{0x0000564C, "NCP"},
  };
  const auto* const known = std::find_if(k_known.begin(), k_known.end(), [type](const Known& each) {
    return each.type == static_cast<std::uint32_t>(type);
  });
  return known == k_known.end() ? std::nullopt : std::optional(known->name);
}

void check_catalogue_file(const CatalogueFile& file, const fs::path& base_folder) {
  const fs::path folder = existing_folder(file.path, fs::absolute(base_folder));
  check_filesystem(file, folder);
  // SQLite keeps its log beside the file.
  if (::faccessat(AT_FDCWD, (folder / ".").c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    refuse_by_system(errno, file.path, fmt::format("its folder {}", shown_path(folder)));
  }

  struct stat status {};

  if (::stat(file.path.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return;
    }
    refuse_by_system(errno, file.path, "its path");
  }
  if (!S_ISREG(status.st_mode)) {
    refuse(error_code::k_cannot_create, file.path,
           S_ISDIR(status.st_mode) ? "a folder of that name is in its place"
                                   : "a special file is in its place");
  }
  if (::faccessat(AT_FDCWD, file.path.c_str(), R_OK | W_OK, AT_EACCESS) != 0) {
    refuse_by_system(errno, file.path, "the file");
  }
  check_content(file.path);
}

void check_catalogue_to_read(const CatalogueFile& file) {
  struct stat status {};

  if (::stat(file.path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      throw permanent_error(
          error_code::k_not_found,
          fmt::format("there is no catalogue {}: a sync makes it; if it lies elsewhere, name the "
                      "place with --state-dir or --catalogue",
                      shown_path(file.path)));
    }
    refuse_by_system(errno, file.path, "its path");
  }
  if (!S_ISREG(status.st_mode)) {
    refuse(error_code::k_bad_data, file.path,
           S_ISDIR(status.st_mode) ? "it is a folder" : "it is a special file");
  }
  if (::faccessat(AT_FDCWD, file.path.c_str(), R_OK, AT_EACCESS) != 0) {
    refuse_by_system(errno, file.path, "the file");
  }
  check_content(file.path);
}

} // namespace nightshift::sqlite

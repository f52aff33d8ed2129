// SPDX-License-Identifier: Apache-2.0

#include "core/storage/local/local_storage.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/base/work_meter.hpp"
#include "core/storage/local/file_uri.hpp"
#include "core/storage/local/folder_walk.hpp"
#include "core/storage/local/open_beneath.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace nightshift {

namespace {

std::string shown(std::string_view path) {
  return one_line(printable_key(path));
}

Fd open_root(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) {
    return fd;
  }
  switch (errno) {
  case ENOENT:
    throw permanent_error(error_code::k_not_found,
                          fmt::format("the source's folder {} is not there: check the path, and "
                                      "that its disk is mounted",
                                      shown(path)));
  case ENOTDIR:
    throw permanent_error(
        error_code::k_not_found,
        fmt::format("the source {} is no folder: name the folder that holds the captures",
                    shown(path)));
  case EACCES:
    throw permanent_error(error_code::k_denied,
                          fmt::format("the source's folder {} may not be read: give this user the "
                                      "right to read and to enter it",
                                      shown(path)));
  default:
    throw system_error(errno, fmt::format("cannot open the source's folder {}", shown(path)));
  }
}

// Whether each component of `path`, which may end with '/', is the name of an entry. ".." must
// never reach the system, and "a//b" and "./a" are not keys, though the system would take them.
bool has_only_names(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) {
    return false;
  }
  while (!path.empty()) {
    const std::string_view component = path.substr(0, path.find('/'));
    if (component.empty() || component == "." || component == "..") {
      return false;
    }
    path.remove_prefix(std::min(path.size(), component.size() + 1));
  }
  return true;
}

class LocalStorage final : public Storage {
 public:
  LocalStorage(std::string root, PartLimits limits)
      : path_(std::move(root)),
        limits_(limits),
        root_(open_root(path_)) {}

  void list(const ListQuery& query, FolderSink sink, Executor& executor,
            std::stop_token stop) override {
    const std::string& prefix = query.prefix;
    if (!has_only_names(prefix) || (!prefix.empty() && !prefix.ends_with('/'))) {
      throw permanent_error(
          error_code::k_bad_data,
          fmt::format("{} is no folder below {}: write it with names only, no '..'", shown(prefix),
                      shown(path_)));
    }
    walk_folders({root_, path_, query, sink, std::move(stop), limits_}, executor);
  }

  [[nodiscard]] std::size_t read(std::string_view key, std::uint64_t offset,
                                 std::span<std::byte> to) override {
    const Fd file = open_object(key);
    std::size_t done = 0;
    while (done < to.size() && offset + done <= k_last_offset) {
      const ssize_t count = ::pread(file.get(), to.data() + done, to.size() - done,
                                    static_cast<off_t>(offset + done));
      tally(Tally::read);
      if (count == 0) {
        break;
      }
      if (count > 0) {
        tally(Tally::read_bytes, count);
        done += static_cast<std::size_t>(count);
      } else if (errno != EINTR) {
        throw system_error(errno, fmt::format("cannot read {}", full_path(key)));
      }
    }
    return done;
  }

  [[nodiscard]] std::string describe() const override { return make_file_uri(path_); }

 private:
  static constexpr auto k_last_offset =
      static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

  [[nodiscard]] std::string full_path(std::string_view key) const {
    return shown(path_ + "/" + std::string(key));
  }

  // Whatever is no regular file, or lies behind a symbolic link, is no object.
  [[nodiscard]] Fd open_object(std::string_view key) const {
    int error_number = ENOENT;
    if (!key.empty() && !key.ends_with('/') && has_only_names(key)) {
      // Without O_NONBLOCK a pipe of that name would hold us until somebody writes to it.
      Fd file = open_beneath(root_, std::string(key), O_RDONLY | O_NONBLOCK | O_NOCTTY);
      error_number = errno;

      struct stat facts {};

      if (file && ::fstat(file.get(), &facts) == 0 && S_ISREG(facts.st_mode)) {
        return file;
      }
      if (file) {
        error_number = ENOENT;
      }
    }
    switch (error_number) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENXIO: // a socket
    case ENAMETOOLONG:
      throw permanent_error(error_code::k_not_found,
                            fmt::format("there is no file {}", full_path(key)));
    default:
      throw system_error(error_number, fmt::format("cannot open {}", full_path(key)));
    }
  }

  std::string path_;
  PartLimits limits_;
  Fd root_;
};

} // namespace

std::unique_ptr<Storage> open_local_storage(std::string root, PartLimits limits) {
  return std::make_unique<LocalStorage>(std::move(root), limits);
}

} // namespace nightshift

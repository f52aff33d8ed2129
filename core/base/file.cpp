// SPDX-License-Identifier: Apache-2.0

#include "core/base/file.hpp"

#include "core/base/text.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <random>
#include <system_error>

namespace nightshift {

namespace {

namespace fs = std::filesystem;

const char* code_for(int error_number) noexcept {
  switch (error_number) {
  case ENOENT:
  case ENOTDIR:
    return error_code::k_not_found;
  case EACCES:
  case EPERM:
    return error_code::k_denied;
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
    return error_code::k_no_space;
  case EROFS:
    return error_code::k_cannot_create;
  default:
    return error_code::k_io;
  }
}

constexpr std::string_view k_temporary_start = ".nightshift-";
constexpr std::string_view k_temporary_end = ".tmp";

// A file with a name of its own in the folder of another, removed unless `keep` was called. The
// name is hidden, and of a fixed length so that it fits wherever the final name does.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& beside) {
    thread_local std::random_device random; // to make one asks the processor, slow if virtual
    do {
      path_ = beside.parent_path() / fmt::format("{}{:08x}{:08x}{}", k_temporary_start, random(),
                                                 random(), k_temporary_end);
      fd_ = Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    } while (!fd_ && errno == EEXIST);
    if (!fd_) {
      throw system_error(errno, fmt::format("cannot write {}", shown_path(beside)));
    }
  }

  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  ~TemporaryFile() {
    if (!kept_) {
      ::unlink(path_.c_str());
    }
  }

  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

  [[nodiscard]] Fd& fd() noexcept { return fd_; }

  void keep() noexcept { kept_ = true; }

 private:
  fs::path path_;
  Fd fd_;
  bool kept_ = false;
};

void sync_folder(const fs::path& folder, const fs::path& for_file) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // EINVAL: a file system that has no such thing as a folder to sync.
  if (!fd || (::fsync(fd.get()) != 0 && errno != EINVAL)) {
    throw system_error(errno, fmt::format("cannot make {} durable", shown_path(for_file)));
  }
}

} // namespace

std::string shown_path(const fs::path& path) {
  return one_line(printable_key(path.native()));
}

Fd::~Fd() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

JobError system_error(int error_number, std::string_view what) {
  return permanent_error(
      code_for(error_number),
      fmt::format("{}: {}", what, std::generic_category().message(error_number)));
}

Fd open_file(const fs::path& path) {
  // Without O_NONBLOCK a pipe of that name would hold us until somebody writes to it.
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));

  struct stat status {};

  if (!fd || ::fstat(fd.get(), &status) != 0) {
    throw system_error(errno, fmt::format("cannot read {}", shown_path(path)));
  }
  if (!S_ISREG(status.st_mode)) {
    throw permanent_error(error_code::k_bad_data,
                          fmt::format("cannot read {}: it is {}, not a file", shown_path(path),
                                      S_ISDIR(status.st_mode) ? "a folder" : "a special file"));
  }
  return fd;
}

std::size_t read_some(const Fd& fd, std::span<char> buffer, const fs::path& name) {
  for (;;) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count >= 0) {
      return static_cast<std::size_t>(count);
    }
    if (errno != EINTR) {
      throw system_error(errno, fmt::format("cannot read {}", shown_path(name)));
    }
  }
}

std::string read_file(const fs::path& path, std::size_t max_bytes) {
  const Fd fd = open_file(path);
  std::string content;
  std::array<char, 65536> piece{};
  while (const std::size_t count = read_some(fd, piece, path)) {
    content.append(piece.data(), count);
    if (content.size() > max_bytes) {
      throw permanent_error(error_code::k_bad_data,
                            fmt::format("cannot read {}: it is larger than {} bytes",
                                        shown_path(path),
                                        grouped(static_cast<std::int64_t>(max_bytes))));
    }
  }
  return content;
}

void write_all(const Fd& fd, std::string_view bytes, const fs::path& name) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd.get(), bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      throw system_error(errno, fmt::format("cannot write {}", shown_path(name)));
    }
  }
}

bool is_temporary_of_replace_file(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with(k_temporary_start) && name.ends_with(k_temporary_end);
}

namespace {

// `mode` is the file's whatever the umask; 0: what the umask leaves of 0644.
void replace(const fs::path& path, FunctionRef<void(PieceTaker)> write, Durable durable,
             mode_t mode) {
  const auto check = [&path](int result) {
    if (result != 0) {
      throw system_error(errno, fmt::format("cannot write {}", shown_path(path)));
    }
  };
  TemporaryFile temporary(path);
  write([&](std::string_view piece) { write_all(temporary.fd(), piece, path); });
  if (mode != 0) {
    check(::fchmod(temporary.fd().get(), mode));
  }
  if (durable == Durable::yes) {
    check(::fsync(temporary.fd().get()));
  }
  // A network file system may say only now that it has no room.
  check(::close(temporary.fd().release()));
  check(::rename(temporary.path().c_str(), path.c_str()));
  temporary.keep();
  if (durable == Durable::yes) {
    const fs::path folder = path.parent_path();
    sync_folder(folder.empty() ? fs::path(".") : folder, path);
  }
}

} // namespace

void replace_file(const fs::path& path, std::string_view content, Durable durable) {
  replace_file(
      path, [content](PieceTaker take) { take(content); }, durable);
}

void replace_file(const fs::path& path, FunctionRef<void(PieceTaker)> write, Durable durable) {
  replace(path, write, durable, 0);
}

void replace_public_file(const fs::path& path, std::string_view content) {
  replace(
      path, [content](PieceTaker take) { take(content); }, Durable::no, 0644);
}

} // namespace nightshift

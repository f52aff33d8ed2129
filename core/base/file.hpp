// SPDX-License-Identifier: Apache-2.0
//
// Files by descriptor, and the operating system's errors as sentences.

#pragma once

#include <nightshift/error.hpp>
#include <nightshift/function_ref.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace nightshift {

// Owns a descriptor.
class Fd {
 public:
  Fd() = default;

  explicit Fd(int fd) : fd_(fd) {}

  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  ~Fd();

  [[nodiscard]] int get() const noexcept { return fd_; }

  // Give the descriptor up, for a caller who closes it and asks whether that went well.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

  [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// A path for people: on one line, and no byte lost.
[[nodiscard]] std::string shown_path(const std::filesystem::path& path);

// The error for a failed system call: the code that fits `error_number` (ENOENT, ENOTDIR:
// not_found; EACCES, EPERM: denied; ENOSPC, EDQUOT, EFBIG: no_space; EROFS: cannot_create; else io)
// and the text "`what`: <the system's words>". Always permanent: what a retry may mend is known
// only to the caller.
[[nodiscard]] JobError system_error(int error_number, std::string_view what);

// Open a regular file for reading. Throws `not_found`, `denied`, `io`; `bad_data` if it is no
// regular file.
[[nodiscard]] Fd open_file(const std::filesystem::path& path);

// As many bytes as there are, at most `buffer.size()`; 0 at the end. `name` is for the error.
[[nodiscard]] std::size_t read_some(const Fd& fd, std::span<char> buffer,
                                    const std::filesystem::path& name);

// The whole file. Throws as `open_file` does, and `bad_data` if it is larger than `max_bytes`.
[[nodiscard]] std::string read_file(const std::filesystem::path& path, std::size_t max_bytes);

// Write all of `bytes`, through interruptions and short writes. `name` is for the error.
void write_all(const Fd& fd, std::string_view bytes, const std::filesystem::path& name);

enum class Durable { no, yes };

// Put `content` in the place of the file at `path`, all or nothing for every reader and after every
// kill: a temporary file beside it, renamed onto it. `Durable::yes` survives a power cut as well
// (file and folder are synced). Mode 0644 less the umask. On an error the old file stays and no
// temporary is left.
void replace_file(const std::filesystem::path& path, std::string_view content, Durable durable);

// The same for content that comes piece by piece: `write` is given what takes a piece. If it
// throws, the old file stays.
using PieceTaker = FunctionRef<void(std::string_view)>;
void replace_file(const std::filesystem::path& path, FunctionRef<void(PieceTaker)> write,
                  Durable durable);

// Whether a file is such a temporary, left by a kill; by its name.
[[nodiscard]] bool is_temporary_of_replace_file(const std::filesystem::path& path);

// As `replace_file`, for a file that everybody may read (mode 0644 whatever the umask), as another
// user's program has to.
void replace_public_file(const std::filesystem::path& path, std::string_view content);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/base/secret_file.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <span>
#include <utility>

namespace nightshift {
namespace {

// Nothing if it is not there.
std::optional<Fd> open_if_there(const std::filesystem::path& path) {
  try {
    return open_file(path);
  } catch (const JobError& error) {
    if (error.code() != error_code::k_not_found) {
      throw;
    }
    return std::nullopt;
  }
}

void refuse_everybodys(const Fd& file, const std::filesystem::path& path) {
  struct stat status {};

  if (::fstat(file.get(), &status) != 0) {
    throw system_error(errno, fmt::format("cannot read {}", shown_path(path)));
  }
  if ((status.st_mode & S_IWOTH) != 0) {
    throw permanent_error(
        error_code::k_config,
        fmt::format("{} is not trusted, because every user may write it; take that right away with "
                    "\"chmod o-w\"",
                    shown_path(path)));
  }
}

} // namespace

std::optional<Secret> read_secret_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const auto file = open_if_there(path);
  if (!file) {
    return std::nullopt;
  }
  refuse_everybodys(*file, path);
  constexpr std::size_t k_piece = 16384;
  SecretBytes bytes;
  for (std::size_t used = 0;;) {
    bytes.resize(used + k_piece);
    const std::size_t count = read_some(*file, std::span(bytes).subspan(used), path);
    used += count;
    if (used > max_bytes) {
      throw permanent_error(error_code::k_bad_data,
                            fmt::format("cannot read {}: it is larger than {} bytes",
                                        shown_path(path),
                                        grouped(static_cast<std::int64_t>(max_bytes))));
    }
    if (count == 0) {
      bytes.resize(used);
      return Secret(std::move(bytes));
    }
  }
}

} // namespace nightshift

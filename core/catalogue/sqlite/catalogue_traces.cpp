// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/catalogue_traces.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <sys/stat.h>

#include <cerrno>

namespace nightshift::sqlite {
namespace {

namespace fs = std::filesystem;

Trace trace_of(const fs::path& path) {
  struct stat status {};

  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return {};
    }
    throw system_error(errno,
                       fmt::format("cannot read {}", one_line(printable_key(path.native()))));
  }
  return {true, status.st_ino, status.st_size,
          std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

} // namespace

Traces traces_of(const fs::path& file) {
  return {trace_of(file), trace_of(beside(file, "-wal")), trace_of(beside(file, "-shm")).exists};
}

fs::path beside(const fs::path& file, std::string_view suffix) {
  fs::path path = file;
  path += suffix;
  return path;
}

// A path is free to hold what has a meaning in a URI.
std::string observed_uri(const fs::path& file, std::string_view how) {
  std::string uri = "file:";
  for (const char c : file.native()) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?mode=ro&" + std::string(how);
}

} // namespace nightshift::sqlite

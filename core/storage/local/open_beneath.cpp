// SPDX-License-Identifier: Apache-2.0

#include "core/storage/local/open_beneath.hpp"

#include "core/base/work_meter.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstddef>
#include <string_view>
#include <utility>

namespace nightshift {

namespace {

constexpr int k_on_the_way = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Fd open_at(int folder, const char* path, int flags) {
  tally(Tally::open);
  return Fd(::openat(folder, path, flags));
}

// glibc has no wrapper for it before 2.42.
Fd openat2(int folder, const char* path, int flags) {
  tally(Tally::open);
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return Fd(static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof how)));
}

// How many bytes at the front of `path` make whole components and are at most `limit`.
std::size_t front_length(std::string_view path, std::size_t limit) {
  if (path.size() <= limit) {
    return path.size();
  }
  const std::size_t slash = path.rfind('/', limit - 1);
  return slash == std::string_view::npos ? path.size() : slash + 1;
}

} // namespace

Fd open_beneath(const Fd& root, const std::string& path, int flags) {
  flags |= O_CLOEXEC | O_NOFOLLOW;
  if (path.empty()) {
    return open_at(root.get(), ".", flags);
  }
  Fd folder;
  std::size_t at = 0;
  for (;;) {
    const int from = folder ? folder.get() : root.get();
    const std::size_t length = front_length(std::string_view(path).substr(at), PATH_MAX - 1);
    const bool is_rest = at + length == path.size();
    Fd next = is_rest ? openat2(from, path.c_str() + at, flags)
                      : openat2(from, path.substr(at, length).c_str(), k_on_the_way);
    // EPERM is how some sandboxes refuse calls that they do not know.
    if (!next && (errno == ENOSYS || errno == EPERM)) {
      return open_beneath_stepwise(root, path, flags);
    }
    if (!next || is_rest) {
      return next;
    }
    folder = std::move(next);
    at += length;
  }
}

Fd open_beneath_stepwise(const Fd& root, const std::string& path, int flags) {
  flags |= O_CLOEXEC | O_NOFOLLOW;
  if (path.empty()) {
    return open_at(root.get(), ".", flags);
  }
  Fd folder;
  std::string_view rest(path);
  while (true) {
    const int from = folder ? folder.get() : root.get();
    const std::string component(rest.substr(0, rest.find('/')));
    rest.remove_prefix(component.size());
    const bool is_last = rest.size() <= 1;
    Fd next = open_at(from, component.c_str(), is_last ? flags : k_on_the_way);
    if (!next || is_last) {
      return next;
    }
    folder = std::move(next);
    rest.remove_prefix(1);
  }
}

} // namespace nightshift

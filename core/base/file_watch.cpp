// SPDX-License-Identifier: Apache-2.0

#include "core/base/file_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace nightshift {
namespace {

// Take all that waits to be read. What it says is of no interest: the caller looks for itself.
void drain(const Fd& fd) noexcept {
  std::array<char, 4096> ignored{};
  while (read(fd.get(), ignored.data(), ignored.size()) > 0) {
  }
}

constexpr std::uint32_t k_completed = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF;

} // namespace

FileWatch::FileWatch()
    : changes_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_) {
    throw system_error(errno, "cannot watch files");
  }
}

int FileWatch::add(const std::filesystem::path& path) noexcept {
  return add(path, k_completed);
}

int FileWatch::add_growing(const std::filesystem::path& path) noexcept {
  return add(path, k_completed | IN_MODIFY);
}

int FileWatch::add(const std::filesystem::path& path, std::uint32_t changes) noexcept {
  return changes_ ? inotify_add_watch(changes_.get(), path.c_str(), changes) : -1;
}

void FileWatch::forget(int number) noexcept {
  if (number >= 0) {
    (void)inotify_rm_watch(changes_.get(), number);
  }
}

void FileWatch::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!write(wake_.get(), &one, sizeof one);
}

bool FileWatch::wait(std::chrono::milliseconds timeout) noexcept {
  // poll leaves out a negative descriptor: no inotify, no events of it.
  std::array<pollfd, 2> watched{{{wake_.get(), POLLIN, 0}, {changes_.get(), POLLIN, 0}}};
  const int happened = poll(watched.data(), watched.size(), static_cast<int>(timeout.count()));
  drain(wake_);
  if (changes_) {
    drain(changes_);
  }
  return happened != 0;
}

} // namespace nightshift

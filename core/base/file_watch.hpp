// SPDX-License-Identifier: Apache-2.0
//
// Waiting for files to change: woken by the kernel (inotify) where it can tell, which it cannot for
// what another machine does on a network file system. So every wait has an end, after which the
// caller looks for itself.

#pragma once

#include "core/base/file.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace nightshift {

class FileWatch {
 public:
  // Without inotify (its instances can be used up) a watch that only times out and is woken.
  FileWatch();

  // Watch a folder for files that are put into it or closed after writing; or such a file for being
  // closed. What cannot be watched is left to the timeout. A number for `forget`, negative then.
  // Any thread.
  int add(const std::filesystem::path& path) noexcept;

  // Watch a file for being written to as well.
  int add_growing(const std::filesystem::path& path) noexcept;

  // Any thread.
  void forget(int number) noexcept;

  // End the wait under way, or else the next one. Any thread.
  void wake() noexcept;

  // Until something happens, `wake` is called or `timeout` is over, which gives false. One thread.
  bool wait(std::chrono::milliseconds timeout) noexcept;

 private:
  int add(const std::filesystem::path& path, std::uint32_t changes) noexcept;

  Fd changes_;
  Fd wake_;
};

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "tests/support/temp_dir.hpp"

#include <sys/mount.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace nightshift::tests {

// A file system of its own that is soon full (a tmpfs), gone with the object. Needs root, as a
// container's build has it.
class SmallDisk {
 public:
  explicit SmallDisk(std::size_t bytes) {
    const std::string options = "size=" + std::to_string(bytes);
    if (::mount("tmpfs", path().c_str(), "tmpfs", 0, options.c_str()) != 0) {
      throw std::system_error(errno, std::generic_category(),
                              "this test mounts a small tmpfs and so must run as root; mount");
    }
  }

  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  ~SmallDisk() { ::umount2(path().c_str(), MNT_DETACH); }

  // From now on nothing can be written to it.
  void make_read_only() const {
    if (::mount(nullptr, path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
      throw std::system_error(errno, std::generic_category(), "remount");
    }
  }

  // Leave not a byte on it.
  void fill() const {
    for (const std::size_t size : {65'536U, 1U}) {
      const std::string block(size, 'x');
      std::ofstream stream(path() / "filler", std::ios::binary | std::ios::app);
      while (stream.write(block.data(), static_cast<std::streamsize>(size)).flush()) {
      }
    }
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_.path(); }

 private:
  TempDir folder_;
};

} // namespace nightshift::tests

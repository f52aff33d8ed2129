// SPDX-License-Identifier: Apache-2.0
//
// A folder for what a process makes only for itself. It goes with the object; one whose process was
// killed is taken away by the next process that makes one.

#pragma once

#include "core/base/file.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace nightshift {

class PrivateFolder {
 public:
  // A new folder in TMPDIR (else /tmp) that nobody else may enter; its name begins with `prefix`,
  // which is the program's own. Throws `JobError`.
  explicit PrivateFolder(std::string_view prefix);
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  // Take it away now, whatever is in it. Any thread.
  void remove() const noexcept;

 private:
  std::filesystem::path path_;
  Fd lock_; // held while the process lives
};

} // namespace nightshift

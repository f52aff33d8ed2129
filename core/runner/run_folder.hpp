// SPDX-License-Identifier: Apache-2.0
//
// Where one run tells what it came to. The run holds a lock in it while it lives, so that nobody
// takes for left behind what is only slow.

#pragma once

#include "core/base/time.hpp"
#include "core/record/owner_lock.hpp"
#include "core/record/report.hpp"
#include "core/record/state_dir.hpp"

#include <filesystem>
#include <string>

namespace nightshift {

class RunFolder {
 public:
  // A new one. Throws `JobError`.
  RunFolder(const StateDir& state_dir, TimePoint now);

  [[nodiscard]] std::string run() const { return path_.filename().string(); }

  [[nodiscard]] std::filesystem::path report() const { return report_of(path_); }

  // Put the run's report there, to stay whatever happens. Throws `JobError`.
  void write(const RunReport& report) const;

  [[nodiscard]] static std::filesystem::path report_of(const std::filesystem::path& folder);

  // Whether the run of this folder is under way.
  [[nodiscard]] static bool is_alive(const std::filesystem::path& folder) noexcept;

 private:
  std::filesystem::path path_;
  OwnerLock lock_;
};

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/runner/run_folder.hpp"

#include "core/base/file.hpp"

namespace nightshift {
namespace {

std::filesystem::path lock_of(const std::filesystem::path& folder) {
  return folder / "owner.json";
}

} // namespace

RunFolder::RunFolder(const StateDir& state_dir, TimePoint now)
    : path_(state_dir.make_run_folder(now)),
      lock_(lock_of(path_)) {
  // Nobody else knows of it yet.
  (void)lock_.try_take({own_process(), run(), 0, state_dir.path().string(), now});
}

void RunFolder::write(const RunReport& report) const {
  replace_file(
      report_of(path_), [&](PieceTaker take) { write_report(report, take); }, Durable::yes);
}

std::filesystem::path RunFolder::report_of(const std::filesystem::path& folder) {
  return folder / "report.json";
}

bool RunFolder::is_alive(const std::filesystem::path& folder) noexcept {
  return lock_state(lock_of(folder)) == LockState::held;
}

} // namespace nightshift

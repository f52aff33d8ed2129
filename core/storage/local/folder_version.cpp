// SPDX-License-Identifier: Apache-2.0

#include "core/storage/local/folder_version.hpp"

#include "core/base/work_meter.hpp"
#include "core/storage/litter.hpp"

#include <nightshift/fingerprint.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <limits>

namespace nightshift {

std::int64_t nanoseconds(const statx_timestamp& time) noexcept {
  constexpr std::int64_t k_second = 1'000'000'000;
  constexpr std::int64_t k_last = std::numeric_limits<std::int64_t>::max() / k_second - 1;
  if (time.tv_sec > k_last || time.tv_sec < -k_last) {
    return time.tv_sec > 0 ? std::numeric_limits<std::int64_t>::max()
                           : std::numeric_limits<std::int64_t>::min();
  }
  return time.tv_sec * k_second + time.tv_nsec;
}

std::int64_t last_change(const struct statx& found) noexcept {
  return nanoseconds(found.stx_ctime);
}

std::int64_t version_of(const struct statx& folder) {
  return static_cast<std::int64_t>(
      hash_of(fmt::format("{} {} {} {}", k_litter_version, folder.stx_ino,
                          nanoseconds(folder.stx_mtime), nanoseconds(folder.stx_ctime))));
}

bool keeps_folder_times(std::uint64_t file_system_type) noexcept {
  constexpr std::array<std::uint64_t, 3> k_without{MSDOS_SUPER_MAGIC, EXFAT_SUPER_MAGIC,
                                                   FUSE_SUPER_MAGIC};
  return std::find(k_without.begin(), k_without.end(), file_system_type) == k_without.end();
}

std::optional<FolderVersion> FolderVersions::of(const Fd& folder) {
  struct statx found {};

  constexpr int k_how = AT_EMPTY_PATH | AT_STATX_FORCE_SYNC;
  constexpr unsigned k_wanted = STATX_INO | STATX_MTIME | STATX_CTIME;
  tally(Tally::statx);
  if (::statx(folder.get(), "", k_how, k_wanted, &found) != 0 ||
      (found.stx_mask & k_wanted) != k_wanted) {
    return std::nullopt;
  }
  const std::uint64_t device = std::uint64_t{found.stx_dev_major} << 32U | found.stx_dev_minor;
  if (!are_kept(device, folder)) {
    return std::nullopt;
  }
  return FolderVersion{version_of(found), last_change(found)};
}

bool FolderVersions::are_kept(std::uint64_t device, const Fd& folder) {
  const std::scoped_lock lock(mutex_);
  const auto known = kept_.find(device);
  if (known != kept_.end()) {
    return known->second;
  }

  struct statfs found {};

  const bool kept = ::fstatfs(folder.get(), &found) == 0 &&
                    keeps_folder_times(static_cast<std::uint32_t>(found.f_type));
  return kept_.emplace(device, kept).first->second;
}

} // namespace nightshift

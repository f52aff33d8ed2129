// SPDX-License-Identifier: Apache-2.0

#include "core/runner/cpu_shares.hpp"

#include <algorithm>

namespace nightshift {

// Not inline, so that the file that uses TBB, which ThreadSanitizer does not see, has no copies.

int CpuShares::threads() const noexcept {
  return threads_;
}

int CpuShares::share() const noexcept {
  return std::max(threads_ / std::clamp(holders_.load(), 1, most_holders_), 1);
}

} // namespace nightshift

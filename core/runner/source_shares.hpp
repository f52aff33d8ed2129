// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/runner/cpu_shares.hpp"

#include <nightshift/storage.hpp>

#include <map>
#include <mutex>

namespace nightshift {

// The threads that wait for sources: so many for each, divided between the jobs that read it at
// once. As many for each job would not make a disk faster, and each keeps a folder in memory.
class SourceShares {
 public:
  SourceShares(int threads, int jobs_at_once) : threads_(threads), jobs_at_once_(jobs_at_once) {}

  // What the jobs with this source share; null: those without one. A job that is yet to begin holds
  // its share as well, or the first of many would have all. Any thread; lives as long as this.
  [[nodiscard]] CpuShares& of(const Storage* source) {
    const std::scoped_lock lock(mutex_);
    return shares_.try_emplace(source, threads_, jobs_at_once_).first->second;
  }

 private:
  const int threads_; // for each
  const int jobs_at_once_;
  std::mutex mutex_;
  std::map<const Storage*, CpuShares> shares_;
};

} // namespace nightshift

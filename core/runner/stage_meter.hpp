// SPDX-License-Identifier: Apache-2.0
//
// Where the time of a stage goes, measured while it is under way. CPU time, faults and switches are
// those of the threads that work for it, on the executors it was given and on its own thread, so
// that they hold beside other jobs too. What nobody works at a stage for is not its: the runner's
// ticker, what is written of it to its record, threads that look for work.

#pragma once

#include "core/base/process_use.hpp"
#include "core/base/work_meter.hpp"
#include "core/record/profile.hpp"

#include <nightshift/executor.hpp>
#include <nightshift/queue_meter.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

// Any thread.
class StageMeter {
 public:
  // `alone` in the process, whose input and output then are the stage's.
  explicit StageMeter(bool alone);

  [[nodiscard]] WorkMeter& work() noexcept { return work_; }

  // Of the stage's queue of that name; lives as long as this.
  [[nodiscard]] QueueMeter& queue(std::string_view name);

  // So far, without what threads are still at.
  [[nodiscard]] StageProfile profile() const;

 private:
  const std::optional<ProcessIo> io_began_; // nothing: not alone
  WorkMeter work_;
  mutable std::mutex mutex_; // of what follows
  std::map<std::string, QueueMeter, std::less<>> queues_;
};

// `executor`, the bodies of which work for `meter`, which is borrowed; as it is for null.
[[nodiscard]] std::unique_ptr<Executor> metered(std::unique_ptr<Executor> executor,
                                                WorkMeter* meter);

} // namespace nightshift

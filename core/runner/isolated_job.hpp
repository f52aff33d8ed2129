// SPDX-License-Identifier: Apache-2.0
//
// A job in a process of its own, the same program started anew: whatever its plugin does to that
// process costs this job alone. The child owns the job and writes its journal; this side reads
// along, passes signals on, and tells an end where the child could not.

#pragma once

#include "core/record/event.hpp"
#include "core/record/job_record.hpp"
#include "core/record/lost_job.hpp"
#include "core/record/state_dir.hpp"
#include "core/runner/run.hpp"
#include "core/runner/run_services.hpp"
#include "core/runner/running_jobs.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

// What the child is told beside what its run is.
struct IsolatedStart {
  std::string command; // "start" or "retry"
  std::filesystem::path state_dir;
  int threads = 1;
};

class IsolatedJob final : public RunningJob {
 public:
  // The options' listener must outlive the job.
  IsolatedJob(JobFolder folder, const IsolatedStart& start, const RunServices& services,
              const RunOptions& options);

  // Start the process and wait for its end; the job's record is final then. Throws `JobError` if it
  // cannot be started, or did nothing of the job. Once. The thread must live as long as the
  // process: the kernel ends the process with it.
  [[nodiscard]] JobRecord run();

  void stop(StopReason reason) override;

  void tick() override;

  [[nodiscard]] bool is_overdue() const override;

  // Kills the process; the job then ends by itself.
  bool abandon() override;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  void start();
  [[nodiscard]] int wait();
  void follow();
  void send(int number) const;
  [[nodiscard]] JobEnding ending(int status) const;

  const JobFolder folder_;
  const std::vector<std::string> arguments_; // of the program
  const std::chrono::milliseconds grace_;    // the child's; then it gets a little more
  EventListener* const listener_;
  mutable std::mutex mutex_; // of what follows
  pid_t pid_ = -1;
  std::uint64_t read_ = 0; // bytes of the journal
  SteadyTime heard_ = std::chrono::steady_clock::now();
  SteadyTime looked_ = heard_;
  bool silenced_ = false; // killed since it gave no sign of life
  StopReason stop_reason_ = StopReason::none;
  std::optional<SteadyTime> stopped_;
};

// Have the kernel end this process when the thread that started it, in process `parent`, ends.
void die_with(std::int64_t parent);

} // namespace nightshift

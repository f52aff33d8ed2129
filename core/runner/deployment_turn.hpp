// SPDX-License-Identifier: Apache-2.0
//
// One job at a time writes a deployment's rows, on the whole machine and whatever state directories
// the jobs are recorded in: the lock lies beside the catalogue, a file for each deployment.

#pragma once

#include "core/record/job_recorder.hpp"
#include "core/record/owner_lock.hpp"
#include "core/runner/job_outcome.hpp"
#include "core/runner/overlap.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace nightshift {

// Who writes the deployment just now, and what to do about it; nothing if nobody does. `folder` is
// where the locks lie, or would. Makes nothing.
[[nodiscard]] std::optional<std::string> busy_deployment(const std::filesystem::path& folder,
                                                         std::int64_t deployment);

class DeploymentTurn {
 public:
  // The lock is not taken yet. `self` is who takes it. Throws `JobError` if the lock's file or
  // `folder` cannot be made.
  DeploymentTurn(const std::filesystem::path& folder, std::int64_t deployment, OwnerFacts self);
  DeploymentTurn(const DeploymentTurn&) = delete;
  DeploymentTurn& operator=(const DeploymentTurn&) = delete;
  ~DeploymentTurn(); // gives it back

  // Whether a job of this run was left behind, and so may keep its deployment for good.
  using WasLeftBehind = std::function<bool(std::int64_t job)>;

  // Take the lock, or do about its holder what `overlap` says; another job of the same run is
  // waited for in any case, unless it was left behind, and is neither asked to cancel nor counted
  // for patience. Nothing once it is ours, else how the job ends. Waiting is told to `recorder`.
  // Throws a `JobError` of class cancelled if `stop` is requested meanwhile.
  [[nodiscard]] std::optional<JobOutcome> take(const Overlap& overlap, JobRecorder& recorder,
                                               const std::stop_token& stop,
                                               const WasLeftBehind& was_left_behind);

 private:
  class Waiting;

  [[nodiscard]] bool try_take();
  [[nodiscard]] std::string busy_text() const;

  const std::int64_t deployment_;
  const OwnerFacts self_;
  OwnerLock lock_;
};

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/json.hpp"
#include "core/runner/stage_meter.hpp"

#include <nightshift/progress.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace nightshift {

// How often a job that has nothing to tell gives a sign of life.
inline constexpr std::chrono::seconds k_heartbeat_interval{30};

// The stage under way, as far as others than its own thread look at it.
class ActiveStage {
 public:
  // `parameters`: how many values it shows in the record. `meter`: null, or what keeps its profile.
  ActiveStage(std::string key, std::size_t parameters, std::unique_ptr<StageMeter> meter = {});

  [[nodiscard]] const std::string& key() const noexcept { return key_; }

  [[nodiscard]] StageProgress& progress() noexcept { return progress_; }

  [[nodiscard]] StageMeter* meter() noexcept { return meter_.get(); }

  // The attributes of an event that tells how far it is.
  [[nodiscard]] Json progress_now() const;

  // Those of the event that tells its end. The process's CPU time is the stage's where it is
  // `alone` in it.
  [[nodiscard]] Json end(bool alone) const;

  // A number that changes whenever something that the stage counts does.
  [[nodiscard]] std::uint64_t state() const noexcept;

  // Whether it is time to tell how far the stage is; then it counts as told. Once a second while
  // it moves, else as a sign of life.
  [[nodiscard]] bool take_turn_to_tell();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  const std::string key_;
  const std::size_t parameters_;
  const SteadyTime began_;
  const double cpu_began_;
  const std::unique_ptr<StageMeter> meter_;
  StageProgress progress_;
  SteadyTime told_;
  std::uint64_t told_state_;
};

} // namespace nightshift

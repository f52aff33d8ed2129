// SPDX-License-Identifier: Apache-2.0
//
// What a stage gets from the runner, written into its job's record.

#pragma once

#include "core/record/job_recorder.hpp"
#include "core/record/quarantine.hpp"
#include "core/runner/stage_meter.hpp"

#include <nightshift/job_context.hpp>
#include <nightshift/profiler.hpp>

#include <atomic>
#include <memory>
#include <string>

namespace nightshift {

class StageLogger final : public Logger {
 public:
  // `recorder` is borrowed.
  StageLogger(JobRecorder& recorder, std::string stage);

  [[nodiscard]] bool enabled(Severity severity) const noexcept override;

  void write(Severity severity, std::string_view message) noexcept override;

 private:
  JobRecorder& recorder_;
  const std::string stage_;
};

class RunnerHost final : public Host, public Profiler {
 public:
  // Arguments are borrowed; `meter` is null if nobody wants a profile.
  RunnerHost(JobRecorder& recorder, Quarantine& quarantine, std::string stage,
             StageMeter* meter = nullptr);

  [[nodiscard]] std::unique_ptr<Pattern> compile(std::string_view regex) override;

  // Each is a line of failed.jsonl, and the first are events too.
  void item_failed(std::string_view key, std::string_view why) override;

  [[nodiscard]] QueueMeter* queue(std::string_view name) override;

 private:
  JobRecorder& recorder_;
  Quarantine& quarantine_;
  const std::string stage_;
  StageMeter* const meter_;
  std::atomic<int> told_{0};
};

} // namespace nightshift

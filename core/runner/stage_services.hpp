// SPDX-License-Identifier: Apache-2.0
//
// What a stage gets from the runner, written into its job's record.

#pragma once

#include "core/record/job_recorder.hpp"

#include <nightshift/job_context.hpp>

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

class RunnerHost final : public Host {
 public:
  RunnerHost(JobRecorder& recorder, std::string stage);

  [[nodiscard]] std::unique_ptr<Pattern> compile(std::string_view regex) override;

  // Each is an event, up to a number that no person reads.
  void item_failed(std::string_view key, std::string_view why) override;

 private:
  JobRecorder& recorder_;
  const std::string stage_;
  std::atomic<int> told_{0};
};

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/job_type.hpp>

#include <functional>
#include <string>
#include <utility>

namespace nightshift::tests {

// A job type whose stage does what a test says.
class ScriptedJobType final : public JobType {
 public:
  using Script = std::function<void(JobContext&)>;

  explicit ScriptedJobType(
      std::string key, Script script = [](JobContext&) {})
      : script_(std::move(script)) {
    info_.name = "The " + key;
    info_.stages = {key};
    info_.key = std::move(key);
  }

  [[nodiscard]] const JobTypeInfo& info() const noexcept override { return info_; }

  // For a test to set before the type is used.
  [[nodiscard]] JobTypeInfo& info() noexcept { return info_; }

  void run(JobContext& context) const override { script_(context); }

 private:
  JobTypeInfo info_;
  Script script_;
};

} // namespace nightshift::tests

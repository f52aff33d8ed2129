// SPDX-License-Identifier: Apache-2.0

#include "core/runner/stage_services.hpp"

#include "core/base/regex.hpp"

#include <nightshift/key.hpp>

#include <utility>

namespace nightshift {
namespace {

constexpr int k_most_item_events = 1000;

} // namespace

StageLogger::StageLogger(JobRecorder& recorder, std::string stage)
    : recorder_(recorder),
      stage_(std::move(stage)) {}

bool StageLogger::enabled(Severity) const noexcept {
  return true;
}

void StageLogger::write(Severity severity, std::string_view message) noexcept {
  recorder_.log(severity, message, stage_);
}

RunnerHost::RunnerHost(JobRecorder& recorder, Quarantine& quarantine, std::string stage,
                       StageMeter* meter)
    : recorder_(recorder),
      quarantine_(quarantine),
      stage_(std::move(stage)),
      meter_(meter) {}

std::unique_ptr<Pattern> RunnerHost::compile(std::string_view regex) {
  return compile_regex(regex);
}

void RunnerHost::item_failed(std::string_view key, std::string_view why) {
  quarantine_.add(stage_, key, recorder_.shown(std::string(why)));
  if (told_.fetch_add(1, std::memory_order_relaxed) < k_most_item_events) {
    recorder_.emit(EventKind::item_failed, {{"key", printable_key(key)}, {"why", why}}, stage_);
  }
}

QueueMeter* RunnerHost::queue(std::string_view name) {
  return meter_ != nullptr ? &meter_->queue(name) : nullptr;
}

} // namespace nightshift

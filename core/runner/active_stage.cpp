// SPDX-License-Identifier: Apache-2.0

#include "core/runner/active_stage.hpp"

#include "core/runner/environment.hpp"

#include <cmath>
#include <utility>

namespace nightshift {
namespace {

constexpr std::chrono::seconds k_progress_interval{1};

} // namespace

ActiveStage::ActiveStage(std::string key, std::size_t parameters, std::unique_ptr<StageMeter> meter)
    : key_(std::move(key)),
      parameters_(parameters),
      began_(std::chrono::steady_clock::now()),
      cpu_began_(process_cpu_seconds()),
      meter_(std::move(meter)),
      told_(began_),
      told_state_(state()) {}

std::uint64_t ActiveStage::state() const noexcept {
  constexpr std::uint64_t k_factor = 0x9E3779B97F4A7C15; // odd, so that each value counts
  std::uint64_t state = 0;
  const auto mix = [&state](std::int64_t value) {
    state = state * k_factor + static_cast<std::uint64_t>(value);
  };
  for (std::size_t i = 0; i < k_counter_names.size(); ++i) {
    mix(progress_.get(static_cast<Counter>(i)));
  }
  for (std::size_t i = 0; i < parameters_; ++i) {
    mix(progress_.parameter(i));
  }
  mix(progress_.done());
  mix(progress_.total());
  mix(static_cast<std::int64_t>(progress_.fraction() * 1e9));
  return state;
}

Json ActiveStage::progress_now() const {
  Json counters = Json::object();
  for (std::size_t i = 0; i < k_counter_names.size(); ++i) {
    if (const std::int64_t count = progress_.get(static_cast<Counter>(i)); count != 0) {
      counters[std::string(k_counter_names[i])] = count;
    }
  }
  Json values = Json::array();
  for (std::size_t i = 0; i < parameters_; ++i) {
    values.push_back(progress_.parameter(i));
  }
  return {{"done", progress_.done()},
          {"total", progress_.total()},
          {"fraction", progress_.fraction()},
          {"counters", std::move(counters)},
          {"parameters", std::move(values)}};
}

namespace {

// More digits would be noise of the arithmetic.
double to_microseconds(double seconds) {
  return std::round(seconds * 1e6) / 1e6;
}

} // namespace

Json ActiveStage::end(bool alone) const {
  Json json = progress_now();
  json["wall_s"] = to_microseconds(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count());
  if (alone) {
    json["cpu_s"] = to_microseconds(process_cpu_seconds() - cpu_began_);
  }
  if (meter_ != nullptr) {
    json["profile"] = to_document(meter_->profile());
  }
  return json;
}

bool ActiveStage::take_turn_to_tell() {
  const SteadyTime now = std::chrono::steady_clock::now();
  const std::uint64_t now_state = state();
  const bool moved = now_state != told_state_;
  if (now - told_ < (moved ? k_progress_interval : k_heartbeat_interval)) {
    return false;
  }
  told_ = now;
  told_state_ = now_state;
  return true;
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_clocks.hpp"

namespace nightshift {

void JobClocks::begin_attempt(Time now) {
  attempt_began_ = now;
}

void JobClocks::end_attempt() {
  attempt_began_.reset();
  end_stage();
}

void JobClocks::begin_stage(Time now) {
  stage_began_ = now;
  moved_ = now;
  state_.reset();
  stall_told_ = false;
}

void JobClocks::end_stage() {
  stage_began_.reset();
}

Alarm JobClocks::look(Time now, std::uint64_t state) {
  if (attempt_began_ && limits_.timeout && now - *attempt_began_ >= *limits_.timeout) {
    return Alarm::timeout;
  }
  if (!stage_began_) {
    return Alarm::none;
  }
  if (limits_.stage_timeout && now - *stage_began_ >= *limits_.stage_timeout) {
    return Alarm::stage_timeout;
  }
  if (state_ != state) {
    state_ = state;
    moved_ = now;
    stall_told_ = false;
  }
  if (!stall_told_ && limits_.stall_timeout.count() > 0 && now - moved_ >= limits_.stall_timeout) {
    stall_told_ = true;
    return Alarm::stalled;
  }
  return Alarm::none;
}

} // namespace nightshift

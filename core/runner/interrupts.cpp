// SPDX-License-Identifier: Apache-2.0

#include "core/runner/interrupts.hpp"

#include <unistd.h>

#include <csignal>

namespace nightshift {
namespace {

ExitCode exit_code_of_signal(int number) {
  switch (number) {
  case SIGINT:
    return ExitCode::interrupted;
  case SIGUSR1:
    return ExitCode::checkpointed;
  default: // a terminal that hangs up wants what TERM wants
    return ExitCode::terminated;
  }
}

} // namespace

Interrupts::Interrupts() : watcher_([this](int number) { take(number); }) {}

void Interrupts::begin_jobs() {
  const std::scoped_lock lock(mutex_);
  jobs_begun_ = true;
}

void Interrupts::checkpoint() {
  take(SIGUSR1);
}

void Interrupts::take(int number) {
  const std::scoped_lock lock(mutex_);
  if (!jobs_begun_) {
    _exit(static_cast<int>(exit_code_of_signal(number)));
  }
  if (demand_ == Demand::none) {
    demand_ = Demand::stop;
    exit_code_ = exit_code_of_signal(number);
    reason_ = number == SIGUSR1 ? StopReason::checkpoint : StopReason::interrupted;
  } else if (number == SIGINT && demand_ == Demand::stop) {
    demand_ = Demand::abort;
    exit_code_ = ExitCode::interrupted;
  } else if (number == SIGINT) {
    _exit(static_cast<int>(ExitCode::interrupted));
  }
}

Demand Interrupts::demand() const {
  const std::scoped_lock lock(mutex_);
  return demand_;
}

StopReason Interrupts::reason() const {
  const std::scoped_lock lock(mutex_);
  return reason_;
}

ExitCode Interrupts::exit_code() const {
  const std::scoped_lock lock(mutex_);
  return exit_code_;
}

} // namespace nightshift

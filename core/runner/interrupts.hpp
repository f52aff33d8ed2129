// SPDX-License-Identifier: Apache-2.0
//
// What signals ask of a run. The first INT, TERM, HUP or USR1 has it stop in good order; after that
// only INT counts, since schedulers send several TERMs: the next one has the run end there and
// then, with its records told, and one more ends the process.

#pragma once

#include "core/runner/exit_code.hpp"
#include "core/runner/job_outcome.hpp"
#include "core/runner/signals.hpp"

#include <cstdint>
#include <mutex>

namespace nightshift {

// Each more pressing than the one before.
enum class Demand : std::uint8_t { none, stop, abort };

class Interrupts {
 public:
  // Watch for signals. Until `begin_jobs`, one ends the process: nothing has been begun.
  Interrupts();

  void begin_jobs();

  // As USR1 does.
  void checkpoint();

  [[nodiscard]] Demand demand() const;

  // Why jobs are to stop; none if nothing was asked.
  [[nodiscard]] StopReason reason() const;

  // What was asked for makes the run exit with this; ok if nothing was.
  [[nodiscard]] ExitCode exit_code() const;

 private:
  void take(int number);

  mutable std::mutex mutex_;
  bool jobs_begun_ = false;
  Demand demand_ = Demand::none;
  StopReason reason_ = StopReason::none;
  ExitCode exit_code_ = ExitCode::ok;
  SignalWatcher watcher_; // last: it uses the others
};

} // namespace nightshift

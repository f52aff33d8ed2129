// SPDX-License-Identifier: Apache-2.0
//
// What the program's exit status means: the sysexits family, and what batch schedulers expect.

#pragma once

#include "core/record/reported_job.hpp"

#include <nightshift/error.hpp>

#include <cstdint>
#include <string_view>

namespace nightshift {

enum class ExitCode : std::uint8_t {
  ok = 0,
  failed = 1,         // a job failed or was cancelled
  partial = 3,        // items failed; only with --fail-on-partial
  usage = 64,         // the command line is wrong
  data = 65,          // a catalogue or an input file is damaged or of a newer version
  no_input = 66,      // a job file, a source folder or a job does not exist
  unavailable = 69,   // a source or catalogue does not answer
  internal = 70,      // a defect of the program or of a plugin
  cannot_create = 73, // the state directory or the catalogue cannot be made
  io = 74,            // reading or writing failed, the disk is full
  try_later = 75,     // somebody else holds the lock
  no_permission = 77,
  config = 78,       // the job file or a plugin is wrong
  checkpointed = 85, // stopped on USR1: run me again
  timeout = 124,
  interrupted = 130, // INT
  terminated = 143,  // TERM
};

// "ok", "failed", "no_input": for reports.
[[nodiscard]] std::string_view to_string(ExitCode code) noexcept;

// The exit code for a command that ends with an error of this code.
[[nodiscard]] ExitCode exit_code_of(const JobError& error) noexcept;

// The exit code for a run of this job alone, which has ended, if no signal stopped it.
[[nodiscard]] ExitCode exit_code_of(const ReportedJob& job) noexcept;

// Of two that apply, the one to exit with: what needs a person first wins.
[[nodiscard]] ExitCode more_severe(ExitCode a, ExitCode b) noexcept;

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// The built program, driven from outside as a person or a scheduler would.

#pragma once

#include "core/base/json.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::tests {

struct ProgramResult {
  int exit_code = 0; // 128 + number if a signal ended it
  std::string out;
  std::string err;
};

struct ProgramSettings {
  std::filesystem::path folder = "/";                           // working directory
  std::vector<std::pair<std::string, std::string>> environment; // beside PATH and HOME
  bool as_nobody = false;                                       // give root's rights up first
  std::filesystem::path program = NIGHTSHIFT_PROGRAM;
  std::string terminal;             // a TERM: stderr is a pseudo-terminal of that kind
  std::vector<int> ignored_signals; // by its parent, and so by the program to begin with
};

// A program under way.
class Program {
 public:
  // Start the program with these arguments. stdin is empty.
  explicit Program(const std::vector<std::string>& arguments, const ProgramSettings& settings = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program(); // kills it if it still runs

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  void signal(int number) const;

  // What it has written to stderr so far; not with a terminal.
  [[nodiscard]] std::string told() const;

  // Wait for its end.
  ProgramResult wait();

 private:
  pid_t pid_ = -1;
  TempDir outputs_;
  int terminal_ = -1; // our end
};

ProgramResult run_program(const std::vector<std::string>& arguments,
                          const ProgramSettings& settings = {});

} // namespace nightshift::tests

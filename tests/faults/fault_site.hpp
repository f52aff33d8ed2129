// SPDX-License-Identifier: Apache-2.0
//
// A changing tree, a state directory that is ill-treated, and what must hold after each time.

#pragma once

#include "tests/faults/changing_tree.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace nightshift::tests {

// What goes wrong at a call; see shim.cpp.
struct Fault {
  std::string kind = "count";
  int at = 0;
};

class FaultSite {
 public:
  explicit FaultSite(std::uint64_t seed);

  // Change the tree by a few captures.
  void change() { tree_.change(); }

  // Run the program with a fault; its exit code.
  [[nodiscard]] int run(const Fault& fault);

  // Run the program and kill it at some instant; whether it was still there.
  [[nodiscard]] bool run_and_kill();

  // Run it undisturbed, and see that all is well; else say what is not. Ten words are enough: the
  // place is kept, and named.
  void recover(const std::string& after);

  // How many calls the last undisturbed run made that a fault could have met.
  [[nodiscard]] int calls() const noexcept { return calls_; }

  // How many captures runs with --quick did not look at.
  [[nodiscard]] std::int64_t passed_over() const noexcept { return passed_over_; }

  std::mt19937_64& random() noexcept { return random_; }

  [[nodiscard]] std::filesystem::path job_file() const { return place_ / "jobs.yaml"; }

  [[nodiscard]] std::filesystem::path state() const { return place_ / "state"; }

  // See that the catalogue is equal to a fresh one of the same tree.
  void compare_with_fresh(const std::string& after) const;

  // See that each record and journal can be read, and that no job is left running.
  void check_records(const std::string& after);

 private:
  // With --quick or without.
  [[nodiscard]] std::vector<std::string> some_run();
  [[nodiscard]] ProgramSettings settings(const Fault& fault) const;

  TempDir place_;
  ChangingTree tree_;
  std::mt19937_64 random_;
  std::chrono::microseconds took_{0};
  int calls_ = 0;
  std::int64_t checked_ = 0; // ids up to here
  std::int64_t passed_over_ = 0;
};

} // namespace nightshift::tests

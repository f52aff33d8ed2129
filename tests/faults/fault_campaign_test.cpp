// SPDX-License-Identifier: Apache-2.0
//
// The program is killed and failed at many places while it syncs a changing tree; after each time
// it is run again, and then all must be as if nothing had happened. As a test the campaign is
// short; `scripts/check faults` makes it long, by the environment: NIGHTSHIFT_FAULT_SEED, and the
// numbers of rounds below.

#include "tests/faults/fault_site.hpp"
#include "tests/support/number_from_environment.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <iostream>

namespace nightshift {
namespace {

class FaultCampaign : public testing::Test {
 protected:
  FaultCampaign() { site_.recover("the first run"); }

  // A call of those that a run makes, or one a little beyond.
  [[nodiscard]] int some_call() {
    return 1 + static_cast<int>(site_.random()() %
                                static_cast<std::uint64_t>(site_.calls() + site_.calls() / 8 + 1));
  }

  [[nodiscard]] std::string round(int number, const std::string& what) const {
    return fmt::format("seed {}, round {}: {}", seed_, number, what);
  }

  const int seed_ = tests::number_from_environment("NIGHTSHIFT_FAULT_SEED", 1);
  tests::FaultSite site_{static_cast<std::uint64_t>(seed_)};
};

TEST_F(FaultCampaign, AfterEveryKillTheNextRunPutsEverythingRight) {
  const int rounds = tests::number_from_environment("NIGHTSHIFT_FAULT_KILLS", 12);
  int killed = 0;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    site_.change();
    if (i % 2 == 0) {
      killed += site_.run_and_kill() ? 1 : 0;
      site_.recover(round(i, "killed at an instant"));
    } else {
      const tests::Fault fault{i % 4 == 1 ? "kill" : "torn", some_call()};
      killed += site_.run(fault) == 128 + SIGKILL ? 1 : 0;
      site_.recover(round(i, fmt::format("{} at call {}", fault.kind, fault.at)));
    }
  }
  EXPECT_GT(site_.passed_over(), 0) << "no run with --quick passed over anything";
  std::cout << fmt::format("{} rounds, {} killed before their end, {} captures passed over\n",
                           rounds, killed, site_.passed_over());
}

TEST_F(FaultCampaign, AfterEveryFaultTheNextRunPutsEverythingRight) {
  constexpr std::array k_kinds{"eio", "full", "readonly", "delay"};
  const int rounds = tests::number_from_environment("NIGHTSHIFT_FAULT_FAULTS", 12);
  int failed = 0;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    site_.change();
    const tests::Fault fault{k_kinds[static_cast<std::size_t>(i) % k_kinds.size()], some_call()};
    const int exit_code = site_.run(fault);
    EXPECT_LT(exit_code, 128) << round(i, "a fault ended the program by a signal");
    failed += exit_code != 0 ? 1 : 0;
    site_.recover(round(i, fmt::format("{} at call {}", fault.kind, fault.at)));
  }
  std::cout << fmt::format("{} rounds, {} ended in an error\n", rounds, failed);
}

TEST_F(FaultCampaign, OfTwoRunsAtOnceOneDoesTheWorkAndTheOtherObeys) {
  constexpr std::array k_policies{"fail", "skip", "wait", "replace"};
  const int rounds = tests::number_from_environment("NIGHTSHIFT_FAULT_TWINS", 4);
  int overlapped = 0;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    const std::string policy = k_policies[static_cast<std::size_t>(i) % k_policies.size()];
    site_.change();
    const std::vector<std::string> arguments{"run",          site_.job_file().string(),
                                             "--state-dir",  site_.state().string(),
                                             "--on-overlap", policy};
    tests::Program first(arguments);
    tests::Program second(arguments);
    const tests::ProgramResult results[] = {first.wait(), second.wait()};
    for (const tests::ProgramResult& result : results) {
      const bool obeyed = result.exit_code == (policy == "fail" ? 75 : policy == "replace" ? 1 : 0);
      EXPECT_TRUE(result.exit_code == 0 || obeyed) << policy << '\n' << result.out << result.err;
      overlapped += result.err.find("is busy") != std::string::npos ||
                            result.err.find("replaces it") != std::string::npos
                        ? 1
                        : 0;
    }
    site_.check_records(round(i, policy));
    site_.compare_with_fresh(round(i, policy));
  }
  std::cout << fmt::format("{} rounds, in {} runs somebody was in the way\n", rounds, overlapped);
}

} // namespace
} // namespace nightshift

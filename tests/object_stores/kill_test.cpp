// SPDX-License-Identifier: Apache-2.0
//
// The program is killed at some instant of a sync from Ceph, again and again; after each time the
// next run must put everything right. `scripts/check faults` makes it long, by the environment:
// NIGHTSHIFT_FAULT_SEED and NIGHTSHIFT_FAULT_STORE_KILLS.

#include "tests/object_stores/store_site.hpp"
#include "tests/support/number_from_environment.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <random>
#include <thread>

namespace nightshift::tests {
namespace {

class CephKills : public testing::Test {
 protected:
  CephKills() {
    // Enough pages that a listing is often cut short, in folders that interleave.
    for (const char* folder : {"", "a/", "a/b/", "c/", "c/d/e/", "f/"}) {
      bucket_.put(captures_in(folder, 250));
    }
  }

  [[nodiscard]] int pick(int below) {
    return static_cast<int>(random_() % static_cast<std::uint64_t>(below));
  }

  // A few captures come, go and are rewritten.
  void change() {
    const char* const folders[] = {"", "a/", "a/b/", "c/", "c/d/e/", "g/"};
    std::vector<std::string> gone;
    for (int i = 0; i < 5; ++i) {
      const std::string folder = folders[pick(6)];
      bucket_.put(captures_in(folder, 1 + pick(5), pick(400)));
      auto victim = bucket_.objects().lower_bound(folder + std::to_string(pick(9)));
      if (victim != bucket_.objects().end()) {
        gone.push_back(victim->first);
        bucket_.remove({gone.back()});
      }
    }
    auto rewritten = bucket_.objects().begin();
    std::advance(rewritten, pick(static_cast<int>(bucket_.objects().size())));
    bucket_.put({{rewritten->first, rewritten->second + "."}});
  }

  // Whether the program was still there.
  bool run_and_kill() {
    const auto instant = std::chrono::microseconds(pick(static_cast<int>(took_.count() * 5 / 4)));
    Program program = site_.start(route_to(bucket_));
    std::this_thread::sleep_for(instant); // the point of it: no event to wait for
    program.signal(SIGKILL);
    return program.wait().exit_code == 128 + SIGKILL;
  }

  void recover(const std::string& after) {
    const auto began = std::chrono::steady_clock::now();
    const ProgramResult result = site_.run(route_to(bucket_));
    took_ = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                  began);
    ASSERT_EQ(result.exit_code, 0) << after << '\n' << result.out << result.err;
    EXPECT_EQ(site_.captures(), captures_of(bucket_)) << after;
    site_.forget("fresh");
    ASSERT_EQ(site_.run(route_to(bucket_), "fresh").exit_code, 0) << after;
    EXPECT_EQ(site_.catalogue(), site_.catalogue("fresh")) << after;
  }

  const int seed_ = number_from_environment("NIGHTSHIFT_FAULT_SEED", 1);
  std::mt19937_64 random_{static_cast<std::uint64_t>(seed_)};
  Bucket bucket_{ceph()};
  StoreSite site_;
  std::chrono::microseconds took_{0};
};

TEST_F(CephKills, AfterEveryKillTheNextRunPutsEverythingRight) {
  const int rounds = number_from_environment("NIGHTSHIFT_FAULT_STORE_KILLS", 5);
  recover("the first run");
  int killed = 0;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    change();
    killed += run_and_kill() ? 1 : 0;
    recover(fmt::format("seed {}, round {}", seed_, i));
  }
  std::cout << fmt::format("{} rounds, {} killed before their end\n", rounds, killed);
}

} // namespace
} // namespace nightshift::tests

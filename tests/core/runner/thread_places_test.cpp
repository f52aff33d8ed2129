// SPDX-License-Identifier: Apache-2.0

#include "core/runner/thread_places.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/syscall.h>

#include <future>
#include <thread>

namespace nightshift {
namespace {

TEST(ThreadPlaces, SaysWhereTheKernelHasEachThread) {
  const tests::TempDir tasks;
  tasks.write("12/comm", "job 3\n");
  tasks.write("12/stat", "12 (job) 3) D 1 2 3\n");
  tasks.write("12/wchan", "folio_wait_bit_common");
  tasks.write("12/syscall",
              std::to_string(SYS_statx) + " 0xffffff9c 0x0 0x0 0x0 0x0 0x0 0x1 0x2\n");
  tasks.write("9/comm", "nightshift\n");
  tasks.write("9/stat", "9 (nightshift) R 1 2 3\n");
  tasks.write("9/wchan", "0");
  tasks.write("9/syscall", "running\n");
  const auto places = thread_places(tasks.path());
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(to_text(places[0]), "nightshift (9): R");
  EXPECT_EQ(to_text(places[1]), "job 3 (12): D, in statx, at folio_wait_bit_common");
  EXPECT_EQ(to_json(places[1])["state"], "D");
}

TEST(ThreadPlaces, WhatTheKernelDoesNotTellIsLeftOut) {
  const tests::TempDir tasks;
  tasks.write("12/comm", "x\n");
  tasks.write("self/comm", "no thread\n");
  const auto places = thread_places(tasks.path());
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(to_text(places[0]), "x (12): ?");
  EXPECT_TRUE(thread_places(tasks.path() / "none").empty());
}

TEST(ThreadPlaces, OwnThreadsAreFoundByTheirNames) {
  std::promise<void> named;
  std::promise<void> seen;
  std::thread thread([&] {
    name_thread("a name that is longer than the kernel keeps");
    named.set_value();
    seen.get_future().wait();
  });
  named.get_future().wait();
  const auto places = thread_places();
  seen.set_value();
  thread.join();
  EXPECT_THAT(places, testing::Contains(testing::Field(&ThreadPlace::name, "a name that is ")));
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/runner/signals.hpp"
#include "tests/support/child_process.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <future>
#include <mutex>
#include <vector>

namespace nightshift {
namespace {

TEST(SignalWatcher, TurnsSignalsIntoCalls) {
  block_signals();
  std::promise<void> got_all;
  std::vector<int> got;
  {
    const SignalWatcher watcher([&](int number) {
      got.push_back(number);
      if (number == SIGTERM) {
        got_all.set_value();
      }
    });
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGTERM);
    got_all.get_future().wait();
  }
  EXPECT_EQ(got, (std::vector<int>{SIGUSR1, SIGTERM}));
}

TEST(SignalWatcher, EndsWithoutAnySignal) {
  const SignalWatcher watcher([](int) { ADD_FAILURE(); });
}

TEST(BlockSignals, AWriteToAClosedPipeFailsInsteadOfKilling) {
  block_signals();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  EXPECT_EQ(write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  close(ends[1]);
}

TEST(BlockSignals, HowAChildEndedIsKnownAlsoWhereItsEndWasIgnored) {
  (void)std::signal(SIGCHLD, SIG_IGN);
  block_signals();
  EXPECT_EQ(tests::ChildProcess([] { _exit(7); }).wait(), 7);
  (void)std::signal(SIGCHLD, SIG_DFL);
}

} // namespace
} // namespace nightshift

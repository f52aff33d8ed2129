// SPDX-License-Identifier: Apache-2.0

#include "core/runner/interrupts.hpp"
#include "tests/support/child_process.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <thread>

namespace nightshift {
namespace {

// In a process of its own, since some signals end it. True if they led to that exit code.
template <class Body>
int exit_code_of(Body body) {
  return tests::ChildProcess([&] {
           block_signals();
           Interrupts interrupts;
           body(interrupts);
         })
      .wait();
}

void send(int number) {
  kill(getpid(), number);
}

void send_and_wait(int number, const Interrupts& interrupts, Demand demand) {
  send(number);
  while (interrupts.demand() != demand) {
    std::this_thread::yield();
  }
}

void expect(bool fact) {
  if (!fact) {
    throw std::runtime_error("not as expected");
  }
}

TEST(Interrupts, BeforeAnyJobASignalEndsTheProcess) {
  const auto receive = [](int number) {
    return exit_code_of([number](Interrupts&) {
      send(number);
      pause();
    });
  };
  EXPECT_EQ(receive(SIGINT), 130);
  EXPECT_EQ(receive(SIGTERM), 143);
  EXPECT_EQ(receive(SIGHUP), 143);
  EXPECT_EQ(receive(SIGUSR1), 85);
}

TEST(Interrupts, ThreeIntsStopThenAbortThenExit) {
  EXPECT_EQ(exit_code_of([](Interrupts& interrupts) {
              interrupts.begin_jobs();
              send_and_wait(SIGINT, interrupts, Demand::stop);
              expect(interrupts.reason() == StopReason::interrupted);
              send_and_wait(SIGINT, interrupts, Demand::abort);
              expect(interrupts.exit_code() == ExitCode::interrupted);
              send(SIGINT);
              pause();
            }),
            130);
}

TEST(Interrupts, OnlyIntEscalates) {
  EXPECT_EQ(exit_code_of([](Interrupts& interrupts) {
              interrupts.begin_jobs();
              send_and_wait(SIGTERM, interrupts, Demand::stop);
              for (const int number : {SIGTERM, SIGHUP, SIGUSR1, SIGTERM}) {
                send(number);
              }
              send_and_wait(SIGINT, interrupts, Demand::abort); // the last in the queue, if any
              for (const int number : {SIGTERM, SIGHUP, SIGUSR1, SIGTERM}) {
                send(number);
              }
              expect(interrupts.demand() == Demand::abort);
            }),
            0);
}

TEST(Interrupts, Usr1AsksForACheckpoint) {
  EXPECT_EQ(exit_code_of([](Interrupts& interrupts) {
              interrupts.begin_jobs();
              send_and_wait(SIGUSR1, interrupts, Demand::stop);
              expect(interrupts.reason() == StopReason::checkpoint);
              expect(interrupts.exit_code() == ExitCode::checkpointed);
            }),
            0);
}

TEST(Interrupts, ATermAfterUsr1ChangesNothing) {
  EXPECT_EQ(exit_code_of([](Interrupts& interrupts) {
              interrupts.begin_jobs();
              interrupts.checkpoint();
              send(SIGTERM);
              send_and_wait(SIGINT, interrupts, Demand::abort);
              expect(interrupts.reason() == StopReason::checkpoint);
            }),
            0);
}

TEST(Interrupts, AHangUpThatIsIgnoredAsUnderNohupStaysSo) {
  EXPECT_EQ(tests::ChildProcess([] {
              (void)std::signal(SIGHUP, SIG_IGN);
              block_signals();
              Interrupts interrupts;
              interrupts.begin_jobs();
              send(SIGHUP);
              send_and_wait(SIGUSR1, interrupts, Demand::stop);
              expect(interrupts.exit_code() == ExitCode::checkpointed);
            }).wait(),
            0);
}

} // namespace
} // namespace nightshift

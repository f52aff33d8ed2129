// SPDX-License-Identifier: Apache-2.0

#include "core/base/child_output.hpp"
#include "tests/support/dumpable_memory.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <thread>

namespace nightshift {
namespace {

using End = ChildOutput::End;
using namespace std::chrono_literals;

constexpr ChildLimits k_ample{120s, 65536};

ChildOutput output_of_shell(const std::string& script, const ChildLimits& limits = k_ample) {
  return output_of({"/bin/sh", "-c", script}, limits, {});
}

TEST(ChildOutput, IsWhatAProgramPrints) {
  const ChildOutput output = output_of({"printf", "%s|", "a b", "$HOME"}, k_ample, {});
  EXPECT_EQ(output.end, End::exited);
  EXPECT_EQ(output.number, 0);
  EXPECT_EQ(output.out.reveal(), "a b|$HOME|") << "found in PATH, and no shell took it apart";
  EXPECT_TRUE(tests::is_left_out(output.out.reveal().data()));
}

TEST(ChildOutput, ComesWithTheExitCode) {
  const ChildOutput output = output_of_shell("echo said; echo aside >&2; exit 3");
  EXPECT_EQ(output.end, End::exited);
  EXPECT_EQ(output.number, 3);
  EXPECT_EQ(output.out.reveal(), "said\n");
}

TEST(ChildOutput, EndsWithTheSignalThatEndedIt) {
  const ChildOutput output = output_of_shell("kill -TERM $$");
  EXPECT_EQ(output.end, End::signalled);
  EXPECT_EQ(output.number, SIGTERM);
}

TEST(ChildOutput, OfAProgramThatIsNotThereSaysWhy) {
  const ChildOutput output = output_of({"/nowhere/program"}, k_ample, {});
  EXPECT_EQ(output.end, End::not_started);
  EXPECT_EQ(output.number, ENOENT);
}

TEST(ChildOutput, IsReadToItsEndHoweverItComes) {
  const ChildOutput output = output_of_shell("printf a; sleep 0.1; printf b; exec >&-; sleep 0.1");
  EXPECT_EQ(output.end, End::exited);
  EXPECT_EQ(output.out.reveal(), "ab");
}

TEST(ChildOutput, DoesNotWaitForWhatTheProgramLeavesBehind) {
  const tests::TempDir folder;
  const std::string pid_file = (folder / "pid").string();
  const ChildOutput output =
      output_of_shell("sleep 600 & echo $! >" + pid_file + "; printf done", {60s, 100});
  EXPECT_EQ(output.end, End::exited);
  EXPECT_EQ(output.out.reveal(), "done");
  (void)output_of_shell("kill $(cat " + pid_file + ")");
}

TEST(ChildOutput, MayNotBeLargerThanItsLimit) {
  EXPECT_EQ(output_of_shell("printf 12345", {120s, 5}).out.reveal(), "12345");
  EXPECT_EQ(output_of_shell("printf 123456", {120s, 5}).end, End::too_much);
  EXPECT_EQ(output_of_shell("yes", {120s, 100'000}).end, End::too_much);
}

TEST(ChildOutput, MayNotTakeLongerThanItsLimit) {
  const tests::TempDir folder;
  // The child of the child holds the lock as long as it lives.
  const std::string lock = (folder / "lock").string();
  const ChildOutput output = output_of_shell("flock " + lock + " sleep 600", {500ms, 100});
  EXPECT_EQ(output.end, End::too_slow);
  EXPECT_EQ(output_of_shell("flock " + lock + " echo free").out.reveal(), "free\n")
      << "what it had started was killed as well";
}

TEST(ChildOutput, IsGivenUpWhenAsked) {
  std::stop_source stop;
  std::thread asker([&] { stop.request_stop(); });
  const JobError error = tests::error_of([&] {
    return output_of({"sleep", "600"}, {600s, 100}, stop.get_token());
  });
  asker.join();
  EXPECT_EQ(error.error_class(), ErrorClass::cancelled);
}

TEST(ChildOutput, OfAProgramThatHasNothingToReadAndDealsWithSignalsAsANewOne) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto* const ignored = std::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(output_of_shell("cat; kill -TERM $$").number, SIGTERM);
  EXPECT_EQ(output_of_shell("cat; kill -PIPE $$").number, SIGPIPE);
  (void)std::signal(SIGPIPE, ignored);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

} // namespace
} // namespace nightshift

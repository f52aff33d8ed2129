// SPDX-License-Identifier: Apache-2.0

#include "core/base/file_watch.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace nightshift {
namespace {

constexpr std::chrono::minutes k_long{1};

TEST(FileWatch, TellsOfAFileThatIsPutIntoAFolder) {
  const tests::TempDir place;
  FileWatch watch;
  EXPECT_GE(watch.add(place.path()), 0);
  std::jthread writer([&] { replace_file(place / "request", "x", Durable::no); });
  EXPECT_TRUE(watch.wait(k_long));
}

TEST(FileWatch, TellsOfTheClosingOfAFileThatWasWritten) {
  const tests::TempDir place;
  const auto file = place.write("lock", "");
  FileWatch watch;
  EXPECT_GE(watch.add(file), 0);
  std::ofstream(file) << "x";
  EXPECT_TRUE(watch.wait(k_long));
}

TEST(FileWatch, TellsOfWhatIsAppendedToAGrowingFile) {
  const tests::TempDir place;
  const auto file = place.write("journal", "");
  FileWatch watch;
  std::ofstream journal(file, std::ios::app);
  EXPECT_GE(watch.add_growing(file), 0);
  journal << "x" << std::flush;
  EXPECT_TRUE(watch.wait(k_long));
}

TEST(FileWatch, IsWokenBeforeAndDuringAWait) {
  FileWatch watch;
  watch.wake();
  EXPECT_TRUE(watch.wait(k_long));
  std::jthread waker([&] { watch.wake(); });
  EXPECT_TRUE(watch.wait(k_long));
}

TEST(FileWatch, EndsWhenNothingHappens) {
  const tests::TempDir place;
  FileWatch watch;
  const int number = watch.add(place.path());
  watch.forget(number);
  place.write("request", "x");
  while (watch.wait(std::chrono::milliseconds{1})) { // that it was forgotten is an event itself
  }
  SUCCEED();
}

TEST(FileWatch, LeavesWhatCannotBeWatchedToTheTimeout) {
  FileWatch watch;
  EXPECT_LT(watch.add("/nowhere/at/all"), 0);
  watch.forget(-1);
  EXPECT_FALSE(watch.wait(std::chrono::milliseconds{1}));
}

} // namespace
} // namespace nightshift

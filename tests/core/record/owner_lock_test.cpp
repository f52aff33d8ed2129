// SPDX-License-Identifier: Apache-2.0

#include "core/record/owner_lock.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace nightshift {
namespace {

OwnerFacts facts_of(std::int64_t job, std::string run = "a run") {
  return {own_process(), std::move(run), job, "/srv/state",
          parse_utc("2025-01-14T21:48:26.000000Z").value()};
}

TEST(OwnerLock, IsHeldByOneAtATime) {
  const tests::TempDir place;
  OwnerLock first(place / "lock");
  OwnerLock second(place / "lock");
  EXPECT_EQ(lock_state(place / "lock"), LockState::free);
  EXPECT_TRUE(first.try_take());
  EXPECT_FALSE(second.try_take()) << "in one process as well";
  EXPECT_EQ(lock_state(place / "lock"), LockState::held);
  first.release();
  EXPECT_TRUE(second.try_take());
}

TEST(OwnerLock, NamesItsHolder) {
  const tests::TempDir place;
  OwnerLock lock(place / "lock");
  ASSERT_TRUE(lock.try_take(facts_of(12, "a run with a rather long name")));
  lock.release();
  OwnerLock next(place / "lock");
  ASSERT_TRUE(next.try_take(facts_of(7, "short")));
  const auto facts = read_owner_facts(place / "lock");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->process, own_process());
  EXPECT_EQ(facts->job, 7);
  EXPECT_EQ(facts->run, "short");
  EXPECT_THAT(to_text(*facts), testing::AllOf(testing::HasSubstr(std::to_string(getpid())),
                                              testing::HasSubstr("job 7 in /srv/state"),
                                              testing::HasSubstr(own_process().host)));
}

// The holder before is still what the file tells of when a new one has the lock already.
TEST(OwnerLock, IsNeverTakenForAFormerHolders) {
  constexpr std::int64_t k_holders = 3000;
  const tests::TempDir place;
  std::atomic<std::int64_t> gone = 0;
  std::jthread holders([&] {
    for (std::int64_t job = 1; job <= k_holders; ++job) {
      OwnerLock lock(place / "lock");
      EXPECT_TRUE(lock.try_take(facts_of(job)));
      lock.release();
      gone = job;
    }
  });
  while (gone < k_holders) {
    const std::int64_t before = gone;
    if (lock_state(place / "lock") == LockState::held) {
      const auto facts = read_owner_facts(place / "lock");
      ASSERT_TRUE(facts);
      ASSERT_GT(facts->job, before);
    }
  }
}

TEST(OwnerLock, TakenWithoutAWordGoesOnTellingOfTheLastHolder) {
  const tests::TempDir place;
  {
    OwnerLock last(place / "lock");
    ASSERT_TRUE(last.try_take(facts_of(12)));
  }
  OwnerLock lock(place / "lock");
  ASSERT_TRUE(lock.try_take());
  EXPECT_EQ(lock_state(place / "lock"), LockState::held);
  EXPECT_EQ(read_owner_facts(place / "lock")->job, 12);
}

TEST(OwnerLock, IsFreeOnceItsHolderIsKilled) {
  const tests::TempDir place;
  tests::ChildProcess holder([&] {
    OwnerLock lock(place / "lock");
    if (!lock.try_take(facts_of(12))) {
      throw std::runtime_error("the lock is taken");
    }
    std::raise(SIGKILL);
  });
  EXPECT_EQ(holder.wait(), -SIGKILL);
  EXPECT_EQ(lock_state(place / "lock"), LockState::free);
  EXPECT_EQ(read_owner_facts(place / "lock")->job, 12) << "who it was is still known";
  OwnerLock lock(place / "lock");
  EXPECT_TRUE(lock.try_take());
}

TEST(OwnerLock, DoesNotGoWhenAnotherDescriptorOfItsFileIsClosed) {
  const tests::TempDir place;
  OwnerLock lock(place / "lock");
  ASSERT_TRUE(lock.try_take());
  { const std::ifstream reader(place / "lock"); }
  { const OwnerLock other(place / "lock"); }
  EXPECT_EQ(lock_state(place / "lock"), LockState::held);
}

TEST(OwnerLock, ADamagedFileOnlyMeansThatTheHolderIsNotKnown) {
  const tests::TempDir place;
  for (const std::string& text : {std::string(), std::string("{"), std::string("[]"),
                                  std::string(R"({"pid":"x"})"), std::string(3, '\0')}) {
    place.write("lock", text);
    EXPECT_FALSE(read_owner_facts(place / "lock")) << text;
    OwnerLock lock(place / "lock");
    EXPECT_TRUE(lock.try_take()) << text;
  }
  EXPECT_FALSE(read_owner_facts(place / "no such file"));
  EXPECT_EQ(lock_state(place / "no such file"), LockState::free);
  EXPECT_THROW(OwnerLock(place / "no such folder/lock"), JobError);
}

} // namespace
} // namespace nightshift

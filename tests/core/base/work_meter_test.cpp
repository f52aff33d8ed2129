// SPDX-License-Identifier: Apache-2.0

#include "core/base/work_meter.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>

#include <barrier>
#include <ctime>
#include <thread>

namespace nightshift {
namespace {

using namespace std::chrono_literals;

std::chrono::nanoseconds own_cpu_time() {
  std::timespec time{};
  EXPECT_EQ(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time), 0);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// However long that takes.
void use_cpu(std::chrono::nanoseconds time) {
  const auto end = own_cpu_time() + time;
  while (own_cpu_time() < end) {
  }
}

void touch_fresh_pages(std::size_t count) {
  constexpr std::size_t k_page = 4096;
  const std::size_t size = count * k_page;
  void* const memory =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  ASSERT_EQ(madvise(memory, size, MADV_NOHUGEPAGE), 0);
  for (std::size_t page = 0; page < count; ++page) {
    static_cast<volatile char*>(memory)[page * k_page] = 1;
  }
  ASSERT_EQ(munmap(memory, size), 0);
}

TEST(WorkMeter, CountsWhatItsThreadsTellAndNothingElse) {
  WorkMeter meter;
  tally(Tally::statx, 100);
  {
    const WorkMeter::Scope working(&meter);
    tally(Tally::statx, 5);
    tally(Tally::statx);
    tally(Tally::open);
    std::thread([] { tally(Tally::statx, 1000); }).join();
  }
  tally(Tally::statx, 100);
  EXPECT_EQ(meter.get(Tally::statx), 6);
  EXPECT_EQ(meter.get(Tally::open), 1);
  EXPECT_EQ(meter.get(Tally::getdents64), 0);
}

TEST(WorkMeter, AScopeWithinAnotherTakesItsPlaceAndGivesItBack) {
  WorkMeter outer;
  WorkMeter inner;
  {
    const WorkMeter::Scope first(&outer);
    tally(Tally::open);
    {
      const WorkMeter::Scope second(&inner);
      tally(Tally::open, 10);
      use_cpu(2ms);
    }
    tally(Tally::open);
    EXPECT_EQ(current_work_meter(), &outer);
  }
  EXPECT_EQ(current_work_meter(), nullptr);
  EXPECT_EQ(outer.get(Tally::open), 2);
  EXPECT_EQ(inner.get(Tally::open), 10);
  EXPECT_GE(inner.thread_use().cpu, 2ms);
}

TEST(WorkMeter, AScopeWithinOneOfTheSameMeterIsThatOne) {
  WorkMeter meter;
  {
    const WorkMeter::Scope first(&meter);
    {
      const WorkMeter::Scope second(&meter);
      const WorkMeter::Scope none(nullptr);
      EXPECT_EQ(current_work_meter(), &meter);
    }
    EXPECT_EQ(meter.thread_use().wall, 0ns) << "told before the outer scope has ended";
  }
  EXPECT_EQ(meter.thread_use().most_threads, 1);
}

TEST(WorkMeter, SumsTheCpuTimeOfItsThreads) {
  WorkMeter meter;
  const auto work = [&] {
    const WorkMeter::Scope working(&meter);
    use_cpu(5ms);
  };
  const auto before = own_cpu_time();
  work();
  const auto own = own_cpu_time() - before;
  EXPECT_GE(meter.thread_use().cpu, 5ms);
  EXPECT_LE(meter.thread_use().cpu, own) << "more than the thread used";
  std::thread(work).join();
  EXPECT_GE(meter.thread_use().cpu, 10ms);
}

TEST(WorkMeter, CountsTheThreadsThatWorkAtOnce) {
  WorkMeter meter;
  std::barrier meeting(3);
  const auto work = [&] {
    const WorkMeter::Scope working(&meter);
    meeting.arrive_and_wait();
  };
  std::thread first(work);
  std::thread second(work);
  work();
  first.join();
  second.join();
  EXPECT_EQ(meter.thread_use().most_threads, 3);
}

TEST(WorkMeter, TimeWithoutAProcessorIsPartOfTheTimeAtWork) {
  WorkMeter meter;
  {
    const WorkMeter::Scope working(&meter);
    for (int i = 0; i < 20; ++i) {
      use_cpu(1ms);
      std::this_thread::yield();
    }
  }
  const ThreadUse use = meter.thread_use();
  EXPECT_GE(use.ready, 0ns);
  EXPECT_LE(use.ready, use.wall);
}

TEST(WorkMeter, CountsPageFaults) {
  WorkMeter meter;
  {
    const WorkMeter::Scope working(&meter);
    touch_fresh_pages(64);
  }
  EXPECT_GE(meter.thread_use().minor_faults, 64);
}

TEST(WaitTimer, AddsTheTimeUpForTheThreadsMeter) {
  WorkMeter meter;
  {
    const WorkMeter::Scope working(&meter);
    for (int i = 0; i < 2; ++i) {
      const WaitTimer waiting(Wait::request);
      const auto end = std::chrono::steady_clock::now() + 1ms;
      while (std::chrono::steady_clock::now() < end) {
      }
    }
  }
  EXPECT_GE(meter.get(Wait::request), 2ms);
  EXPECT_EQ(meter.get(Wait::held_back), 0ns);
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/runner/work_stack.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <utility>
#include <vector>

namespace nightshift {
namespace {

std::vector<WorkItem> items(std::size_t count) {
  std::vector<WorkItem> made;
  for (std::size_t i = 0; i < count; ++i) {
    made.push_back(make_work(static_cast<int>(i)));
  }
  return made;
}

int number(const WorkItem& item) {
  return *static_cast<const int*>(item.get());
}

using Call = WorkStack::Call;

std::vector<Call> calls(WorkStack& work) {
  std::vector<Call> made;
  for (Call call = work.call(); call != Call::nobody; call = work.call()) {
    made.push_back(call);
  }
  return made;
}

WorkItem one_item() {
  return make_work(0);
}

constexpr TakerLimits k_all_ready{.ready = 8, .most = 8};

TEST(WorkStack, GivesTheNewestFirstAndNothingOnceAllIsDone) {
  WorkStack work(items(2), {});
  EXPECT_EQ(number(work.take()), 1);
  work.add(std::move(items(3).back()));
  work.done();
  EXPECT_EQ(number(work.take()), 2);
  work.done();
  EXPECT_EQ(number(work.take()), 0);
  work.done();
  EXPECT_EQ(work.take(), nullptr);
}

TEST(WorkStack, CallsNobodyForWhatItsTakerIsAboutToTake) {
  WorkStack work(items(1), k_all_ready);
  EXPECT_EQ(work.call(), Call::nobody);
  const WorkItem item = work.take();
  EXPECT_EQ(work.call(), Call::nobody) << "nothing is left";
  work.done();
  work.add(one_item());
  EXPECT_EQ(work.call(), Call::nobody) << "its taker has nothing else to do";
}

TEST(WorkStack, CallsATakerForEachItemThatWaits) {
  WorkStack work(items(1), k_all_ready);
  const WorkItem item = work.take();
  work.add(one_item());
  EXPECT_EQ(calls(work), std::vector{Call::taker});
  work.add(one_item());
  EXPECT_EQ(calls(work), std::vector{Call::taker});
}

TEST(WorkStack, CallsNoMoreTakersThanThereMayBe) {
  WorkStack work(items(20), {.ready = 4, .most = 4});
  EXPECT_EQ(calls(work), std::vector(3, Call::taker)) << "one is there";
  WorkStack alone(items(20), {.ready = 1, .most = 1});
  EXPECT_EQ(alone.call(), Call::nobody);
  WorkStack fewer(items(20), {.ready = 8, .most = 2});
  EXPECT_EQ(calls(fewer), std::vector{Call::taker});
}

TEST(WorkStack, CallsAReserveBeyondTheReadyTakersOneAtATime) {
  WorkStack work(items(20), {.ready = 2, .most = 4});
  EXPECT_EQ(calls(work), (std::vector{Call::taker, Call::reserve}));
  EXPECT_TRUE(work.stand_by([] { return true; }));
  EXPECT_EQ(calls(work), std::vector{Call::reserve});
  EXPECT_TRUE(work.stand_by([] { return true; }));
  EXPECT_EQ(work.call(), Call::nobody) << "four are there";
}

TEST(WorkStack, AReserveStandsByUntilItIsOfUse) {
  WorkStack work(items(5), {.ready = 1, .most = 2});
  EXPECT_EQ(work.call(), Call::reserve);
  int asked = 0;
  EXPECT_TRUE(work.stand_by([&] { return ++asked == 3; }));
  EXPECT_EQ(asked, 3);
}

TEST(WorkStack, AReserveForWhomNothingWaitsAnyMoreGoesOnStandingBy) {
  WorkStack work(items(2), {.ready = 1, .most = 2});
  EXPECT_EQ(work.call(), Call::reserve);
  const WorkItem first = work.take();
  work.done();
  const WorkItem second = work.take();
  int asked = 0;
  EXPECT_FALSE(work.stand_by([&] {
    if (++asked == 3) {
      work.done();
    }
    return true;
  })) << "all was done meanwhile";
  EXPECT_EQ(asked, 3);
}

TEST(WorkStack, AReserveGoesWhenAllIsDone) {
  WorkStack work(items(2), {.ready = 1, .most = 2});
  EXPECT_EQ(work.call(), Call::reserve);
  std::atomic<bool> is_standing_by{false};
  auto reserve = std::async(std::launch::async, [&] {
    return work.stand_by([&] {
      is_standing_by = true;
      is_standing_by.notify_one();
      return false;
    });
  });
  is_standing_by.wait(false);
  while (work.take() != nullptr) {
    work.done();
  }
  EXPECT_FALSE(reserve.get());
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/runner/work_stack.hpp"

#include <gtest/gtest.h>

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

int takers_called(WorkStack& work) {
  int called = 0;
  while (work.calls_taker()) {
    ++called;
  }
  return called;
}

TEST(WorkStack, GivesTheNewestFirstAndNothingOnceAllIsDone) {
  WorkStack work(items(2), 1);
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
  WorkStack work(items(1), 8);
  EXPECT_EQ(takers_called(work), 0);
  const WorkItem item = work.take();
  EXPECT_EQ(takers_called(work), 0) << "nothing is left";
  work.done();
  work.add(std::move(items(1).front()));
  EXPECT_EQ(takers_called(work), 0) << "its taker has nothing else to do";
}

TEST(WorkStack, CallsATakerForEachItemThatWaits) {
  WorkStack work(items(1), 8);
  const WorkItem item = work.take();
  work.add(std::move(items(1).front()));
  EXPECT_EQ(takers_called(work), 1);
  work.add(std::move(items(1).front()));
  EXPECT_EQ(takers_called(work), 1);
}

TEST(WorkStack, CallsNoMoreTakersThanThereMayBe) {
  WorkStack work(items(20), 4);
  EXPECT_EQ(takers_called(work), 3) << "one is there";
  WorkStack alone(items(20), 1);
  EXPECT_EQ(takers_called(alone), 0);
}

} // namespace
} // namespace nightshift

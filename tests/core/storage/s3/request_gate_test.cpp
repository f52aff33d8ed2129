// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/request_gate.hpp"
#include "tests/support/error_of.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace nightshift::s3 {
namespace {

void succeed(RequestGate& gate, int times) {
  for (int i = 0; i < times; ++i) {
    gate.enter(std::stop_token()).succeeded();
  }
}

TEST(RequestGate, LetsInNoMoreThanItsLimit) {
  RequestGate gate(2);
  const auto first = gate.enter(std::stop_token());
  std::promise<void> entered;
  std::thread third;
  {
    const auto second = gate.enter(std::stop_token());
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_EQ(tests::error_of([&] { (void)gate.enter(stopped.get_token()); }).error_class(),
              ErrorClass::cancelled)
        << "there is no room";
    third = std::thread([&] {
      const auto pass = gate.enter(std::stop_token());
      entered.set_value();
    });
  }
  entered.get_future().wait();
  third.join();
}

TEST(RequestGate, AStopEndsTheWaitForRoom) {
  RequestGate gate(1);
  const auto first = gate.enter(std::stop_token());
  std::stop_source stop;
  std::promise<ErrorClass> ended;
  std::thread second([&] {
    ended.set_value(tests::error_of([&] { (void)gate.enter(stop.get_token()); }).error_class());
  });
  stop.request_stop();
  EXPECT_EQ(ended.get_future().get(), ErrorClass::cancelled);
  second.join();
}

TEST(RequestGate, HalvesItsLimitOnceForRequestsThatWereOnTheirWayTogether) {
  RequestGate gate(8);
  {
    auto first = gate.enter(std::stop_token());
    auto second = gate.enter(std::stop_token());
    first.slow_down();
    second.slow_down();
  }
  EXPECT_EQ(gate.limit(), 4);
  for (int i = 0; i < 5; ++i) {
    gate.enter(std::stop_token()).slow_down();
  }
  EXPECT_EQ(gate.limit(), 1);
}

TEST(RequestGate, GrowsByOneForAsManySuccessesAsItLetsIn) {
  RequestGate gate(4);
  gate.enter(std::stop_token()).slow_down();
  EXPECT_EQ(gate.limit(), 2);
  succeed(gate, 1);
  EXPECT_EQ(gate.limit(), 2);
  succeed(gate, 1);
  EXPECT_EQ(gate.limit(), 3);
  succeed(gate, 3);
  EXPECT_EQ(gate.limit(), 4);
  succeed(gate, 100);
  EXPECT_EQ(gate.limit(), 4);
}

} // namespace
} // namespace nightshift::s3

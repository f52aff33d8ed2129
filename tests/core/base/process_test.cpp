// SPDX-License-Identifier: Apache-2.0

#include "core/base/process.hpp"
#include "tests/support/child_process.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace nightshift {
namespace {

TEST(Process, IsTheSameHoweverOftenItIsAsked) {
  const ProcessIdentity self = own_process();
  EXPECT_EQ(self, own_process());
  EXPECT_EQ(self.pid, getpid());
  EXPECT_GT(self.start, 0U);
  EXPECT_FALSE(self.host.empty());
}

TEST(Process, IsAnotherInAChild) {
  const ProcessIdentity parent = own_process();
  tests::ChildProcess child([&] {
    const ProcessIdentity self = own_process();
    if (self == parent || self.boot_id != parent.boot_id || self.start < parent.start) {
      throw std::runtime_error("a child takes itself for its parent");
    }
  });
  EXPECT_EQ(child.wait(), 0);
}

} // namespace
} // namespace nightshift

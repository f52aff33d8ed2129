// SPDX-License-Identifier: Apache-2.0
//
// A job type is an ordinary class: its test makes one and runs it in a fake context.

#include "plugins/hello/hello.hpp"

#include <nightshift/testkit/fake_context.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace {

using nightshift::JobError;
using nightshift::Value;
using nightshift::testkit::FakeContext;

TEST(Hello, GreetsTheNightOnceUnlessToldOtherwise) {
  const hello::Hello hello;
  FakeContext fake(hello.info().parameters);
  fake.run(hello);
  EXPECT_EQ(fake.log.messages(), std::vector<std::string>{"Hello, night!"});
}

TEST(Hello, GreetsAsOftenAsAskedAndCounts) {
  const hello::Hello hello;
  FakeContext fake(hello.info().parameters, Value::Map{{"name", {}, "Ada"}, {"times", {}, 3}});
  fake.run(hello);
  EXPECT_EQ(fake.log.messages(), std::vector<std::string>(3, "Hello, Ada!"));
  EXPECT_EQ(fake.progress.done(), 3);
  EXPECT_EQ(fake.progress.total(), 3);
  EXPECT_EQ(fake.progress.parameter(0), 3);
}

TEST(Hello, TakesFrom1To1000Times) {
  for (const int times : {0, 1001, -1}) {
    EXPECT_THROW(FakeContext(hello.info().parameters, Value::Map{{"times", {}, times}}),
                 std::invalid_argument);
  }
  FakeContext fake(hello.info().parameters, Value::Map{{"times", {}, 1000}});
  fake.run(hello);
  EXPECT_EQ(fake.log.messages().size(), 1000U);
}

TEST(Hello, StopsWhenAsked) {
  FakeContext fake(hello.info().parameters);
  fake.stop.request_stop();
  EXPECT_THROW(fake.run(hello), JobError);
  EXPECT_TRUE(fake.log.messages().empty());
}

TEST(Hello, IsItsOwnOnlyStage) {
  EXPECT_EQ(hello.info().key, hello::Hello::k_key);
  EXPECT_EQ(hello.info().stages, std::vector<std::string>{"hello"});
}

} // namespace

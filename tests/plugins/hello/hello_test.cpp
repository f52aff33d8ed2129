// SPDX-License-Identifier: Apache-2.0
//
// A job type is an ordinary class: its test makes one and runs it in a fake context.

#include "plugins/hello/hello.hpp"

#include <nightshift/testkit/fake_context.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace hello {

namespace {

using nightshift::Value;
using nightshift::testkit::FakeContext;

TEST(Hello, GreetsTheNightOnceUnlessToldOtherwise) {
  const Hello job_type;
  FakeContext fake(job_type.info().parameters);
  fake.run(job_type);
  EXPECT_EQ(fake.log.messages(), std::vector<std::string>{"Hello, night!"});
}

TEST(Hello, GreetsAsOftenAsAskedAndCounts) {
  const Hello job_type;
  FakeContext fake(job_type.info().parameters, Value::Map{{"name", {}, "Ada"}, {"times", {}, 3}});
  fake.run(job_type);
  EXPECT_EQ(fake.log.messages(), std::vector<std::string>(3, "Hello, Ada!"));
  EXPECT_EQ(fake.progress.done(), 3);
  EXPECT_EQ(fake.progress.total(), 3);
  EXPECT_EQ(fake.progress.parameter(0), 3);
}

TEST(Hello, GreetsFromOnceToAThousandTimes) {
  const auto with_times = [](int times) {
    return FakeContext(Hello().info().parameters, Value::Map{{"times", {}, times}}).parameters;
  };
  EXPECT_EQ(with_times(1000).integer("times"), 1000);
  EXPECT_THROW(with_times(0), std::invalid_argument);
  EXPECT_THROW(with_times(1001), std::invalid_argument);
}

TEST(Hello, StopsWhenAsked) {
  const Hello job_type;
  FakeContext fake(job_type.info().parameters);
  fake.stop.request_stop();
  EXPECT_THROW(fake.run(job_type), nightshift::JobError);
  EXPECT_TRUE(fake.log.messages().empty());
}

TEST(Hello, IsItsOwnOnlyStage) {
  const Hello job_type;
  EXPECT_EQ(job_type.info().key, Hello::k_key);
  EXPECT_EQ(job_type.info().stages, std::vector<std::string>{"hello"});
}

} // namespace

} // namespace hello

// SPDX-License-Identifier: Apache-2.0

#include <nightshift/testkit/fake_context.hpp>

#include <gtest/gtest.h>

namespace nightshift {
namespace {

// Greets, and touches all that a context has.
class Greeter final : public JobType {
 public:
  Greeter() {
    info_.key = "greeter";
    info_.parameters = {{.key = "greeting", .fallback = "Good night"}};
  }

  [[nodiscard]] const JobTypeInfo& info() const noexcept override { return info_; }

  void run(JobContext& context) const override {
    context.throw_if_stopped();
    context.log.info("{}, {}", context.parameters.text("greeting"), context.job.name);
    parallel_for(context.cpu, 3, [&](std::size_t) { context.progress.add(Counter::listed); });
    parallel_for(context.io, 3, [&](std::size_t) { context.progress.add_done(1); });
    if (context.host.compile("^bad")->found_in("bad.jpg")) {
      context.host.item_failed("bad.jpg", "it is bad");
    }
  }

 private:
  JobTypeInfo info_;
};

TEST(FakeContext, RunsAJobTypeAndRecordsWhatItDid) {
  const Greeter greeter;
  testkit::FakeContext fake(greeter.info().parameters);
  fake.job.name = "everyone";
  fake.run(greeter);
  EXPECT_EQ(fake.log.messages(), std::vector<std::string>{"Good night, everyone"});
  EXPECT_EQ(fake.progress.get(Counter::listed), 3);
  EXPECT_EQ(fake.progress.done(), 3);
  EXPECT_EQ(fake.host.failed_items(),
            (std::vector<testkit::FakeHost::FailedItem>{{"bad.jpg", "it is bad"}}));
}

TEST(FakeContext, ChecksParametersAsTheRunnerDoes) {
  const Greeter greeter;
  testkit::FakeContext fake(greeter.info().parameters, Value::Map{{"greeting", {}, "Hello"}});
  fake.run(greeter);
  EXPECT_EQ(fake.log.messages(), std::vector<std::string>{"Hello, A job under test"});
  EXPECT_THROW(testkit::FakeContext(greeter.info().parameters, Value::Map{{"greetin", {}, "Hi"}}),
               std::invalid_argument);
  EXPECT_THROW(testkit::FakeContext(greeter.info().parameters, Value::Map{{"greeting", {}, 7}}),
               std::invalid_argument);
}

TEST(FakeContext, CanBeStopped) {
  testkit::FakeContext fake;
  fake.stop.request_stop();
  EXPECT_THROW(fake.run(Greeter()), JobError);
}

TEST(FakeHost, SaysWhichPatternDoesNotCompile) {
  testkit::FakeHost host;
  try {
    (void)host.compile("a(b");
    FAIL() << "compiled";
  } catch (const JobError& error) {
    EXPECT_EQ(error.code(), error_code::k_bad_data);
    EXPECT_NE(std::string(error.what()).find("a(b"), std::string::npos);
  }
}

TEST(FakeHost, KeepsTheMetersOfQueues) {
  testkit::FakeHost host;
  QueueMeter* const meter = queue_meter(host, "merge");
  ASSERT_NE(meter, nullptr);
  meter->arrived(10, 1, 10);
  EXPECT_EQ(host.queue("merge")->use().bytes, 10);
  EXPECT_EQ(host.queue("other")->use().bytes, 0);
}

// One that knows nothing of profiles.
class PlainHost final : public Host {
 public:
  [[nodiscard]] std::unique_ptr<Pattern> compile(std::string_view) override { return nullptr; }

  void item_failed(std::string_view, std::string_view) override {}
};

TEST(QueueMeter, IsNoneWhereTheHostIsNoProfiler) {
  PlainHost host;
  EXPECT_EQ(queue_meter(host, "merge"), nullptr);
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// All that `JobType::run` asks for, in one object, so that a plugin's test needs no runner:
//
//   FakeContext fake(type.info().parameters, Value::Map{{"greeting", {}, "Hello"}});
//   fake.job.deployment.emplace().name = "Ridge north";
//   fake.run(type);
//   EXPECT_EQ(fake.log.messages(), std::vector<std::string>{"Hello, Ridge north"});

#pragma once

#include <nightshift/error.hpp>
#include <nightshift/job_context.hpp>
#include <nightshift/job_type.hpp>
#include <nightshift/profiler.hpp>
#include <nightshift/testkit/recording_logger.hpp>
#include <nightshift/testkit/serial_executor.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <regex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::testkit {

// Remembers the items that failed and what queues did. Compiles patterns as ECMAScript with
// std::regex, which is near enough to the runner's dialect for simple patterns and takes no care of
// hostile ones.
class FakeHost final : public Host, public Profiler {
 public:
  struct FailedItem {
    std::string key;
    std::string why;

    friend bool operator==(const FailedItem&, const FailedItem&) = default;
  };

  [[nodiscard]] std::unique_ptr<Pattern> compile(std::string_view regex) override {
    try {
      return std::make_unique<StdPattern>(regex);
    } catch (const std::regex_error& error) {
      throw permanent_error(error_code::k_bad_data,
                            fmt::format("cannot compile \"{}\": {}", regex, error.what()));
    }
  }

  void item_failed(std::string_view key, std::string_view why) override {
    const std::scoped_lock lock(mutex_);
    failed_.push_back({std::string(key), std::string(why)});
  }

  [[nodiscard]] QueueMeter* queue(std::string_view name) override {
    const std::scoped_lock lock(mutex_);
    return &queues_[std::string(name)];
  }

  [[nodiscard]] std::vector<FailedItem> failed_items() const {
    const std::scoped_lock lock(mutex_);
    return failed_;
  }

 private:
  class StdPattern final : public Pattern {
   public:
    explicit StdPattern(std::string_view regex) : regex_(regex.begin(), regex.end()) {}

    [[nodiscard]] bool found_in(std::string_view text) const override {
      return std::regex_search(text.begin(), text.end(), regex_);
    }

   private:
    std::regex regex_;
  };

  mutable std::mutex mutex_;
  std::vector<FailedItem> failed_;
  std::map<std::string, QueueMeter> queues_;
};

// Set what the test needs, then `run`. Storage and catalogue are borrowed, and null unless set;
// everything runs on the calling thread unless `cpu` and `io` are set to other executors.
struct FakeContext {
  // Checks `given` against `specs` as the runner does and throws std::invalid_argument with every
  // mistake.
  explicit FakeContext(std::vector<ParameterSpec> specs = {}, const Value& given = {}) {
    job.id = 1;
    job.name = "A job under test";
    Diagnostics diagnostics;
    parameters = Parameters(given, std::move(specs), "params", diagnostics);
    std::string mistakes;
    for (const Diagnostic& error : diagnostics.errors()) {
      mistakes += mistakes.empty() ? error.message : "; " + error.message;
    }
    if (diagnostics.has_errors()) {
      throw std::invalid_argument(mistakes);
    }
  }

  void run(const JobType& job_type) {
    JobContext context{job,  parameters, log,  progress, stop.get_token(),
                       *cpu, *io,        host, storage,  catalogue};
    job_type.run(context);
  }

  JobInfo job;
  Parameters parameters;
  RecordingLogger log;
  StageProgress progress;
  std::stop_source stop;
  SerialExecutor serial{stop.get_token()};
  Executor* cpu = &serial;
  Executor* io = &serial;
  FakeHost host;
  Storage* storage = nullptr;
  Catalogue* catalogue = nullptr;
};

} // namespace nightshift::testkit

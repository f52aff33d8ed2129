// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/job_type.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace hello {

// Greets somebody a number of times. Small, and still all there is to a job type: what it is, what
// it takes, how it shows its progress and how it stops when it is asked to.
class Hello final : public nightshift::JobType {
 public:
  static constexpr std::string_view k_key = "hello";

  Hello() {
    info_.key = k_key;
    info_.name = "Hello";
    info_.help = "Greets somebody a number of times.";
    info_.stages = {"hello"};
    info_.stage_parameters = {"Greetings"};
    info_.can_be_tried = true;
    info_.parameters = {
        {.key = "name",
         .type = nightshift::ParameterType::text,
         .fallback = "night",
         .help = "Whom to greet"},
        {.key = "times",
         .type = nightshift::ParameterType::integer,
         .fallback = 1,
         .help = "How often",
         .minimum = 1,
         .maximum = 1000},
    };
  }

  [[nodiscard]] const nightshift::JobTypeInfo& info() const noexcept override { return info_; }

  void run(nightshift::JobContext& context) const override {
    const std::string name = context.parameters.text("name");
    const std::int64_t times = context.parameters.integer("times");
    context.progress.set_total(times);
    for (std::int64_t greeted = 1; greeted <= times; ++greeted) {
      context.throw_if_stopped();
      context.log.info("Hello, {}!", name);
      context.progress.set_done(greeted);
      context.progress.set_parameter(0, greeted);
    }
  }

 private:
  nightshift::JobTypeInfo info_;
};

} // namespace hello

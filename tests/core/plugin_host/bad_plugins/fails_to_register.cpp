// SPDX-License-Identifier: Apache-2.0
//
// The second of its job types cannot be made, so that the first must not remain either.

#include <nightshift/error.hpp>
#include <nightshift/plugin.hpp>

namespace {

class First final : public nightshift::JobType {
 public:
  static constexpr std::string_view k_key = "first";

  First() {
    info_.key = k_key;
    info_.stages = {"first"};
  }

  [[nodiscard]] const nightshift::JobTypeInfo& info() const noexcept override { return info_; }

  void run(nightshift::JobContext& /*context*/) const override {}

 private:
  nightshift::JobTypeInfo info_;
};

class Second final : public nightshift::JobType {
 public:
  static constexpr std::string_view k_key = "second";

  Second() { throw nightshift::permanent_error("no_model", "the model file is missing"); }

  [[nodiscard]] const nightshift::JobTypeInfo& info() const noexcept override { return info_; }

  void run(nightshift::JobContext& /*context*/) const override {}

 private:
  nightshift::JobTypeInfo info_;
};

} // namespace

NIGHTSHIFT_PLUGIN(First, Second)

// SPDX-License-Identifier: Apache-2.0

#include <nightshift/plugin.hpp>

namespace {

class WithoutStage final : public nightshift::JobType {
 public:
  static constexpr std::string_view k_key = "without_stage";

  WithoutStage() { info_.key = k_key; }

  [[nodiscard]] const nightshift::JobTypeInfo& info() const noexcept override { return info_; }

  void run(nightshift::JobContext& /*context*/) const override {}

 private:
  nightshift::JobTypeInfo info_;
};

} // namespace

NIGHTSHIFT_PLUGIN(WithoutStage)

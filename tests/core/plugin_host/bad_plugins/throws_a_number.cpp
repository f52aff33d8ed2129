// SPDX-License-Identifier: Apache-2.0

#include <nightshift/plugin.hpp>

namespace {

class Number final : public nightshift::JobType {
 public:
  static constexpr std::string_view k_key = "number";

  Number() { throw 42; }

  [[nodiscard]] const nightshift::JobTypeInfo& info() const noexcept override { return info_; }

  void run(nightshift::JobContext& /*context*/) const override {}

 private:
  nightshift::JobTypeInfo info_;
};

} // namespace

NIGHTSHIFT_PLUGIN(Number)

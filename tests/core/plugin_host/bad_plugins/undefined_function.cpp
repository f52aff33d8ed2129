// SPDX-License-Identifier: Apache-2.0

#include <nightshift/plugin.hpp>

void function_of_another_version();

namespace {

class Undefined final : public nightshift::JobType {
 public:
  static constexpr std::string_view k_key = "undefined";

  [[nodiscard]] const nightshift::JobTypeInfo& info() const noexcept override { return info_; }

  void run(nightshift::JobContext& /*context*/) const override { function_of_another_version(); }

 private:
  nightshift::JobTypeInfo info_;
};

} // namespace

NIGHTSHIFT_PLUGIN(Undefined)

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/job_type.hpp>

#include <string_view>

namespace nightshift::update_deployment_cache {

// Brings a deployment's sessions and cached fields to what its captures say. README.md beside this
// file says how.
class UpdateDeploymentCache final : public JobType {
 public:
  static constexpr std::string_view k_key = "update_deployment_cache";

  UpdateDeploymentCache();

  [[nodiscard]] const JobTypeInfo& info() const noexcept override { return info_; }

  void run(JobContext& context) const override;

 private:
  JobTypeInfo info_;
};

// The cached fields of a deployment, under Antenna's definitions, from what its folders and
// its sessions add up to.
[[nodiscard]] CachedFields cached_fields(const FolderTotals& totals,
                                         const Regroup::SessionTotals& sessions);

} // namespace nightshift::update_deployment_cache

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/job_type.hpp>

#include <string_view>

namespace nightshift::data_storage_sync {

// Brings the catalogue's captures of a deployment to what its storage lists. README.md beside this
// file says how.
class DataStorageSync final : public JobType {
 public:
  static constexpr std::string_view k_key = "data_storage_sync";

  DataStorageSync();

  [[nodiscard]] const JobTypeInfo& info() const noexcept override { return info_; }

  void run(JobContext& context) const override;

 private:
  JobTypeInfo info_;
};

} // namespace nightshift::data_storage_sync

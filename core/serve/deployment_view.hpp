// SPDX-License-Identifier: Apache-2.0
//
// What is known of deployments, as documents and as nights.

#pragma once

#include "core/base/json.hpp"
#include "core/catalogue/catalogue_pages.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nightshift::serve {

// A catalogue, which need not be there yet.
struct CatalogueAt {
  std::string uri;
  std::filesystem::path base_folder;
};

// Each deployment with its cached fields, in the order of their ids; none where there is no
// catalogue. Throws `JobError`.
[[nodiscard]] std::vector<Json> deployment_documents(const CatalogueAt& catalogue,
                                                     std::optional<std::int64_t> id = {});

[[nodiscard]] std::vector<Json> session_documents(const CatalogueAt& catalogue,
                                                  std::int64_t deployment_id);

[[nodiscard]] std::map<std::int64_t, std::string> project_names(const CatalogueAt& catalogue);

// When a deployment took its captures.
struct Activity {
  struct Night {
    std::chrono::sys_days date;           // of the evening: from noon to noon
    std::array<std::int64_t, 24> hours{}; // from 12:00 to 11:00
    std::int64_t captures = 0;
  };

  std::vector<Night> nights; // with captures, ascending

  [[nodiscard]] bool empty() const noexcept { return nights.empty(); }

  // All dates from the first night to the last; 0 without nights.
  [[nodiscard]] std::int64_t span() const;

  // Runs of nights without captures in between.
  struct Gap {
    std::chrono::sys_days first;
    std::chrono::sys_days last;
  };

  [[nodiscard]] std::vector<Gap> gaps() const;
};

[[nodiscard]] Activity to_activity(const std::vector<HourCount>& hours);

[[nodiscard]] Json to_document(const Activity& activity);

// "2024-06-01"
[[nodiscard]] std::string date_text(std::chrono::sys_days date);

} // namespace nightshift::serve

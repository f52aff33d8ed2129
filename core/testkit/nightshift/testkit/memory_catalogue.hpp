// SPDX-License-Identifier: Apache-2.0
//
// A catalogue that is simple and, as far as that goes, obviously right: maps, one lock, every sum
// counted anew. Records what it was asked, so that a test can tell what was not touched. Passes the
// same conformance suite as the real ones.

#pragma once

#include <nightshift/catalogue.hpp>
#include <nightshift/error.hpp>
#include <nightshift/testkit/memory_catalogue_state.hpp>
#include <nightshift/testkit/memory_merge.hpp>
#include <nightshift/testkit/memory_regroup.hpp>

#include <fmt/format.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace nightshift::testkit {

class MemoryCatalogue final : public Catalogue {
 public:
  void put_deployment(const Deployment& deployment) override {
    const std::scoped_lock lock(state_.mutex);
    state_.deployments[deployment.id].settings = deployment;
    for (auto& [id, each] : state_.deployments) {
      if (each.settings.project.id == deployment.project.id) {
        each.settings.project = deployment.project;
      }
    }
  }

  [[nodiscard]] std::unique_ptr<Merge> open_merge(std::int64_t deployment_id,
                                                  const MergeRules& rules) override {
    const std::scoped_lock lock(state_.mutex);
    throw_unless_known(deployment_id);
    return std::make_unique<MemoryMerge>(state_, deployment_id, rules);
  }

  [[nodiscard]] std::unique_ptr<Regroup> open_regroup(std::int64_t deployment_id,
                                                      const GroupingRule& rule) override {
    {
      const std::scoped_lock lock(state_.mutex);
      throw_unless_known(deployment_id);
    }
    return std::make_unique<MemoryRegroup>(state_, deployment_id, rule);
  }

  void flush() override {}

  void read(const ViewQuery& query, FunctionRef<void(std::span<const std::string> columns)> header,
            FunctionRef<void(ViewRow row)> row) override {
    const std::scoped_lock lock(state_.mutex);
    const std::vector<std::string> columns = detail::columns_of(query.view);
    header(columns);
    std::int64_t rows = 0;
    for (const auto& [id, deployment] : state_.deployments) {
      if (query.deployment_id && *query.deployment_id != id) {
        continue;
      }
      for (const detail::Row& each : detail::rows_of(query.view, deployment)) {
        if (query.limit && rows++ >= *query.limit) {
          return;
        }
        row(each);
      }
    }
  }

  [[nodiscard]] std::string describe() const override { return "memory"; }

  // What merges and regroups were asked, in that order: "250 merge night/: 3".
  [[nodiscard]] std::vector<std::string> calls() {
    const std::scoped_lock lock(state_.mutex);
    return state_.calls;
  }

  void forget_calls() {
    const std::scoped_lock lock(state_.mutex);
    state_.calls.clear();
  }

 private:
  void throw_unless_known(std::int64_t deployment_id) const {
    if (state_.deployments.count(deployment_id) == 0) {
      throw permanent_error(error_code::k_not_found,
                            fmt::format("the catalogue has no deployment {}", deployment_id));
    }
  }

  detail::MemoryState state_;
};

} // namespace nightshift::testkit

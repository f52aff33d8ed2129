// SPDX-License-Identifier: Apache-2.0
//
// What every catalogue promises (see nightshift/catalogue.hpp), as tests. A backend's test file
// says how to make an empty one and instantiates the suite:
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, CatalogueConformance,
//                            testing::Values(CatalogueBackend{"sqlite", make_place}),
//                            catalogue_case_name);

#pragma once

#include "tests/support/capture_tree.hpp"
#include "tests/support/catalogue_views.hpp"
#include "tests/support/error_of.hpp"

#include <nightshift/catalogue.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace nightshift::tests {

// A catalogue of some backend, empty at first.
class CataloguePlace {
 public:
  CataloguePlace() = default;
  CataloguePlace(const CataloguePlace&) = delete;
  CataloguePlace& operator=(const CataloguePlace&) = delete;
  virtual ~CataloguePlace() = default;

  [[nodiscard]] virtual Catalogue& catalogue() = 0;
};

struct CatalogueBackend {
  std::string name;
  std::function<std::unique_ptr<CataloguePlace>()> make;

  friend void PrintTo(const CatalogueBackend& backend, std::ostream* out) { *out << backend.name; }
};

inline std::string catalogue_case_name(const testing::TestParamInfo<CatalogueBackend>& info) {
  return info.param.name;
}

// Deployments 1 and 2 of project 7 are put already.
class CatalogueConformance : public testing::TestWithParam<CatalogueBackend> {
 protected:
  CatalogueConformance() : place_(GetParam().make()) {
    for (const std::int64_t id : {1, 2}) {
      Deployment deployment;
      deployment.id = id;
      deployment.name = "deployment " + std::to_string(id);
      deployment.project = {7, "project"};
      deployment.source = "disk";
      catalogue().put_deployment(deployment);
    }
  }

  [[nodiscard]] Catalogue& catalogue() { return place_->catalogue(); }

  // "path state" of each capture.
  [[nodiscard]] std::vector<std::string> states(std::int64_t deployment_id = 1) {
    const ViewTable table = read_view(catalogue(), {View::captures, deployment_id, {}});
    const std::vector<std::string> paths = table.column("path");
    const std::vector<std::string> states = table.column("state");
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < paths.size(); ++at) {
      lines.push_back(paths[at] + " " + states[at]);
    }
    return lines;
  }

  // Whether a listing of the folder, whole and with these captures, would be found unchanged.
  [[nodiscard]] bool is_unchanged(const std::string& path, const CaptureFolder& folder,
                                  const MergeRules& rules = {}) {
    const CapturePart part = part_of(path, folder);
    return catalogue().open_merge(1, rules)->is_unchanged(path, part.fingerprint,
                                                          static_cast<std::int64_t>(folder.size()));
  }

  // The times marked as dirty, taken away by a commit.
  [[nodiscard]] std::vector<TimeSpan> take_dirty(const GroupingRule& rule = {}) {
    const auto regroup = catalogue().open_regroup(1, rule);
    std::vector<TimeSpan> dirty = regroup->dirty();
    regroup->commit({});
    return dirty;
  }

 private:
  std::unique_ptr<CataloguePlace> place_;
};

} // namespace nightshift::tests

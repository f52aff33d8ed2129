// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/catalogue_conformance.hpp"

#include <nightshift/testkit/memory_catalogue.hpp>

#include <gmock/gmock.h>

namespace nightshift::tests {
namespace {

using testing::ElementsAre;
using testkit::MemoryCatalogue;

class MemoryPlace final : public CataloguePlace {
 public:
  Catalogue& catalogue() override { return catalogue_; }

 private:
  MemoryCatalogue catalogue_;
};

INSTANTIATE_TEST_SUITE_P(Memory, CatalogueConformance,
                         testing::Values(CatalogueBackend{
                             "Memory", [] { return std::make_unique<MemoryPlace>(); }}),
                         catalogue_case_name);

TEST(MemoryCatalogue, RecordsWhatItWasAsked) {
  MemoryCatalogue catalogue;
  Deployment deployment;
  deployment.id = 250;
  catalogue.put_deployment(deployment);
  sync(catalogue, 250, {{"a/", {{"1.jpg", {evening(1)}}}}});
  catalogue.open_regroup(250, {})->commit({});
  EXPECT_THAT(catalogue.calls(), ElementsAre("250 is_unchanged a/: no", "250 merge a/: 1",
                                             "250 finish", "250 commit"));

  catalogue.forget_calls();
  sync(catalogue, 250, {{"a/", {{"1.jpg", {evening(1)}}}}});
  EXPECT_THAT(catalogue.calls(), ElementsAre("250 is_unchanged a/: yes", "250 finish"));
}

} // namespace
} // namespace nightshift::tests

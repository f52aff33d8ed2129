// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/open_catalogue.hpp"
#include "tests/conformance/catalogue_conformance.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

namespace nightshift::tests {
namespace {

class SqlitePlace final : public CataloguePlace {
 public:
  Catalogue& catalogue() override { return *catalogue_; }

 private:
  TempDir folder_;
  std::unique_ptr<Catalogue> catalogue_ = open_catalogue("sqlite:catalogue.db", folder_.path());
};

INSTANTIATE_TEST_SUITE_P(Sqlite, CatalogueConformance,
                         testing::Values(CatalogueBackend{
                             "Sqlite", [] { return std::make_unique<SqlitePlace>(); }}),
                         catalogue_case_name);

} // namespace
} // namespace nightshift::tests

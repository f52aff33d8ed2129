// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/open_catalogue.hpp"
#include "core/catalogue/sqlite/views.hpp"
#include "tests/support/as_nobody.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <optional>

namespace nightshift::sqlite {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using tests::AsNobody;
using tests::error_of;

class CatalogueToRead : public testing::Test {
 protected:
  CatalogueToRead() {
    const auto catalogue = open();
    catalogue->put_deployment({1, "Ridge", {1, "Moths"}, "disk", "", "", "", {}, {}});
    fs::permissions(folder_.path(), fs::perms(0755));
  }

  std::unique_ptr<Catalogue> open() {
    return open_catalogue("sqlite:catalogue.db", folder_.path());
  }

  [[nodiscard]] CatalogueFile file() const { return {folder_ / "catalogue.db"}; }

  [[nodiscard]] std::int64_t deployments() const {
    std::int64_t count = 0;
    with_catalogue_to_read(file(), [&](const Database& database) {
      count = database.number("SELECT count(*) FROM deployments");
    });
    return count;
  }

  [[nodiscard]] JobError refusal() const {
    return error_of([&] { with_catalogue_to_read(file(), [](const Database&) {}); });
  }

  tests::TempDir folder_;
};

TEST_F(CatalogueToRead, ReadsBesideAWriterAndLeavesNothingBehind) {
  {
    const auto writer = open();
    EXPECT_EQ(deployments(), 1);
  }
  EXPECT_EQ(deployments(), 1);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(CatalogueToRead, CannotBeWrittenTo) {
  with_catalogue_to_read(file(), [](const Database& database) {
    Statement remove = database.prepare("DELETE FROM deployment");
    EXPECT_THROW(remove.run(), JobError);
  });
  EXPECT_EQ(deployments(), 1);
}

TEST_F(CatalogueToRead, NeedsNoRightToWrite) {
  const AsNobody nobody;
  EXPECT_EQ(deployments(), 1);
}

TEST_F(CatalogueToRead, SaysSoIfSomebodyWroteWhereThatCouldNotBeKeptOut) {
  std::optional<AsNobody> nobody(std::in_place);
  const JobError error = error_of([&] {
    with_catalogue_to_read(file(), [&](const Database&) {
      nobody.reset();
      open()->put_deployment({2, "Meadow", {1, "Moths"}, "disk", "", "", "", {}, {}});
    });
  });
  EXPECT_EQ(error.code(), "busy");
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
}

TEST_F(CatalogueToRead, RefusesWhatIsNoCatalogue) {
  fs::permissions(file().path, fs::perms(0600));
  {
    const AsNobody nobody;
    EXPECT_EQ(refusal().code(), "denied");
  }
  fs::remove(file().path);
  EXPECT_EQ(refusal().code(), "not_found");
  folder_.write("catalogue.db", "");
  EXPECT_THAT(refusal().what(), HasSubstr("it is empty; a sync makes it"));
  folder_.write("catalogue.db", "hello");
  EXPECT_EQ(refusal().code(), "bad_data");
  fs::remove(file().path);
  fs::create_directory(file().path);
  EXPECT_THAT(refusal().what(), HasSubstr("it is a folder"));
}

} // namespace
} // namespace nightshift::sqlite

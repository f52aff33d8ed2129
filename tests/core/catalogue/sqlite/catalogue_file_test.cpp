// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/catalogue_file.hpp"
#include "tests/support/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift::sqlite {
namespace {

using testing::HasSubstr;
using tests::error_of;

TEST(ParseCatalogueFile, TakesAPathRelativeToTheBaseFolder) {
  EXPECT_EQ(parse_catalogue_file("c.db", "/state").path, "/state/c.db");
  EXPECT_EQ(parse_catalogue_file("sub/c.db", "/state").path, "/state/sub/c.db");
  EXPECT_EQ(parse_catalogue_file("/var/c.db", "/state").path, "/var/c.db");
  EXPECT_TRUE(parse_catalogue_file("c.db", "state").path.is_absolute());
  EXPECT_FALSE(parse_catalogue_file("c.db", "/state").network_allowed);
}

TEST(ParseCatalogueFile, TakesTheLeaveToLieOnANetwork) {
  const CatalogueFile file = parse_catalogue_file("c.db?network=allow", "/state");
  EXPECT_EQ(file.path, "/state/c.db");
  EXPECT_TRUE(file.network_allowed);
}

TEST(ParseCatalogueFile, RefusesWhatIsNoFile) {
  struct Case {
    const char* text;
    const char* code;
    const char* words;
  };

  for (const Case& each : {
           Case{"", "bad_data", "path is missing"},
           Case{"?network=allow", "bad_data", "path is missing"},
           Case{"folder/", "bad_data", "path is missing"},
           Case{"c.db?network=deny", "bad_data", "\"?network=deny\" is no option"},
           Case{"c.db?mode=ro", "bad_data", "?network=allow"},
           Case{":memory:", "unsupported", "give a file's path"},
       }) {
    const JobError error = error_of([&] { return parse_catalogue_file(each.text, "/state"); });
    EXPECT_EQ(error.code(), std::string(each.code)) << each.text;
    EXPECT_THAT(error.what(), HasSubstr(each.words)) << each.text;
  }
}

TEST(NetworkFilesystem, IsKnownByItsNumber) {
  struct Case {
    long type;
    std::optional<std::string_view> name;
  };

  for (const Case& each : {
           Case{0x6969, "NFS"}, Case{0xFE534D42, "SMB"},
           Case{static_cast<std::int32_t>(0xFF534D42), "CIFS"}, // where statfs gives it signed
           Case{0x0BD00BD0, "Lustre"}, Case{0x47504653, "GPFS"}, Case{0x00C36400, "Ceph"},
           Case{0x6B414653, "AFS"}, Case{0x01021997, "9p"}, Case{0x65735546, "FUSE"},
           Case{0xEF53, std::nullopt},     // ext4
           Case{0x58465342, std::nullopt}, // XFS
           Case{0x01021994, std::nullopt}, // tmpfs
           Case{0x794C7630, std::nullopt}, // overlayfs
           Case{0x9123683E, std::nullopt}, // btrfs
       }) {
    EXPECT_EQ(network_filesystem(each.type), each.name) << std::hex << each.type;
  }
}

} // namespace
} // namespace nightshift::sqlite

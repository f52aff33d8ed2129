// SPDX-License-Identifier: Apache-2.0

#include "core/base/secret_file.hpp"
#include "tests/support/as_nobody.hpp"
#include "tests/support/dumpable_memory.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SecretFileTest : public testing::Test {
 protected:
  SecretFileTest() { fs::permissions(folder_.path(), fs::perms(0755)); }

  [[nodiscard]] fs::path file(std::string_view content, unsigned mode = 0600) const {
    fs::path path = folder_.write("credentials", content);
    fs::permissions(path, fs::perms(mode));
    return path;
  }

  tests::TempDir folder_;
};

TEST_F(SecretFileTest, IsReadIntoMemoryThatIsNotDumped) {
  const std::string content(100'000, 'x');
  const auto secret = read_secret_file(file(content), 100'000);
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->reveal(), content);
  EXPECT_TRUE(tests::is_left_out(secret->reveal().data()));
  EXPECT_TRUE(read_secret_file(file(""), 10)->empty());
}

TEST_F(SecretFileTest, MayBeAbsent) {
  EXPECT_FALSE(read_secret_file(folder_ / "nowhere/credentials", 10));
}

TEST_F(SecretFileTest, MayBeReadByOthersAndWrittenByItsGroup) {
  EXPECT_EQ(read_secret_file(file("secret", 0664), 10)->reveal(), "secret");
}

TEST_F(SecretFileTest, IsRefusedIfEveryUserMayWriteIt) {
  const fs::path path = file("secret", 0606);
  const JobError error = tests::error_of([&] { return read_secret_file(path, 10); });
  EXPECT_EQ(error.code(), error_code::k_config);
  EXPECT_THAT(error.what(), testing::AllOf(HasSubstr(path.string()), HasSubstr("chmod o-w")));
}

TEST_F(SecretFileTest, ThatMayNotBeReadIsNoneThatIsAbsent) {
  const fs::path path = file("secret");
  const tests::AsNobody nobody;
  EXPECT_EQ(tests::error_of([&] { return read_secret_file(path, 10); }).code(),
            error_code::k_denied);
}

TEST_F(SecretFileTest, IsRefusedIfItIsTooLarge) {
  const fs::path path = file("0123456789");
  EXPECT_TRUE(read_secret_file(path, 10));
  EXPECT_THAT(tests::error_of([&] { return read_secret_file(path, 9); }).what(),
              HasSubstr("larger than 9 bytes"));
}

} // namespace
} // namespace nightshift

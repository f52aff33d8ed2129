// SPDX-License-Identifier: Apache-2.0

#include "core/storage/local/open_beneath.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace nightshift {
namespace {

// Both ways to open must agree.
class OpenBeneath : public testing::TestWithParam<decltype(&open_beneath)> {
 protected:
  // The first byte of the file, or the error.
  [[nodiscard]] std::string read(const std::string& path) const {
    const Fd fd = GetParam()(root(), path, O_RDONLY);
    if (!fd) {
      return errno == ENOENT    ? "ENOENT"
             : errno == ENOTDIR ? "ENOTDIR"
             : errno == ELOOP   ? "ELOOP"
                                : std::to_string(errno);
    }
    std::array<char, 1> byte{};
    return ::read(fd.get(), byte.data(), 1) == 1 ? std::string(byte.data(), 1) : "folder";
  }

  [[nodiscard]] Fd root() const {
    return Fd(::open((dir_ / "root").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }

  tests::TempDir dir_;
};

TEST_P(OpenBeneath, OpensWhatIsBelowTheFolder) {
  dir_.write("root/a/b/c", "x");
  EXPECT_EQ(read("a/b/c"), "x");
  EXPECT_EQ(read("a/b"), "folder");
  EXPECT_EQ(read("a/b/"), "folder");
  EXPECT_EQ(read(""), "folder");
  EXPECT_EQ(read("a/d"), "ENOENT");
  EXPECT_EQ(read("a/d/e"), "ENOENT");
  EXPECT_EQ(read("a/b/c/d"), "ENOTDIR");
}

TEST_P(OpenBeneath, PassesNoSymbolicLink) {
  namespace fs = std::filesystem;
  dir_.write("root/a/c", "x");
  dir_.write("outside/c", "y");
  fs::create_symlink("a", dir_ / "root/inside");
  fs::create_symlink(dir_ / "outside", dir_ / "root/out");
  fs::create_symlink("c", dir_ / "root/a/link");
  EXPECT_TRUE(read("inside/c") == "ELOOP" || read("inside/c") == "ENOTDIR");
  EXPECT_TRUE(read("out/c") == "ELOOP" || read("out/c") == "ENOTDIR");
  EXPECT_EQ(read("a/link"), "ELOOP");
  EXPECT_EQ(read("inside"), "ELOOP");
}

// A chain of folders of 200 bytes each; their path. Below the last lies the file `name`.
std::string make_long_path(Fd folder, int folders, const std::string& name) {
  const std::string link(200, 'n');
  std::string path;
  for (int i = 0; i < folders; ++i) {
    ::mkdirat(folder.get(), link.c_str(), 0755);
    folder = Fd(::openat(folder.get(), link.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    path += link + "/";
  }
  const Fd file(::openat(folder.get(), name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  EXPECT_EQ(::write(file.get(), "x", 1), 1);
  return path;
}

TEST_P(OpenBeneath, OpensWhatNoPathIsLongEnoughFor) {
  dir_.write("root/x", "");
  const std::string path = make_long_path(root(), 60, "f"); // 12,060 bytes
  EXPECT_EQ(read(path + "f"), "x");
  EXPECT_EQ(read(path), "folder");
  EXPECT_EQ(read(path + "g"), "ENOENT");
}

TEST_P(OpenBeneath, OpensPathsOfJustTheLengthTheSystemTakes) {
  dir_.write("root/x", "");
  for (std::size_t length = 4092; length <= 4100; ++length) { // PATH_MAX is 4096
    const std::string name(length - 4020, 'f');
    EXPECT_EQ(read(make_long_path(root(), 20, name) + name), "x") << length;
  }
}

INSTANTIATE_TEST_SUITE_P(, OpenBeneath, testing::Values(&open_beneath, &open_beneath_stepwise),
                         [](const auto& way) { return way.index == 0 ? "AtOnce" : "Stepwise"; });

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/plugin_host/plugin_error.hpp"
#include "core/plugin_host/plugin_search.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace nightshift {

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

TEST(PluginFolders, AreTheNamedOnesThenTheOneOfTheProgram) {
  const fs::path program = fs::read_symlink("/proc/self/exe");
  EXPECT_THAT(
      plugin_folders({"/b", "/a/../c"}),
      ElementsAre("/b", "/c", program.parent_path().parent_path() / "lib/nightshift/plugins"));
}

TEST(PluginFolders, AreAbsolute) {
  EXPECT_EQ(plugin_folders({"plugins"}).front(), fs::current_path() / "plugins");
}

TEST(PluginFiles, AreSortedByNameAndEndInSo) {
  const tests::TempDir dir;
  for (const char* name : {"b.so", "a.so", "c.so.1", "readme.md", ".hidden.so", ".so", "so"}) {
    dir.write(name, "");
  }
  fs::create_directory(dir / "d.so");
  EXPECT_THAT(plugin_files(dir.path()), ElementsAre(dir / "a.so", dir / "b.so", dir / "d.so"));
}

TEST(PluginFiles, OfAFolderThatCannotBeReadAreAnError) {
  try {
    static_cast<void>(plugin_files("/no/such/folder"));
    FAIL();
  } catch (const PluginError& error) {
    EXPECT_STREQ(error.what(), "cannot use plugin /no/such/folder: this plugin folder cannot be "
                               "read: No such file or directory; correct --plugin-dir or install "
                               "Nightshift again");
  }
}

} // namespace

} // namespace nightshift

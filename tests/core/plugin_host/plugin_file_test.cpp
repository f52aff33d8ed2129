// SPDX-License-Identifier: Apache-2.0

#include "core/plugin_host/plugin_file.hpp"
#include "tests/core/plugin_host/sample_plugins.hpp"
#include "tests/support/as_nobody.hpp"

#include <nightshift/abi.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <system_error>

namespace nightshift {

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::bytes_of;
using tests::patched;

class PluginFileTest : public testing::Test {
 protected:
  [[nodiscard]] static PluginError problem_with(const fs::path& file) {
    try {
      static_cast<void>(inspect_plugin_file(file, Trust::owners_only));
    } catch (const PluginError& error) {
      return error;
    }
    throw std::logic_error("it was accepted: " + file.string());
  }

  // Why a copy of the good plugin with one text changed is refused.
  [[nodiscard]] PluginError problem_with_patch(std::string_view from, std::string_view to) const {
    return problem_with(folder_.write("patched.so", patched(good_, from, to)));
  }

  [[nodiscard]] fs::path copy() const { return folder_.write("copy.so", good_); }

  static void give_to_nobody(const fs::path& path) {
    if (::chown(path.c_str(), tests::k_nobody, tests::k_nobody) != 0) {
      throw std::system_error(errno, std::generic_category(), "this test must run as root; chown");
    }
  }

  tests::PluginFolder folder_;
  std::string good_ = bytes_of(tests::good_plugin());
};

TEST_F(PluginFileTest, ReadsTheManifest) {
  const PluginManifest manifest = inspect_plugin_file(tests::good_plugin(), Trust::owners_only);
  EXPECT_EQ(manifest.interface_version, NIGHTSHIFT_INTERFACE_VERSION);
  EXPECT_EQ(manifest.fingerprint, NIGHTSHIFT_FINGERPRINT);
  EXPECT_EQ(manifest.name, "hello");
  EXPECT_EQ(manifest.version, "1.0.0");
  EXPECT_THAT(manifest.job_types, ElementsAre("hello"));
}

TEST_F(PluginFileTest, NamesFileAndCauseInOneSentence) {
  const fs::path file = folder_.write("text.so", "hello\n");
  const PluginError problem = problem_with(file);
  EXPECT_EQ(problem.what(), "cannot use plugin " + file.string() + ": it is not a shared library");
  EXPECT_EQ(problem.code(), error_code::k_plugin);
  EXPECT_EQ(problem.path(), file);
}

TEST_F(PluginFileTest, RefusesWhatIsNoFile) {
  fs::create_directory(folder_ / "folder.so");
  fs::create_symlink("b.so", folder_ / "a.so");
  fs::create_symlink("a.so", folder_ / "b.so");
  EXPECT_THAT(problem_with(folder_ / "none.so").why(), HasSubstr("No such file or directory"));
  EXPECT_THAT(problem_with(folder_ / "folder.so").why(), HasSubstr("it is a folder, not a file"));
  EXPECT_THAT(problem_with(folder_ / "a.so").why(), HasSubstr("Too many levels of symbolic links"));
}

TEST_F(PluginFileTest, RefusesALibraryWithoutAManifest) {
  EXPECT_EQ(problem_with(tests::bad_plugin("plain_library")).why(),
            "it is a shared library but no Nightshift plugin: it has no manifest; build it with "
            "nightshift_add_plugin()");
}

TEST_F(PluginFileTest, RefusesAManifestItCannotRead) {
  constexpr const char* k_unreadable =
      "its manifest cannot be read; rebuild it with this program's SDK";
  EXPECT_EQ(problem_with_patch("\"manifest\":1", "\"manifest\":2").why(), k_unreadable);
  EXPECT_EQ(problem_with_patch("\"interface\":", "\"interfase\":").why(), k_unreadable);
  EXPECT_EQ(problem_with_patch("{\"manifest\"", "[\"manifest\"").why(), k_unreadable);
  EXPECT_EQ(problem_with_patch("[\"hello\"]", "{\"hello\"}").why(), k_unreadable);
  EXPECT_EQ(problem_with_patch("[\"hello\"]", "[123456 ]").why(), k_unreadable);
}

TEST_F(PluginFileTest, RefusesAnotherInterface) {
  EXPECT_EQ(problem_with_patch("\"interface\":4,", "\"interface\":9,").why(),
            "it was built for plugin interface 9 and this program has 4; rebuild it with this "
            "program's SDK");
}

TEST_F(PluginFileTest, RefusesAnotherToolchainAndNamesTheDifference) {
  EXPECT_EQ(problem_with_patch("libstdc++-12;cxx11abi-1", "libstdc++-13;cxx11abi-0").why(),
            "it was built with another toolchain: libstdc++-13 (here libstdc++-12), cxx11abi-0 "
            "(here cxx11abi-1); rebuild it as this program was built");
}

TEST_F(PluginFileTest, RefusesJobTypesOfNoProperName) {
  EXPECT_EQ(problem_with_patch("[\"hello\"]", "[\"Hello\"]").why(),
            "its job type \"Hello\" has no proper name; use lower-case letters, digits and _");
  EXPECT_THAT(problem_with_patch("[\"hello\"]", "[\"hel\\n\"]").why(),
              HasSubstr("has no proper name"));
  EXPECT_EQ(problem_with_patch("[\"hello\"]", "[       ]").why(),
            "it provides no job type; name one in NIGHTSHIFT_PLUGIN()");
  EXPECT_EQ(problem_with_patch("[\"hello\"]", "[\"a\",\"a\"]").why(),
            "it announces the job type \"a\" twice; name it once in NIGHTSHIFT_PLUGIN()");
}

TEST_F(PluginFileTest, RemembersWhichJobTypesAreLost) {
  EXPECT_THAT(problem_with_patch("\"interface\":4,", "\"interface\":9,").claims(),
              ElementsAre("hello"));
  EXPECT_THAT(problem_with(folder_.write("sync.so", "text")).claims(), ElementsAre("sync"));
}

TEST_F(PluginFileTest, RefusesAFileThatOthersCouldChange) {
  const fs::path file = copy();
  fs::permissions(file, fs::perms(0666));
  EXPECT_EQ(problem_with(file).why(), "the file can be changed by others (mode 0666); take that "
                                      "away with chmod go-w");
  fs::permissions(file, fs::perms(0664));
  EXPECT_THAT(problem_with(file).why(), HasSubstr("(mode 0664)"));
}

TEST_F(PluginFileTest, RefusesAFolderThatOthersCouldChange) {
  const fs::path file = copy();
  fs::permissions(folder_.path(), fs::perms(0775));
  EXPECT_EQ(problem_with(file).why(), "the folder " + folder_.path().string() +
                                          " can be changed by others (mode 0775); take that away "
                                          "with chmod go-w");
}

TEST_F(PluginFileTest, RefusesAFileOrAFolderOfAnotherUser) {
  const fs::path file = copy();
  give_to_nobody(file);
  EXPECT_EQ(problem_with(file).why(), "the file belongs to user 65534, who could change it; give "
                                      "it to root or to yourself with chown");
  const fs::path other = folder_.write("other.so", good_);
  give_to_nobody(folder_.path());
  EXPECT_THAT(problem_with(other).why(),
              HasSubstr(folder_.path().string() + " belongs to user 65534"));
}

TEST_F(PluginFileTest, AcceptsThePluginsOfRootAndOfTheUser) {
  const fs::path file = copy();
  fs::permissions(folder_.path(), fs::perms(0755));
  give_to_nobody(file);
  const tests::AsNobody nobody; // the file is his own, its folder is root's
  EXPECT_NO_THROW(static_cast<void>(inspect_plugin_file(file, Trust::owners_only)));
}

TEST_F(PluginFileTest, FollowsALinkToTheFolderThatCounts) {
  const tests::PluginFolder open;
  const fs::path target = open.write("hello.so", good_);
  fs::create_symlink(target, folder_ / "link.so");
  EXPECT_NO_THROW(static_cast<void>(inspect_plugin_file(folder_ / "link.so", Trust::owners_only)));
  fs::permissions(open.path(), fs::perms(0777));
  EXPECT_THAT(problem_with(folder_ / "link.so").why(), HasSubstr("(mode 0777)"));
}

TEST_F(PluginFileTest, MayBeToldToTrustAnybody) {
  const fs::path file = copy();
  fs::permissions(file, fs::perms(0666));
  EXPECT_EQ(inspect_plugin_file(file, Trust::anybody).name, "hello");
}

TEST_F(PluginFileTest, SaysThatAFileMayNotBeRead) {
  const fs::path file = copy();
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(file, fs::perms(0600));
  const tests::AsNobody nobody;
  EXPECT_THAT(problem_with(file).why(), HasSubstr("Permission denied"));
}

} // namespace

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/base/hash.hpp"
#include "core/plugin_host/plugin_registry.hpp"
#include "tests/core/plugin_host/sample_plugins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlfcn.h>

#include <string>

namespace nightshift {

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using tests::bytes_of;
using tests::patched;

class PluginRegistryTest : public testing::Test {
 protected:
  [[nodiscard]] PluginRegistry registry() const { return PluginRegistry({folder_.path()}); }

  static bool is_loaded(const fs::path& file) {
    void* handle = ::dlopen(file.c_str(), RTLD_LAZY | RTLD_NOLOAD);
    if (handle != nullptr) {
      ::dlclose(handle);
    }
    return handle != nullptr;
  }

  tests::PluginFolder folder_;
  std::string good_ = bytes_of(tests::good_plugin());
};

TEST_F(PluginRegistryTest, LoadsAPluginWhenItsJobTypeIsAskedFor) {
  const fs::path file = folder_.write("hello.so", good_);
  PluginRegistry plugins = registry();
  EXPECT_THAT(plugins.job_types(), ElementsAre("hello"));
  EXPECT_FALSE(is_loaded(file));
  const JobType* hello = plugins.find("hello");
  ASSERT_NE(hello, nullptr);
  EXPECT_TRUE(is_loaded(file));
  EXPECT_EQ(hello->info().key, "hello");
  EXPECT_EQ(plugins.find("hello"), hello);
}

TEST_F(PluginRegistryTest, TellsWhatIsKnownOfAPlugin) {
  const fs::path file = folder_.write("hello.so", good_);
  PluginRegistry plugins = registry();
  plugins.load_all();
  ASSERT_EQ(plugins.plugins().size(), 1U);
  const PluginInfo info = plugins.plugins().front();
  EXPECT_EQ(info.path, fs::canonical(file));
  EXPECT_EQ(info.name, "hello");
  EXPECT_EQ(info.version, "1.0.0");
  EXPECT_EQ(info.sha256, sha256(good_));
  EXPECT_THAT(info.job_types, ElementsAre("hello"));
  EXPECT_EQ(plugins.plugin_of("hello")->path, info.path);
  EXPECT_EQ(plugins.plugin_of("other"), nullptr);
}

TEST_F(PluginRegistryTest, KnowsNothingOfAJobTypeThatNobodyAnnounces) {
  PluginRegistry plugins = registry();
  EXPECT_EQ(plugins.find("hello"), nullptr);
  EXPECT_THAT(plugins.problems(), IsEmpty());
}

TEST_F(PluginRegistryTest, RemembersABadPluginAndGoesOn) {
  const fs::path text = folder_.write("a_text.so", "text");
  folder_.write("hello.so", good_);
  fs::create_directory(folder_ / "folder.so");
  PluginRegistry plugins = registry();
  ASSERT_EQ(plugins.problems().size(), 2U);
  EXPECT_EQ(plugins.problems()[0].path(), text);
  EXPECT_EQ(plugins.problems()[1].path(), folder_ / "folder.so");
  EXPECT_NE(plugins.find("hello"), nullptr);
}

TEST_F(PluginRegistryTest, SaysWhatIsWrongWithThePluginThatWouldHaveTheJobType) {
  folder_.write("data_storage_sync.so", good_.substr(0, 5000));
  PluginRegistry plugins = registry();
  EXPECT_EQ(plugins.problem_of("other"), nullptr);
  ASSERT_NE(plugins.problem_of("data_storage_sync"), nullptr);
  try {
    static_cast<void>(plugins.find("data_storage_sync"));
    FAIL();
  } catch (const PluginError& error) {
    EXPECT_EQ(error.why(), "it is cut short after 5,000 bytes; copy it again");
  }
}

TEST_F(PluginRegistryTest, LetsTheFirstOfTwoPluginsHaveAJobType) {
  const fs::path first = folder_.write("a.so", good_);
  const fs::path second = folder_.write("b.so", good_);
  PluginRegistry plugins = registry();
  ASSERT_EQ(plugins.problems().size(), 1U);
  EXPECT_EQ(plugins.problems().front().what(), "cannot use plugin " + second.string() +
                                                   ": it provides the job type \"hello\", and " +
                                                   "so does " + fs::canonical(first).string() +
                                                   ", which was found first; remove one of them");
  static_cast<void>(plugins.find("hello"));
  EXPECT_EQ(plugins.plugin_of("hello")->path, fs::canonical(first));
}

TEST_F(PluginRegistryTest, TakesAFolderThatIsNamedTwiceOnce) {
  folder_.write("hello.so", good_);
  const tests::PluginFolder other;
  fs::create_symlink(folder_.path(), other / "link");
  const PluginRegistry plugins({folder_.path(), folder_.path() / ".", other / "link"});
  EXPECT_THAT(plugins.problems(), IsEmpty());
  EXPECT_EQ(plugins.plugins().size(), 1U);
}

TEST_F(PluginRegistryTest, RemembersAFolderThatCannotBeRead) {
  const PluginRegistry plugins({folder_ / "none", folder_.path()});
  ASSERT_EQ(plugins.problems().size(), 1U);
  EXPECT_THAT(plugins.problems().front().what(), HasSubstr("/none: this plugin folder cannot be"));
}

TEST_F(PluginRegistryTest, LeavesNothingBehindOfAPluginThatFailsHalfway) {
  PluginRegistry plugins({}, Trust::owners_only);
  EXPECT_THROW(plugins.load(tests::bad_plugin("fails_to_register")), PluginError);
  EXPECT_THAT(plugins.job_types(), IsEmpty());
  EXPECT_THAT(plugins.plugins(), IsEmpty());
  EXPECT_THAT(plugins.problems(), IsEmpty());
}

TEST_F(PluginRegistryTest, TakesOutAPluginThatCannotBeLoaded) {
  folder_.write("fails.so", bytes_of(tests::bad_plugin("fails_to_register")));
  folder_.write("hello.so", good_);
  PluginRegistry plugins = registry();
  EXPECT_THAT(plugins.job_types(), ElementsAre("first", "second", "hello"));
  plugins.load_all();
  EXPECT_THAT(plugins.job_types(), ElementsAre("hello"));
  ASSERT_EQ(plugins.problems().size(), 1U);
  EXPECT_THROW(static_cast<void>(plugins.find("first")), PluginError);
  EXPECT_THROW(static_cast<void>(plugins.find("first")), PluginError);
  EXPECT_EQ(plugins.problems().size(), 1U);
}

TEST_F(PluginRegistryTest, LoadsOneFileByItsName) {
  PluginRegistry plugins;
  plugins.load(tests::good_plugin());
  plugins.load(tests::good_plugin());
  EXPECT_EQ(plugins.plugins().size(), 1U);
  EXPECT_NE(plugins.find("hello"), nullptr);
}

TEST_F(PluginRegistryTest, RefusesAPluginThatRegistersOthersThanItAnnounces) {
  PluginRegistry plugins;
  const fs::path file = folder_.write("x.so", patched(good_, "[\"hello\"]", "[\"hallo\"]"));
  try {
    plugins.load(file);
    FAIL();
  } catch (const PluginError& error) {
    EXPECT_EQ(error.why(), "it announces the job types \"hallo\" and registers \"hello\"; make "
                           "k_key and info().key the same");
  }
}

TEST_F(PluginRegistryTest, RefusesAPluginWhoseDescriptorIsAnothers) {
  PluginRegistry plugins;
  for (const auto& [from, to] : {std::pair(R"("name":"hello")", R"("name":"jello")"),
                                 std::pair(R"("version":"1.0.0")", R"("version":"2.0.0")")}) {
    const fs::path file = folder_.write("x.so", patched(good_, from, to));
    try {
      plugins.load(file);
      FAIL();
    } catch (const PluginError& error) {
      EXPECT_EQ(error.why(), "its descriptor contradicts its manifest; rebuild it from one source");
    }
    fs::remove(file); // so that the next is another file to the loader
  }
}

TEST_F(PluginRegistryTest, RefusesAJobTypeWithoutAStage) {
  PluginRegistry plugins;
  try {
    plugins.load(tests::bad_plugin("without_stage"));
    FAIL();
  } catch (const PluginError& error) {
    EXPECT_EQ(error.why(),
              "its job type \"without_stage\" has no stage; name one in info().stages");
  }
}

TEST_F(PluginRegistryTest, GivesTheLoadersWordsWithTheFile) {
  PluginRegistry plugins;
  const fs::path file = tests::bad_plugin("undefined_function");
  try {
    plugins.load(file);
    FAIL();
  } catch (const PluginError& error) {
    EXPECT_THAT(error.what(), StartsWith("cannot use plugin " + fs::canonical(file).string() +
                                         ": the loader says: "));
  }
}

} // namespace

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/plugin_host/plugin_error.hpp"
#include "core/plugin_host/plugin_library.hpp"
#include "tests/core/plugin_host/sample_plugins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlfcn.h>

#include <stdexcept>

namespace nightshift {

namespace {

using testing::HasSubstr;
using testing::StartsWith;
using tests::bad_plugin;

std::string why_not(const std::filesystem::path& file) {
  try {
    static_cast<void>(register_job_types(file, load_plugin_library(file)));
  } catch (const PluginError& error) {
    return error.why();
  }
  throw std::logic_error("it was loaded: " + file.string());
}

TEST(PluginLibrary, GivesTheDescriptorAndTheJobTypes) {
  const PluginDescriptor& descriptor = load_plugin_library(tests::good_plugin());
  EXPECT_STREQ(descriptor.name, "hello");
  const auto job_types = register_job_types(tests::good_plugin(), descriptor);
  ASSERT_EQ(job_types.size(), 1U);
  EXPECT_EQ(job_types.front()->info().name, "Hello");
}

TEST(PluginLibrary, StaysLoadedAndKeepsItsSymbolsToItself) {
  static_cast<void>(load_plugin_library(tests::good_plugin()));
  void* handle = ::dlopen(tests::good_plugin().c_str(), RTLD_LAZY | RTLD_NOLOAD);
  EXPECT_NE(handle, nullptr);
  ::dlclose(handle);
  EXPECT_EQ(::dlsym(RTLD_DEFAULT, k_descriptor_symbol), nullptr);
}

TEST(PluginLibrary, PassesTheLoadersWordsOnForAMissingFunction) {
  EXPECT_THAT(why_not(bad_plugin("undefined_function")),
              AllOf(StartsWith("the loader says: "),
                    HasSubstr("undefined symbol: _Z27function_of_another_versionv; install what "
                              "is missing or rebuild the plugin")));
}

TEST(PluginLibrary, PassesTheLoadersWordsOnForAMissingLibrary) {
  const tests::PluginFolder folder;
  const std::string bytes =
      tests::patched(tests::bytes_of(tests::good_plugin()), "libfmt.so.9", "libfmt.so.0");
  EXPECT_THAT(why_not(folder.write("hello.so", bytes)),
              StartsWith("the loader says: libfmt.so.0: cannot open shared object file: No such "
                         "file or directory; install"));
}

TEST(PluginLibrary, RefusesALibraryWithoutADescriptor) {
  EXPECT_EQ(why_not(bad_plugin("plain_library")),
            "it has no symbol nightshift_plugin_descriptor; build it with nightshift_add_plugin()");
}

TEST(PluginLibrary, SaysWhatAPluginThrewWhileRegistering) {
  EXPECT_EQ(why_not(bad_plugin("fails_to_register")),
            "it failed while it registered its job types: the model file is missing; tell its "
            "author");
  EXPECT_EQ(why_not(bad_plugin("throws_a_number")),
            "it failed while it registered its job types: something that is no exception was "
            "thrown; tell its author");
}

} // namespace

} // namespace nightshift

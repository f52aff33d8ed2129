// SPDX-License-Identifier: Apache-2.0

#include "core/storage/open_storage.hpp"
#include "tests/support/as_nobody.hpp"
#include "tests/support/listing.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>

#include <filesystem>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// "code: sentence" of the error, or what was opened.
std::string opened(const StorageSettings& settings) {
  try {
    return open_storage(settings)->describe();
  } catch (const JobError& error) {
    return error.code() + ": " + error.what();
  }
}

TEST(OpenStorage, OpensALocalFolderByUriAndByPath) {
  const tests::TempDir dir;
  dir.write("a b/1.jpg", "x");
  const std::string path = dir.path().string();
  for (const std::string& uri : {"file://" + path + "/a%20b", path + "/a b"}) {
    const auto storage = open_storage({uri});
    EXPECT_EQ(storage->describe(), "file://" + path + "/a%20b");
    EXPECT_EQ(tests::Listing(*storage).keys(), std::set<std::string>{"1.jpg"});
  }
}

TEST(OpenStorage, SaysWhatIsWrongWithThePlace) {
  const tests::TempDir dir;
  const std::string file = dir.write("file", "").string();
  EXPECT_THAT(
      opened({dir.path().string() + "/gone"}),
      AllOf(HasSubstr("not_found: "), HasSubstr("/gone is not there"), HasSubstr("mounted")));
  EXPECT_THAT(opened({file}), AllOf(HasSubstr("not_found: "), HasSubstr("is no folder")));
  EXPECT_THAT(opened({"/proc/self/mem\n"}), HasSubstr("mem\\n is not there"));
}

TEST(OpenStorage, IsDeniedAFolderItMayNotRead) {
  const tests::TempDir dir;
  namespace fs = std::filesystem;
  fs::create_directory(dir / "mine");
  fs::permissions(dir.path(), fs::perms(0755));
  fs::permissions(dir / "mine", fs::perms(0));
  std::string result;
  {
    const tests::AsNobody nobody;
    result = opened({(dir / "mine").string()});
  }
  fs::permissions(dir / "mine", fs::perms(0700));
  EXPECT_THAT(result, AllOf(HasSubstr("denied: "), HasSubstr("/mine may not be read")));
}

TEST(OpenStorage, NamesTheSchemesItKnowsAndNoSecret) {
  for (const char* uri : {"gs://bucket", "s4cret@host:22/x", "https://me:s4cret@host/", "s4cret",
                          "captures/s4cret", "", ":", "C:\\captures"}) {
    EXPECT_THAT(opened({uri}), AllOf(HasSubstr("bad_data: "), HasSubstr("file:"),
                                     HasSubstr("absolute path"), Not(HasSubstr("s4cret"))))
        << uri;
  }
  EXPECT_THAT(opened({"gs://bucket"}), HasSubstr("unknown scheme, gs:"));
}

TEST(OpenStorage, ChecksWithoutALookAtThePlace) {
  const Value options(Value::Map{{"uri", {0, 3, 5}, Value("file://nas/x", {0, 3, 10})},
                                 {"endpoint_url", {0, 4, 5}, Value("http://x", {0, 4, 19})}});
  Diagnostics diagnostics;
  check_storage({"file://nas/x", options}, diagnostics);
  ASSERT_EQ(diagnostics.errors().size(), 2);
  EXPECT_THAT(diagnostics.errors()[0].message, HasSubstr("no key \"endpoint_url\""));
  EXPECT_EQ(diagnostics.errors()[0].position, (SourcePosition{0, 4, 5}));
  EXPECT_THAT(diagnostics.errors()[1].message, HasSubstr("names a host"));
  EXPECT_EQ(diagnostics.errors()[1].position, (SourcePosition{0, 3, 10}));

  Diagnostics none;
  check_storage({"file:///not/there"}, none);
  EXPECT_FALSE(none.has_errors());
}

} // namespace
} // namespace nightshift

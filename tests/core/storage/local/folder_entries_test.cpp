// SPDX-License-Identifier: Apache-2.0
//
// File systems that keep no types in their folders, and disks that fail in the middle of one. The
// walk's own system call is replaced here by one that can be told to behave so.

#include "core/storage/local/folder_entries.hpp"
#include "core/storage/local/local_storage.hpp"
#include "tests/support/listing.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace {

// Only these tests, on one thread, touch them.
bool g_hide_types = false;
int g_readings_until_error = -1; // -1: none will come
int g_error = 0;
std::string_view g_not_to_be_examined; // a name

} // namespace

extern "C" int statx(int folder, const char* path, int flags, unsigned mask, struct statx* facts) {
  if (!g_not_to_be_examined.empty() && path == g_not_to_be_examined) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_statx, folder, path, flags, mask, facts));
}

extern "C" ssize_t getdents64(int folder, void* buffer, size_t size) {
  if (g_readings_until_error == 0) {
    errno = g_error;
    return -1;
  }
  g_readings_until_error -= g_readings_until_error > 0 ? 1 : 0;
  const ssize_t length = ::syscall(SYS_getdents64, folder, buffer, size);
  for (ssize_t at = 0; g_hide_types && at < length;) {
    auto* const entry = reinterpret_cast<dirent64*>(static_cast<char*>(buffer) + at);
    entry->d_type = DT_UNKNOWN;
    at += entry->d_reclen;
  }
  return length;
}

namespace nightshift {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;
using tests::Listing;

class FolderEntries : public testing::Test {
 protected:
  void TearDown() override {
    g_hide_types = false;
    g_readings_until_error = -1;
    g_not_to_be_examined = {};
  }

  void fail_after(int readings, int error_number) {
    g_readings_until_error = readings;
    g_error = error_number;
  }

  tests::TempDir dir_;
};

TEST_F(FolderEntries, AreAllButTheDots) {
  dir_.write("..x", "");
  dir_.write("...", "");
  dir_.write("a/.b", "");
  const Fd folder(::open(dir_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::vector<std::string> names;
  EXPECT_EQ(
      read_entries(folder, {}, [&](const FolderEntry& entry) { names.emplace_back(entry.name); }),
      0);
  EXPECT_THAT(names, UnorderedElementsAre("..x", "...", "a"));
}

TEST_F(FolderEntries, AreExaminedWhereFoldersKeepNoTypes) {
  dir_.write("a/1.jpg", "x");
  dir_.write("a/2.txt", "x");
  dir_.write("Thumbs.db", "x");
  dir_.write("$RECYCLE.BIN/3.jpg", "x");
  fs::create_symlink("a", dir_ / "link");
  g_hide_types = true;
  const auto storage = open_local_storage(dir_.path().string());
  testkit::SerialExecutor executor;
  Listing listing;
  const auto no_text = [](std::string_view, std::string_view name) {
    EXPECT_TRUE(name == "1.jpg" || name == "2.txt") << "the filter is for objects: " << name;
    return name.ends_with(".txt") ? std::optional(Skip::extension) : std::nullopt;
  };
  listing.run(*storage, {"", no_text}, executor);
  EXPECT_THAT(listing.keys(), ElementsAre("a/1.jpg"));
  EXPECT_EQ(listing.objects().at("a/1.jpg").size, 1);
  EXPECT_EQ(listing.skipped()[Skip::extension], 1);
  EXPECT_EQ(listing.skipped()[Skip::litter], 2);
  EXPECT_EQ(listing.skipped()[Skip::special], 1);
}

TEST_F(FolderEntries, ThatMayBeFoldersAndCannotBeExaminedLeaveUnknownWhatLiesBelow) {
  dir_.write("a/1.jpg", "");
  dir_.write("a/sub/2.jpg", "");
  g_hide_types = true;
  g_not_to_be_examined = "sub";
  const auto storage = open_local_storage(dir_.path().string());
  const Listing listing(*storage);
  EXPECT_THAT(listing.keys(), ElementsAre("a/1.jpg"));
  EXPECT_THAT(listing.failures(), ElementsAre(Pair("a/sub", "Input/output error")));
  EXPECT_EQ(listing.coverage("a/"), FolderPart::Coverage::partial);
  EXPECT_EQ(listing.coverage("a/sub/"), FolderPart::Coverage::unreadable);
}

TEST_F(FolderEntries, ThatAreKnownToBeFilesHaveNothingBelowThem) {
  dir_.write("a/1.jpg", "");
  g_not_to_be_examined = "1.jpg";
  const auto storage = open_local_storage(dir_.path().string());
  const Listing listing(*storage);
  EXPECT_THAT(listing.failures(), ElementsAre(Pair("a/1.jpg", "Input/output error")));
  EXPECT_EQ(listing.parts().size(), 1U);
}

TEST_F(FolderEntries, ThatBreakOffMakeTheFolderUnreadable) {
  for (int i = 0; i < 3000; ++i) { // several readings' worth
    dir_.write(std::to_string(i) + std::string(60, 'x'), "");
  }
  fail_after(1, EIO);
  const auto storage = open_local_storage(dir_.path().string());
  const Listing listing(*storage);
  EXPECT_FALSE(listing.keys().empty());
  EXPECT_LT(listing.keys().size(), 3000);
  EXPECT_THAT(listing.failures(), ElementsAre(Pair("", "Input/output error")));
  EXPECT_EQ(listing.coverage(""), FolderPart::Coverage::unreadable);
}

TEST_F(FolderEntries, OfAFolderRemovedWhileItIsReadAreLeftOut) {
  dir_.write("a/1.jpg", "");
  const auto storage = open_local_storage(dir_.path().string());
  fail_after(2, ENOENT); // the root takes two readings
  EXPECT_THAT(Listing(*storage).parts(), IsEmpty());
}

TEST_F(FolderEntries, OfThePrefixMustNotBeTakenForNoneWhenItIsRemoved) {
  dir_.write("a/1.jpg", "");
  const auto storage = open_local_storage(dir_.path().string());
  fail_after(0, ENOENT);
  try {
    const Listing listing(*storage, "a/");
    ADD_FAILURE() << "no error";
  } catch (const JobError& error) {
    EXPECT_EQ(error.code(), "not_found");
  }
}

} // namespace
} // namespace nightshift

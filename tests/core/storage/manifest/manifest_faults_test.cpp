// SPDX-License-Identifier: Apache-2.0
//
// Files that are written to while they are read, and disks that fail in the midst of one. The
// system call is replaced here by one that can be told to behave so.

#include "core/storage/manifest/manifest_storage.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/listing.hpp"
#include "tests/support/manifest_texts.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <utility>

namespace {

// Only these tests, on one thread, touch them.
std::function<void()> g_at_end;  // called when a file has been read to its end, once
int g_readings_until_error = -1; // -1: none will come

} // namespace

extern "C" ssize_t read(int fd, void* buffer, size_t size) {
  if (g_readings_until_error == 0) {
    errno = EIO;
    return -1;
  }
  g_readings_until_error -= g_readings_until_error > 0 ? 1 : 0;
  const ssize_t count = ::syscall(SYS_read, fd, buffer, size);
  if (count == 0 && g_at_end) {
    std::exchange(g_at_end, nullptr)();
  }
  return count;
}

namespace nightshift::tests {
namespace {

using testing::HasSubstr;

class ManifestFaults : public testing::Test {
 protected:
  void TearDown() override {
    g_at_end = nullptr;
    g_readings_until_error = -1;
  }

  // The error of a listing, after which not a part was handed over.
  JobError error_of_listing() {
    testkit::SerialExecutor executor;
    int parts = 0;
    JobError error = error_of([&] {
      storage_->list({"", accept_all}, [&](FolderPart&&) { ++parts; }, executor, {});
    });
    EXPECT_EQ(parts, 0);
    return error;
  }

  void open(const std::string& text) {
    storage_ = manifest::open_manifest_storage({.path = dir_.write("listing", text).string()});
  }

  TempDir dir_;
  std::unique_ptr<Storage> storage_;
};

const ListedObjects k_two{{"a/1.jpg", 1, 0}, {"b/2.jpg", 1, 0}};

TEST_F(ManifestFaults, AFileThatGrewWhileItWasReadIsBusy) {
  open(csv_manifest(k_two));
  g_at_end = [this] { dir_.write("listing", csv_manifest(k_two) + "c/3.jpg,1,0,\n"); };
  const JobError error = error_of_listing();
  EXPECT_EQ(error.error_class(), ErrorClass::transient) << "another attempt may go well";
  EXPECT_EQ(error.code(), error_code::k_busy);
  EXPECT_THAT(error.what(), HasSubstr("listing was written to while it was read"));
  EXPECT_EQ(Listing(*storage_).keys().size(), 3) << "and does";
}

TEST_F(ManifestFaults, AFileThatGrewAndSeemedToBeCutShortIsBusy) {
  std::string text = csv_manifest(k_two);
  text.pop_back();
  open(text);
  g_at_end = [this] { dir_.write("listing", csv_manifest(k_two)); };
  EXPECT_EQ(error_of_listing().code(), error_code::k_busy);
}

TEST_F(ManifestFaults, AFileThatWasReplacedWhileItWasReadIsBusy) {
  open(csv_manifest(k_two));
  g_at_end = [this] {
    std::filesystem::rename(dir_.write("other", csv_manifest(k_two)), dir_ / "listing");
  };
  EXPECT_EQ(error_of_listing().code(), error_code::k_busy);
}

TEST_F(ManifestFaults, ADiskThatFailsIsToldWithTheFile) {
  ListedObjects objects;
  for (int i = 0; i < 10'000; ++i) {
    objects.push_back({std::to_string(i) + "-snapshot.jpg", 1, 0});
  }
  open(csv_manifest(objects));
  g_readings_until_error = 2;
  const JobError error = error_of_listing();
  EXPECT_EQ(error.code(), error_code::k_io);
  EXPECT_THAT(error.what(), HasSubstr((dir_ / "listing").string()));
}

} // namespace
} // namespace nightshift::tests

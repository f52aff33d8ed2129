// SPDX-License-Identifier: Apache-2.0
//
// What a tree may hold besides plain files in readable folders, and what it may do meanwhile.

#include "core/base/work_meter.hpp"
#include "core/storage/local/folder_walk.hpp"
#include "core/storage/local/local_storage.hpp"
#include "tests/support/as_nobody.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/listing.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace nightshift {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::Pair;
using tests::AsNobody;
using tests::Listing;

class FolderWalkTest : public testing::Test {
 protected:
  FolderWalkTest() { fs::permissions(dir_.path(), fs::perms(0755)); }

  std::unique_ptr<Listing> list(ObjectFilter filter = tests::accept_all) {
    const auto storage = open_local_storage(dir_.path().string());
    testkit::SerialExecutor executor;
    auto listing = std::make_unique<Listing>();
    listing->run(*storage, {"", filter}, executor);
    return listing;
  }

  std::unique_ptr<Listing> list_as_nobody() {
    const AsNobody nobody;
    return list();
  }

  tests::TempDir dir_;
};

TEST_F(FolderWalkTest, AsksTheSystemForNoMoreThanItsFilterWants) {
  for (const char* key : {"a/1.jpg", "a/2.jpg", "a/notes.txt", "b/3.jpg", "b/._3.jpg"}) {
    dir_.write(key, "x");
  }
  const auto is_capture = [](std::string_view, std::string_view name) {
    return name.ends_with(".jpg") ? std::nullopt : std::optional(Skip::extension);
  };
  WorkMeter meter;
  {
    const WorkMeter::Scope working(&meter);
    EXPECT_EQ(list(is_capture)->objects().size(), 3U);
  }
  EXPECT_EQ(meter.get(Tally::statx), 3);
  EXPECT_EQ(meter.get(Tally::open), 3) << "the root, a and b";
  EXPECT_EQ(meter.get(Tally::getdents64), 6) << "each once more to know its end";
  EXPECT_EQ(meter.get(Tally::read), 0);
}

TEST_F(FolderWalkTest, ListsTheFoldersOfAFolderInTheOrderOfTheirNames) {
  std::vector<std::string> folders;
  for (int number = 0; number < 100; ++number) {
    folders.push_back("night-" + std::to_string(number * 37 % 100) + "/");
    dir_.write(folders.back() + "1.jpg", "");
  }
  std::sort(folders.begin(), folders.end());
  const auto storage = open_local_storage(dir_.path().string());
  testkit::SerialExecutor executor;
  std::vector<std::string> listed;
  storage->list({"", tests::accept_all}, [&](FolderPart&& part) { listed.push_back(part.folder); },
                executor, {});
  EXPECT_EQ(listed, folders);
}

TEST_F(FolderWalkTest, ReportsAnUnreadableFolderAndGoesOn) {
  dir_.write("a/1.jpg", "");
  dir_.write("locked/2.jpg", "");
  dir_.write("locked/below/3.jpg", "");
  dir_.write("z/4.jpg", "");
  fs::permissions(dir_ / "locked", fs::perms(0));
  const auto listing = list_as_nobody();
  fs::permissions(dir_ / "locked", fs::perms(0700));
  EXPECT_THAT(listing->keys(), ElementsAre("a/1.jpg", "z/4.jpg"));
  EXPECT_THAT(listing->failures(), ElementsAre(Pair("locked/", "Permission denied")));
  EXPECT_EQ(listing->coverage("locked/"), FolderPart::Coverage::unreadable);
  EXPECT_EQ(listing->coverage("a/"), FolderPart::Coverage::whole);
}

TEST_F(FolderWalkTest, ReportsFilesItMayNotExamine) {
  dir_.write("a/1.jpg", "");
  dir_.write("a/2.jpg", "");
  dir_.write("a/3.txt", "");
  fs::permissions(dir_ / "a", fs::perms(0744)); // names may be read, and nothing else
  const auto without_text = [](std::string_view, std::string_view name) {
    return name.ends_with(".txt") ? std::optional(Skip::extension) : std::nullopt;
  };
  std::unique_ptr<Listing> listing;
  {
    const AsNobody nobody;
    listing = list(without_text);
  }
  EXPECT_THAT(listing->failures(), ElementsAre(Pair("a/1.jpg", "Permission denied"),
                                               Pair("a/2.jpg", "Permission denied")));
  EXPECT_EQ(listing->coverage("a/"), FolderPart::Coverage::partial);
  EXPECT_EQ(listing->skipped()[Skip::extension], 1) << "skipped unexamined";
}

TEST_F(FolderWalkTest, FollowsNoSymbolicLink) {
  dir_.write("a/1.jpg", "");
  fs::create_symlink("..", dir_ / "a/loop");
  fs::create_symlink("1.jpg", dir_ / "a/2.jpg");
  fs::create_symlink("/etc", dir_ / "etc");
  fs::create_symlink("nowhere", dir_ / "dangling");
  const auto listing = list();
  EXPECT_THAT(listing->keys(), ElementsAre("a/1.jpg"));
  EXPECT_EQ(listing->skipped()[Skip::special], 4);
  EXPECT_TRUE(listing->failures().empty());
}

TEST_F(FolderWalkTest, SkipsPipesSocketsAndDevices) {
  dir_.write("1.jpg", "");
  ASSERT_EQ(::mkfifo((dir_ / "pipe").c_str(), 0644), 0);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const Fd owner(socket);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (dir_ / "socket").c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(list()->keys(), ElementsAre("1.jpg"));
  EXPECT_EQ(list()->skipped()[Skip::special], 2);

  const auto devices = open_local_storage("/dev");
  EXPECT_GT(Listing(*devices).skipped()[Skip::special], 2) << "null, zero, random …";
}

TEST_F(FolderWalkTest, EntersMountPoints) {
  std::string mounted = "/dev/shm/nightshift-XXXXXX"; // a file system of its own on every Linux
  ASSERT_NE(::mkdtemp(mounted.data()), nullptr);
  std::ofstream(mounted + "/1.jpg") << "x";
  const auto storage = open_local_storage("/dev");
  const std::string prefix = mounted.substr(5) + "/";
  const auto keys = Listing(*storage, prefix).keys();
  const auto all = Listing(*storage).keys();
  fs::remove_all(mounted);
  EXPECT_THAT(keys, ElementsAre(prefix + "1.jpg"));
  EXPECT_EQ(all.count(prefix + "1.jpg"), 1);
}

TEST_F(FolderWalkTest, SkipsLitterAndCountsAFolderOfItAsOne) {
  dir_.write("1.jpg", "");
  dir_.write("._1.jpg", "");
  dir_.write("Thumbs.db", "");
  dir_.write("$RECYCLE.BIN/2.jpg", "");
  dir_.write("$RECYCLE.BIN/S-1-5/3.jpg", "");
  dir_.write("session.part/4.jpg", "");
  const auto never_litter = [](std::string_view, std::string_view name) {
    EXPECT_TRUE(name == "1.jpg" || name == "4.jpg") << name;
    return std::optional<Skip>();
  };
  const auto listing = list(never_litter);
  EXPECT_THAT(listing->keys(), ElementsAre("1.jpg", "session.part/4.jpg"));
  EXPECT_EQ(listing->skipped()[Skip::litter], 3);
}

TEST_F(FolderWalkTest, AsksTheFilterBeforeItExamines) {
  dir_.write("a/1.jpg", "");
  const auto remove = [&](std::string_view folder, std::string_view name) {
    fs::remove(dir_ / std::string(folder).append(name));
    return std::optional<Skip>();
  };
  const auto listing = list(remove);
  EXPECT_TRUE(listing->parts().empty()) << "it vanished before it was examined";
}

TEST_F(FolderWalkTest, LeavesOutAFolderThatVanishes) {
  dir_.write("1.jpg", "");
  dir_.write("gone/2.jpg", "");
  dir_.write("replaced/3.jpg", "");
  dir_.write("linked/4.jpg", "");
  const auto change = [&](std::string_view, std::string_view name) {
    if (name == "1.jpg") { // the root has been read, the folders have not
      for (const char* folder : {"gone", "replaced", "linked"}) {
        fs::remove_all(dir_ / folder);
      }
      dir_.write("replaced", "now a file");
      fs::create_symlink("/etc", dir_ / "linked");
    }
    return std::optional<Skip>();
  };
  const auto listing = list(change);
  EXPECT_THAT(listing->keys(), ElementsAre("1.jpg"));
  EXPECT_TRUE(listing->failures().empty());
}

TEST_F(FolderWalkTest, ReportsNoEmptyFolder) {
  fs::create_directories(dir_ / "a/b/c");
  EXPECT_TRUE(list()->parts().empty());
}

TEST_F(FolderWalkTest, EndsWithinAHugeFolderWhenStopped) {
  for (int i = 0; i < 3000; ++i) { // several readings' worth
    dir_.write(std::to_string(i) + std::string(60, 'x'), "");
  }
  std::stop_source stop;
  std::size_t asked = 0;
  const auto stop_at_first = [&](std::string_view, std::string_view) {
    ++asked;
    stop.request_stop();
    return std::optional<Skip>();
  };
  const auto storage = open_local_storage(dir_.path().string());
  testkit::SerialExecutor executor;
  Listing listing;
  EXPECT_THROW(listing.run(*storage, {"", stop_at_first}, executor, stop.get_token()), JobError);
  EXPECT_LT(asked, 3000);
}

TEST_F(FolderWalkTest, WalksManyFoldersSideBySideWithFewDescriptors) {
  for (int i = 0; i < 2000; ++i) { // more names than one run of siblings takes
    dir_.write("a folder with a name of some length " + std::to_string(i) + "/1.jpg", "");
  }
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{64, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto listing = list();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(listing->keys().size(), 2000);
}

// No further descriptor can be had while it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{0, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }

  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(FolderWalkTest, TakesAShortageOfDescriptorsForItsOwn) {
  dir_.write("a/1.jpg", "");
  const auto storage = open_local_storage(dir_.path().string());
  // The sanitizer opens a pipe at its first look at a type, so it looks while there is one.
  const Listing with_enough(*storage);
  ASSERT_NE(std::generic_category().message(EMFILE), "");
  const JobError error = tests::error_of([&] {
    const NoDescriptors none;
    return Listing(*storage).keys();
  });
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
}

// A chain of folders too deep for any path; taken down again without one.
class DeepTree {
 public:
  DeepTree(const fs::path& root, int depth) : depth_(depth) {
    folder_ = Fd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (int i = 0; i < depth_; ++i) {
      ::mkdirat(folder_.get(), "deep", 0755);
      folder_ = at("deep");
    }
    const Fd file(::openat(folder_.get(), "1.jpg", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  }

  ~DeepTree() {
    ::unlinkat(folder_.get(), "1.jpg", 0);
    for (int i = 0; i < depth_; ++i) {
      folder_ = at("..");
      ::unlinkat(folder_.get(), "deep", AT_REMOVEDIR);
    }
  }

  DeepTree(const DeepTree&) = delete;
  DeepTree& operator=(const DeepTree&) = delete;

 private:
  [[nodiscard]] Fd at(const char* name) const {
    return Fd(::openat(folder_.get(), name, O_PATH | O_DIRECTORY | O_CLOEXEC));
  }

  int depth_;
  Fd folder_;
};

TEST_F(FolderWalkTest, WalksDeeperThanAnyPathIsLong) {
  constexpr int k_depth = 3000; // 15,000 bytes of path
  const DeepTree tree(dir_.path(), k_depth);
  const auto listing = list();
  ASSERT_EQ(listing->keys().size(), 1);
  EXPECT_EQ(listing->keys().begin()->size(), k_depth * 5 + 5);
  const auto storage = open_local_storage(dir_.path().string());
  std::array<std::byte, 1> byte{};
  EXPECT_EQ(storage->read(*listing->keys().begin(), 0, byte), 0) << "an empty file, and found";
}

TEST_F(FolderWalkTest, TellsHowManyFoldersAreStillWaiting) {
  for (int i = 0; i < 10; ++i) {
    dir_.write("f" + std::to_string(i) + "/1.jpg", "");
  }
  const auto storage = open_local_storage(dir_.path().string());
  testkit::SerialExecutor executor;
  std::vector<std::int64_t> waiting;
  storage->list({"", tests::accept_all},
                [&](FolderPart&& part) { waiting.push_back(part.folders_waiting.value_or(-1)); },
                executor, {});
  EXPECT_THAT(waiting, ElementsAre(9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
}

} // namespace
} // namespace nightshift

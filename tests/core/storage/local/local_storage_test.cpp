// SPDX-License-Identifier: Apache-2.0

#include "core/storage/local/local_storage.hpp"
#include "tests/conformance/storage_conformance.hpp"
#include "tests/support/as_nobody.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <random>
#include <system_error>

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

void set_time(const fs::path& file, std::int64_t nanoseconds) {
  constexpr std::int64_t k_second = 1'000'000'000;
  const std::int64_t fraction = ((nanoseconds % k_second) + k_second) % k_second;
  const timespec time{(nanoseconds - fraction) / k_second, fraction};
  const timespec times[] = {time, time};
  if (utimensat(AT_FDCWD, file.c_str(), times, 0) != 0) {
    throw std::system_error(errno, std::generic_category(), file.string());
  }
}

class LocalPlace final : public StoragePlace {
 public:
  explicit LocalPlace(std::size_t part_objects)
      : storage_(open_local_storage(dir_.path().string(), {.objects = part_objects})) {}

  void put(const std::string& key, const std::string& content,
           std::int64_t last_modified) override {
    set_time(dir_.write(key, content), last_modified);
  }

  Storage& storage() override { return *storage_; }

 private:
  TempDir dir_;
  std::unique_ptr<Storage> storage_;
};

INSTANTIATE_TEST_SUITE_P(Local, StorageConformance,
                         storage_backends({"Local",
                                           [](std::size_t part_objects) {
                                             return std::make_unique<LocalPlace>(part_objects);
                                           },
                                           // A folder is there or is not, and has times.
                                           {.knows_missing_prefix = true, .knows_versions = true}}),
                         storage_case_name);

// "code: sentence" of the error that `call` throws.
std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const JobError& error) {
    return error.code() + ": " + error.what();
  }
  return "no error";
}

TEST(LocalStorage, NamesTheWholePathOfAMissingPrefix) {
  const TempDir dir;
  const auto storage = open_local_storage(dir.path().string());
  EXPECT_THAT(error_of([&] { Listing(*storage, "a/b/"); }),
              AllOf(HasSubstr("not_found: "), HasSubstr(dir.path().string() + "/a/b/ is not there"),
                    HasSubstr("mounted")));
}

TEST(LocalStorage, RefusesAPrefixThatIsAFileOrALink) {
  const TempDir dir;
  dir.write("file", "");
  dir.write("folder/1.jpg", "");
  fs::create_symlink("folder", dir / "link");
  const auto storage = open_local_storage(dir.path().string());
  for (const char* prefix : {"file/", "link/"}) {
    EXPECT_THAT(error_of([&] { Listing(*storage, prefix); }),
                AllOf(HasSubstr("not_found: "), HasSubstr("is no folder")))
        << prefix;
  }
}

TEST(LocalStorage, RefusesAPrefixThatMightLeaveTheRoot) {
  const TempDir dir;
  dir.write("root/a/1.jpg", "");
  const auto storage = open_local_storage((dir / "root").string());
  using namespace std::string_literals;
  for (const std::string& prefix :
       {"../"s, "a/../../"s, "a/../"s, "./"s, "/"s, "/etc/"s, "a//"s, "a"s, "a\0/"s, ".."s}) {
    EXPECT_THAT(error_of([&] { Listing(*storage, prefix); }), HasSubstr("bad_data: ")) << prefix;
  }
}

TEST(LocalStorage, IsDeniedAPrefixItMayNotList) {
  const TempDir dir;
  fs::create_directory(dir / "mine");
  fs::permissions(dir.path(), fs::perms(0755));
  fs::permissions(dir / "mine", fs::perms(0));
  const auto storage = open_local_storage(dir.path().string());
  std::string error;
  {
    const AsNobody nobody;
    error = error_of([&] { Listing(*storage, "mine/"); });
  }
  fs::permissions(dir / "mine", fs::perms(0700));
  EXPECT_THAT(error, AllOf(HasSubstr("denied: "), HasSubstr("/mine/: Permission denied")));
}

TEST(LocalStorage, ReadsNoPipeAndNoLinkAndNothingDenied) {
  const TempDir dir;
  fs::permissions(dir.path(), fs::perms(0755));
  fs::permissions(dir.write("mine", "x"), fs::perms(0));
  fs::create_symlink("mine", dir / "link");
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0644), 0);
  const auto storage = open_local_storage(dir.path().string());
  const auto read = [&](const char* key) {
    std::array<std::byte, 1> byte{};
    return error_of([&] { std::ignore = storage->read(key, 0, byte); });
  };
  EXPECT_THAT(read("link"), HasSubstr("not_found: "));
  EXPECT_THAT(read("pipe"), HasSubstr("not_found: "));
  const AsNobody nobody;
  EXPECT_THAT(read("mine"), HasSubstr("denied: "));
}

TEST(LocalStorage, StaysWithTheTreeItOpened) {
  const TempDir dir;
  dir.write("root/1.jpg", "");
  const auto storage = open_local_storage((dir / "root").string());
  fs::rename(dir / "root", dir / "moved");
  dir.write("root/other.jpg", "");
  EXPECT_EQ(Listing(*storage).keys(), std::set<std::string>{"1.jpg"});
}

TEST(LocalStorage, GivesTheNearestTimeItCanTell) {
  const TempDir dir;
  const timespec times[] = {{0, 0}, {15'000'000'000, 5}}; // the year 2445
  ASSERT_EQ(utimensat(AT_FDCWD, dir.write("1.jpg", "").c_str(), times, 0), 0);

  struct stat kept {};

  ASSERT_EQ(::stat((dir / "1.jpg").c_str(), &kept), 0);
  const std::int64_t expected = kept.st_mtim.tv_sec > 9'223'372'035
                                    ? std::numeric_limits<std::int64_t>::max()
                                    : kept.st_mtim.tv_sec * 1'000'000'000 + kept.st_mtim.tv_nsec;
  const auto storage = open_local_storage(dir.path().string());
  EXPECT_EQ(Listing(*storage).objects().at("1.jpg").last_modified, expected);
}

// A tree of random shape, names and kinds of entries.
class RandomTree {
 public:
  explicit RandomTree(unsigned seed) : random_(seed) { fill(dir_.path(), 0); }

  [[nodiscard]] const fs::path& path() const noexcept { return dir_.path(); }

 private:
  int pick(int count) { return std::uniform_int_distribution<>(0, count - 1)(random_); }

  std::string name() {
    std::string name(1, 'n'); // so that no name is litter, "." or ".."
    for (int i = pick(12); i >= 0; --i) {
      const int byte = 1 + pick(255);
      name.push_back(byte == '/' ? '_' : static_cast<char>(byte));
    }
    return name;
  }

  void fill(const fs::path& folder, int depth) {
    for (int i = pick(12); i > 0; --i) {
      const fs::path path = folder / name();
      const int kind = pick(10);
      if (kind < 3 && depth < 6) {
        if (fs::create_directory(path)) {
          fill(path, depth + 1);
        }
      } else if (kind == 3) {
        std::error_code exists;
        fs::create_symlink(pick(2) == 0 ? "." : "nowhere", path, exists);
      } else if (kind == 4) {
        ::mkfifo(path.c_str(), 0644);
      } else if (!fs::exists(fs::symlink_status(path))) {
        std::ofstream(path) << std::string(static_cast<std::size_t>(pick(5000)), 'x');
        set_time(path, std::int64_t{pick(2'000'000'000)} * 1'000'000'007 - 500'000'000);
      }
    }
  }

  TempDir dir_;
  std::mt19937 random_;
};

class LocalStorageOnRandomTrees : public testing::TestWithParam<unsigned> {};

TEST_P(LocalStorageOnRandomTrees, ListsWhatTheStandardLibraryFinds) {
  const RandomTree tree(GetParam());
  Listing::Objects expected;
  std::int64_t special = 0;
  for (const auto& entry : fs::recursive_directory_iterator(tree.path())) {
    struct stat facts {};

    ASSERT_EQ(::lstat(entry.path().c_str(), &facts), 0);
    if (S_ISREG(facts.st_mode)) {
      expected[entry.path().lexically_relative(tree.path()).string()] = {
          facts.st_size, facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec};
    } else if (!S_ISDIR(facts.st_mode)) {
      ++special;
    }
  }
  const auto storage = open_local_storage(tree.path().string(), {.objects = 3});
  ThreadExecutor threads(3);
  Listing listing;
  listing.run(*storage, {"", accept_all}, threads);
  EXPECT_EQ(listing.objects(), expected);
  EXPECT_EQ(listing.skipped()[Skip::special], special);
  EXPECT_EQ(listing.skipped().total(), special);
}

INSTANTIATE_TEST_SUITE_P(Seeds, LocalStorageOnRandomTrees, testing::Range(0U, 25U));

} // namespace
} // namespace nightshift::tests

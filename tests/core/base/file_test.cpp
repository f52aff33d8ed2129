// SPDX-License-Identifier: Apache-2.0

#include "core/base/file.hpp"
#include "tests/support/as_nobody.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

namespace nightshift {

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::error_of;
using tests::TempDir;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename());
  }
  return names;
}

TEST(Fd, ClosesWhatItOwns) {
  int raw = -1;
  {
    Fd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    raw = first.get();
    const Fd second(std::move(first));
    EXPECT_EQ(second.get(), raw);
    EXPECT_NE(::fcntl(raw, F_GETFD), -1);
  }
  EXPECT_EQ(::fcntl(raw, F_GETFD), -1);
}

TEST(SystemError, HasTheCodeThatFits) {
  EXPECT_EQ(system_error(ENOENT, "x").code(), error_code::k_not_found);
  EXPECT_EQ(system_error(ENOTDIR, "x").code(), error_code::k_not_found);
  EXPECT_EQ(system_error(EACCES, "x").code(), error_code::k_denied);
  EXPECT_EQ(system_error(ENOSPC, "x").code(), error_code::k_no_space);
  EXPECT_EQ(system_error(EDQUOT, "x").code(), error_code::k_no_space);
  EXPECT_EQ(system_error(EROFS, "x").code(), error_code::k_cannot_create);
  EXPECT_EQ(system_error(EIO, "x").code(), error_code::k_io);
  EXPECT_STREQ(system_error(ENOENT, "cannot read /a").what(),
               "cannot read /a: No such file or directory");
}

TEST(ReadFile, GivesEveryByte) {
  const TempDir dir;
  const std::string content = std::string(100'000, 'x') + std::string("\0\xFF\n", 3);
  EXPECT_EQ(read_file(dir.write("f", content), 1 << 20), content);
  EXPECT_EQ(read_file(dir.write("empty", ""), 0), "");
}

TEST(ReadFile, ReadsFilesThatSayTheyAreEmpty) {
  EXPECT_THAT(read_file("/proc/self/status", 1 << 20), HasSubstr("Name:"));
}

TEST(ReadFile, SaysWhyItCannot) {
  const TempDir dir;
  dir.write("large", "12345");
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  const auto error = [&](std::string_view name) {
    return error_of([&] { return read_file(dir / name, 4); });
  };
  const std::string at = "cannot read " + dir.path().string();
  EXPECT_EQ(error("none").code(), error_code::k_not_found);
  EXPECT_EQ(error("none").what(), at + "/none: No such file or directory");
  EXPECT_EQ(error("large").what(), at + "/large: it is larger than 4 bytes");
  EXPECT_EQ(error("large").code(), error_code::k_bad_data);
  EXPECT_EQ(error("").what(), at + "/: it is a folder, not a file");
  EXPECT_EQ(error("pipe").what(), at + "/pipe: it is a special file, not a file");
}

TEST(ReadFile, ShowsOddNamesOnOneLine) {
  const auto error = error_of([] { return read_file("/no\nfolder/\xFF", 1); });
  EXPECT_STREQ(error.what(), "cannot read /no\\nfolder/\\xFF: No such file or directory");
}

TEST(ReplaceFile, WritesANewFileReadableByOthers) {
  const TempDir dir;
  const mode_t umask_before = ::umask(022);
  replace_file(dir / "f", "content", Durable::yes);
  ::umask(umask_before);
  EXPECT_EQ(read_file(dir / "f", 100), "content");
  EXPECT_EQ(fs::status(dir / "f").permissions(), fs::perms(0644));
  EXPECT_THAT(names_in(dir.path()), ElementsAre("f"));
}

TEST(ReplaceFile, WorksForNamesOfEveryLength) {
  const TempDir dir;
  const std::string name(255, 'n');
  replace_file(dir / name, "content", Durable::no);
  EXPECT_EQ(read_file(dir / name, 100), "content");
}

TEST(ReplaceFile, WorksInTheCurrentFolder) {
  const TempDir dir;
  const fs::path before = fs::current_path();
  fs::current_path(dir.path());
  replace_file("f", "content", Durable::yes);
  fs::current_path(before);
  EXPECT_EQ(read_file(dir / "f", 100), "content");
}

TEST(ReplaceFile, IsNeverSeenHalfDone) {
  const TempDir dir;
  constexpr std::size_t k_size = 300'000;
  const auto content = [](int i) { return std::string(k_size, static_cast<char>('a' + i % 26)); };
  replace_file(dir / "f", content(0), Durable::no);
  std::atomic<bool> stop = false;
  std::atomic<int> reads = 0;
  int torn = 0;
  std::thread reader([&] {
    while (!stop) {
      const std::string seen = read_file(dir / "f", k_size * 2);
      torn += seen == std::string(k_size, seen.empty() ? '?' : seen.front()) ? 0 : 1;
      ++reads;
    }
  });
  for (int i = 1; i <= 200 || reads < 10; ++i) {
    replace_file(dir / "f", content(i), Durable::no);
  }
  stop = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

TEST(ReplaceFile, TakesContentPieceByPieceAndKeepsTheOldFileWhereThatFails) {
  const TempDir dir;
  const auto write = [](PieceTaker take) {
    take("one ");
    take("two");
  };
  replace_file(dir / "f", write, Durable::yes);
  EXPECT_EQ(read_file(dir / "f", 100), "one two");
  const auto fail = [](PieceTaker take) {
    take("three");
    throw permanent_error(error_code::k_io, "no more");
  };
  const auto error = error_of([&] {
    replace_file(dir / "f", fail, Durable::yes);
    return 0;
  });
  EXPECT_STREQ(error.what(), "no more");
  EXPECT_EQ(read_file(dir / "f", 100), "one two");
  EXPECT_THAT(names_in(dir.path()), ElementsAre("f"));
}

TEST(ReplaceFile, KeepsTheOldFileWhenTheDiskIsFull) {
  const tests::SmallDisk disk(std::size_t{64} << 10U);
  const fs::path file = disk.path() / "f";
  replace_file(file, "old", Durable::yes);
  const auto error = error_of([&] {
    replace_file(file, std::string(100'000, 'x'), Durable::yes);
    return 0;
  });
  EXPECT_EQ(error.code(), error_code::k_no_space);
  EXPECT_EQ(error.what(), "cannot write " + file.string() + ": No space left on device");
  EXPECT_EQ(read_file(file, 100), "old");
  EXPECT_THAT(names_in(disk.path()), ElementsAre("f"));
}

TEST(ReplaceFile, KeepsTheOldFileOnAReadOnlyFileSystem) {
  const tests::SmallDisk disk(std::size_t{64} << 10U);
  const fs::path file = disk.path() / "f";
  replace_file(file, "old", Durable::no);
  disk.make_read_only();
  const auto error = error_of([&] {
    replace_file(file, "new", Durable::no);
    return 0;
  });
  EXPECT_EQ(error.code(), error_code::k_cannot_create);
  EXPECT_EQ(error.what(), "cannot write " + file.string() + ": Read-only file system");
  EXPECT_EQ(read_file(file, 100), "old");
}

TEST(ReplaceFile, KeepsTheOldFileInAFolderThatIsNotOurs) {
  const TempDir dir;
  const fs::path file = dir.write("f", "old");
  fs::permissions(dir.path(), fs::perms(0555));
  {
    const tests::AsNobody nobody;
    const auto error = error_of([&] {
      replace_file(file, "new", Durable::no);
      return 0;
    });
    EXPECT_EQ(error.code(), error_code::k_denied);
    EXPECT_EQ(error.what(), "cannot write " + file.string() + ": Permission denied");
  }
  fs::permissions(dir.path(), fs::perms(0755));
  EXPECT_EQ(read_file(file, 100), "old");
  EXPECT_THAT(names_in(dir.path()), ElementsAre("f"));
}

TEST(ReplaceFile, RefusesAFolderAndLeavesNoTemporary) {
  const TempDir dir;
  fs::create_directory(dir / "folder");
  const auto error = error_of([&] {
    replace_file(dir / "folder", "new", Durable::no);
    return 0;
  });
  EXPECT_THAT(error.what(), HasSubstr("Is a directory"));
  EXPECT_THAT(names_in(dir.path()), ElementsAre("folder"));
}

TEST(WriteAll, NamesTheFileItCannotWrite) {
  const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const auto error = error_of([&] {
    write_all(full, "x", "the report");
    return 0;
  });
  EXPECT_STREQ(error.what(), "cannot write the report: No space left on device");
}

} // namespace

} // namespace nightshift

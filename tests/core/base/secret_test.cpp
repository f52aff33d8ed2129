// SPDX-License-Identifier: Apache-2.0

#include "core/base/secret.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/dumpable_memory.hpp"
#include "tests/support/temp_dir.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <thread>
#include <vector>

namespace nightshift {
namespace {

template <class T>
concept Printable = requires(std::ostream& stream, const T& value) { stream << value; };

template <class T>
concept Comparable = requires(const T& a, const T& b) { a == b; };

static_assert(!Printable<Secret> && !Comparable<Secret> && !fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<Secret, std::string_view>);

// A text of which the test's program holds no copy, made anew wherever it is needed.
SecretBytes canary() {
  SecretBytes text;
  for (int i = 0; i < 40; ++i) {
    text.push_back(static_cast<char>('A' + (i * 7 + 3) % 26));
  }
  return text;
}

TEST(Secret, IsShownToWhoAsksForIt) {
  EXPECT_EQ(Secret("of the night").reveal(), "of the night");
  EXPECT_TRUE(Secret().empty());
}

TEST(Secret, LeavesNothingWhereItWasTakenFrom) {
  for (std::string text : {std::string("short"), std::string(100, 'x')}) {
    const std::string_view buffer(text.data(), text.size());
    const std::string before = text;
    EXPECT_EQ(Secret::taken_from(text).reveal(), before);
    EXPECT_TRUE(text.empty());
    EXPECT_TRUE(std::all_of(buffer.begin(), buffer.end(), [](char c) { return c == '\0'; }));
  }
}

TEST(Secret, IsNowhereElseOnceItIsMoved) {
  Secret secret("of the night");
  const char* const where = secret.reveal().data();
  const Secret moved = std::move(secret);
  EXPECT_EQ(moved.reveal().data(), where);
}

TEST(SecretMemory, IsWipedWhenItIsGivenBack) {
  constexpr std::size_t k_size = 200;
  void* const memory = allocate_secret(k_size);
  std::memset(memory, 'x', k_size);
  free_secret(memory);
  auto* const again = static_cast<const char*>(allocate_secret(k_size));
  ASSERT_EQ(again, memory) << "what was given back last is given out first";
  EXPECT_TRUE(std::all_of(again, again + k_size, [](char c) { return c == '\0'; }));
  free_secret(const_cast<char*>(again));
}

TEST(SecretMemory, IsInNoCoreDumpWhateverItsSize) {
  for (const std::size_t size : {0UL, 1UL, 48UL, 49UL, 4096UL, 32752UL, 32753UL, 1'000'000UL}) {
    void* const memory = allocate_secret(size);
    EXPECT_TRUE(tests::is_left_out(memory)) << size;
    EXPECT_GE(secret_capacity(memory), size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % alignof(std::max_align_t), 0U);
    std::memset(memory, 'x', size);
    free_secret(memory);
  }
  free_secret(nullptr);
  EXPECT_FALSE(tests::is_left_out(std::make_unique<int>().get())) << "or it proves nothing";
}

TEST(SecretMemory, IsRefusedWhereThereIsNotSoMuch) {
  EXPECT_THROW((void)allocate_secret(std::size_t{1} << 63U), std::bad_alloc);
  EXPECT_THROW((void)SecretAllocator<std::uint64_t>().allocate(std::size_t{1} << 62U),
               std::bad_alloc);
}

// NOLINTNEXTLINE(readability-function-size): by what happens in its threads
TEST(SecretMemory, BelongsToOneAtATime) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> wrong{0};
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([number, &wrong] {
      std::vector<SecretBytes> kept;
      for (std::size_t i = 0; i < 500; ++i) {
        kept.emplace_back(i * 37 % 5000, static_cast<char>('a' + number));
        if (i % 3 == 0) {
          kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(kept.size() / 2));
        }
      }
      for (const SecretBytes& bytes : kept) {
        wrong += static_cast<int>(std::count_if(bytes.begin(), bytes.end(), [&](char c) {
          return c != static_cast<char>('a' + number);
        }));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0);
}

TEST(SecretMemory, TakesTheEnvironmentAlong) {
  tests::ChildProcess child([] {
    if (tests::is_left_out(*environ)) {
      throw std::runtime_error("it was left out before");
    }
    keep_environment_out_of_dumps();
    for (char** variable = environ; *variable != nullptr; ++variable) {
      if (!tests::is_left_out(*variable)) {
        throw std::runtime_error("a variable would be dumped");
      }
    }
  });
  EXPECT_EQ(child.wait(), 0);
}

// A process that holds the canary as a secret, what it was made from included, and dies.
[[noreturn]] void die_with_secret(const std::filesystem::path& folder) {
  std::filesystem::current_path(folder);
  rlimit limit{};
  (void)getrlimit(RLIMIT_CORE, &limit);
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_CORE, &limit);
  (void)prctl(PR_SET_DUMPABLE, 1); // whatever users a test before this one has been
  const Secret secret(canary());
  const Secret copy = secret; // NOLINT(performance-unnecessary-copy-initialization): to be dumped
  const std::string known(
      fmt::format("a text of {} letters that is no secret", copy.reveal().size()));
  std::abort();
}

// Whether dying so leaves a file: else only the flags of the pages can be looked at.
bool leaves_a_core() {
  rlimit limit{};
  return tests::cores_are_files() && getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max > 0;
}

TEST(SecretMemory, IsNotInACoreDump) {
  const tests::TempDir folder;
  tests::ChildProcess child([&] { die_with_secret(folder.path()); });
  EXPECT_EQ(child.wait(), -SIGABRT);
  int cores = 0;
  for (const auto& core : std::filesystem::directory_iterator(folder.path())) {
    ++cores;
    EXPECT_EQ(tests::count_in_file(core.path(), Secret(canary()).reveal()), 0);
    EXPECT_GT(tests::count_in_file(core.path(), "a text of 40 letters that is no secret"), 0);
  }
  EXPECT_EQ(cores, leaves_a_core() ? 1 : 0);
  EXPECT_TRUE(tests::is_left_out(Secret(canary()).reveal().data()));
}

} // namespace
} // namespace nightshift

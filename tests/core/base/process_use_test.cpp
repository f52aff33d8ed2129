// SPDX-License-Identifier: Apache-2.0

#include "core/base/process_use.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>
#include <vector>

namespace nightshift {
namespace {

void use_cpu_of_a_tenth_of_a_second() {
  const std::clock_t end = std::clock() + CLOCKS_PER_SEC / 10;
  while (std::clock() < end) {
  }
}

TEST(ProcessUse, IsTheCpuTimeOfTheProcess) {
  const ProcessUse before = own_use();
  use_cpu_of_a_tenth_of_a_second();
  const ProcessUse after = own_use();
  EXPECT_GE(after.user_seconds + after.system_seconds,
            before.user_seconds + before.system_seconds + 0.09);
}

TEST(ProcessUse, TellsChildrenApartOnceTheyHaveEnded) {
  const ProcessUse before = use_of_children();
  const pid_t child = fork();
  if (child == 0) {
    use_cpu_of_a_tenth_of_a_second();
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  const ProcessUse after = use_of_children();
  EXPECT_GE(after.user_seconds + after.system_seconds,
            before.user_seconds + before.system_seconds + 0.09);
}

TEST(ProcessIo, CountsTheCallsThatRead) {
  const auto before = own_io();
  ASSERT_TRUE(before.has_value()) << "this kernel keeps no /proc/self/io";
  const int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  constexpr int k_reads = 100;
  for (int i = 0; i < k_reads; ++i) {
    char byte = 0;
    ASSERT_EQ(pread(fd, &byte, 1, 0), 1);
  }
  close(fd);
  const auto after = own_io();
  ASSERT_TRUE(after.has_value());
  EXPECT_GE(after->reads, before->reads + k_reads);
  EXPECT_GE(after->writes, before->writes);
}

TEST(ProcessUse, ThePeakOfMemoryStaysWhenTheMemoryIsGone) {
  constexpr std::size_t k_size = std::size_t{32} << 20U;
  { const std::vector<char> large(k_size, 'x'); }
  EXPECT_GE(own_peak_memory(), static_cast<std::int64_t>(k_size));
}

} // namespace
} // namespace nightshift

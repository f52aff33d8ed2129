// SPDX-License-Identifier: Apache-2.0
//
// Runs a command and tells, as JSON on descriptor 3, what the kernel says it took. A small program
// of its own, because a child's peak memory counts what its parent had when it was forked.

#include <fmt/format.h>

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

} // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fputs("usage: bench_measure COMMAND [ARGUMENT...] 3>FIGURES\n", stderr);
    return 64;
  }
  const auto began = std::chrono::steady_clock::now();
  pid_t child = 0;
  if (const int why = posix_spawnp(&child, arguments[1], nullptr, nullptr, arguments + 1, environ);
      why != 0) {
    fmt::print(stderr, "bench_measure: {}: {}\n", arguments[1], std::string(strerrordesc_np(why)));
    return 127;
  }
  int status = 0;
  rusage use{};
  while (wait4(child, &status, 0, &use) < 0) {
    if (errno != EINTR) {
      return 127;
    }
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
  const int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  const std::string figures = fmt::format(
      R"({{"wall":{:.4f},"user":{:.4f},"system":{:.4f},"peak_kib":{},"exit_code":{}}})"
      "\n",
      wall.count(), seconds(use.ru_utime), seconds(use.ru_stime), use.ru_maxrss, exit_code);
  return write(3, figures.data(), figures.size()) < 0 ? 127 : 0;
}

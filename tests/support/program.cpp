// SPDX-License-Identifier: Apache-2.0

#include "tests/support/program.hpp"

#include "tests/support/as_nobody.hpp"
#include "tests/support/content_of.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <grp.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

namespace nightshift::tests {
namespace {

// Everything that is written to a terminal until the last writer is gone.
std::string drain(int terminal) {
  std::string text;
  char buffer[4096];
  for (ssize_t count = 0; (count = read(terminal, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

void redirect(const std::filesystem::path& path, int to) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  dup2(fd, to);
}

// In the child, between fork and exec. The test's process has no other threads by then that hold
// locks, so that this is allowed.
[[noreturn]] void become_program(const std::vector<std::string>& arguments,
                                 const ProgramSettings& settings) {
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  if (settings.as_nobody &&
      (setgroups(0, nullptr) != 0 || setgid(k_nobody) != 0 || setuid(k_nobody) != 0)) {
    _exit(126);
  }
  if (chdir(settings.folder.c_str()) != 0) {
    _exit(126);
  }
  for (const int number : settings.ignored_signals) {
    (void)std::signal(number, SIG_IGN);
  }
  // Of a variable that stands twice the first counts.
  std::vector<std::string> environment;
  for (const auto& [name, value] : settings.environment) {
    environment.push_back(fmt::format("{}={}", name, value));
  }
  environment.insert(environment.end(), {"PATH=/usr/bin:/bin", "HOME=/nowhere", "TZ=UTC"});
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) {
      environment.push_back(fmt::format("{}={}", name, value));
    }
  }
  if (!settings.terminal.empty()) {
    environment.push_back("TERM=" + settings.terminal);
  }
  std::vector<char*> argv{const_cast<char*>(settings.program.c_str())};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  std::vector<char*> envp;
  envp.reserve(environment.size() + 1);
  for (const std::string& variable : environment) {
    envp.push_back(const_cast<char*>(variable.c_str()));
  }
  envp.push_back(nullptr);
  execve(settings.program.c_str(), argv.data(), envp.data());
  _exit(127);
}

} // namespace

Program::Program(const std::vector<std::string>& arguments, const ProgramSettings& settings) {
  std::filesystem::permissions(outputs_.path(), std::filesystem::perms::all);
  int theirs = -1;
  if (!settings.terminal.empty() && openpty(&terminal_, &theirs, nullptr, nullptr, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "openpty");
  }
  pid_ = fork();
  if (pid_ < 0) {
    throw std::system_error(errno, std::generic_category(), "fork");
  }
  if (pid_ == 0) {
    redirect(outputs_ / "out", STDOUT_FILENO);
    if (theirs >= 0) {
      dup2(theirs, STDERR_FILENO);
      close(theirs);
      close(terminal_);
    } else {
      redirect(outputs_ / "err", STDERR_FILENO);
    }
    become_program(arguments, settings);
  }
  if (theirs >= 0) {
    close(theirs);
  }
}

Program::~Program() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (terminal_ >= 0) {
    close(terminal_);
  }
}

void Program::signal(int number) const {
  kill(pid_, number);
}

std::string Program::told() const {
  return content_of(outputs_ / "err");
}

ProgramResult Program::wait() {
  ProgramResult result;
  if (terminal_ >= 0) {
    result.err = drain(terminal_);
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = content_of(outputs_ / "out");
  if (terminal_ < 0) {
    result.err = content_of(outputs_ / "err");
  }
  return result;
}

ProgramResult run_program(const std::vector<std::string>& arguments,
                          const ProgramSettings& settings) {
  return Program(arguments, settings).wait();
}

} // namespace nightshift::tests

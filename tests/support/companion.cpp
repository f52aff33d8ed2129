// SPDX-License-Identifier: Apache-2.0

#include "tests/support/companion.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace nightshift::tests {
namespace {

// Neither end outlives an exec: whoever else is started from here does not keep the input open.
std::pair<Fd, Fd> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  return {Fd(ends[0]), Fd(ends[1])};
}

} // namespace

Companion::Companion(const std::vector<std::string>& command) : name_(command.back()) {
  auto [their_input, input] = make_pipe();
  auto [output, their_output] = make_pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, their_input.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, their_output.get(), STDOUT_FILENO);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  const int why = ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (why != 0) {
    throw std::system_error(why, std::generic_category(), command.front());
  }
  input_ = std::move(input);
  output_ = std::move(output);
}

Companion::~Companion() {
  input_ = Fd();
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

std::string Companion::read_line() {
  for (;;) {
    if (const auto end = read_.find('\n'); end != std::string::npos) {
      std::string line = read_.substr(0, end);
      read_.erase(0, end + 1);
      return line;
    }
    char buffer[4096];
    const ssize_t count = ::read(output_.get(), buffer, sizeof buffer);
    if (count == 0 || (count < 0 && errno != EINTR)) {
      throw std::runtime_error(name_ + " ended before it answered");
    }
    read_.append(buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
}

std::string Companion::ask(const std::string& line) {
  const std::string text = line + '\n';
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t count = ::write(input_.get(), rest.data(), rest.size());
    if (count < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), name_);
    }
    rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  return read_line();
}

} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0

#include "core/base/child_output.hpp"

#include "core/base/file.hpp"
#include "core/base/spawn_settings.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

namespace nightshift {
namespace {

using Steady = std::chrono::steady_clock;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw system_error(errno, "cannot make a pipe");
    }
    out = Fd(ends[0]);
    in = Fd(ends[1]);
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }

  Fd out;
  Fd in;
};

// A process that was started. Killed, with its group, if it was not waited for.
class Child {
 public:
  // `number` gets the reason if it cannot be started.
  static std::optional<Child> start(std::vector<std::string>& command, const Fd& out, int& number) {
    SpawnSettings spawn;
    spawn.reset_signals();
    (void)posix_spawn_file_actions_addopen(spawn.actions(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_adddup2(spawn.actions(), out.get(), STDOUT_FILENO);
    (void)posix_spawn_file_actions_addopen(spawn.actions(), STDERR_FILENO, "/dev/null", O_WRONLY,
                                           0);
    pid_t pid = -1;
    number = posix_spawnp(&pid, command.front().c_str(), spawn.actions(), spawn.attributes(),
                          argument_pointers(command).data(), environ);
    return number == 0 ? std::optional<Child>(Child(pid)) : std::nullopt;
  }

  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

  Child& operator=(Child&&) = delete;

  ~Child() {
    if (pid_ > 0) {
      (void)kill(-pid_, SIGKILL);
      while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
  }

  // Its status, once it has ended.
  std::optional<int> status() {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != pid_) {
      return std::nullopt;
    }
    pid_ = -1;
    return status;
  }

 private:
  explicit Child(pid_t pid) : pid_(pid) {}

  pid_t pid_;
};

// What comes out of a pipe.
class Output {
 public:
  Output(Fd pipe, std::size_t most) : pipe_(std::move(pipe)), bytes_(most + 1) {}

  // Take what is there.
  void read() {
    while (pipe_ && !is_too_much()) {
      const ssize_t count = ::read(pipe_.get(), bytes_.data() + used_, bytes_.size() - used_);
      if (count > 0) {
        used_ += static_cast<std::size_t>(count);
      } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
        pipe_ = Fd();
      } else if (errno == EAGAIN) {
        return;
      }
    }
  }

  // Until there is something, or it is time to look whether the process is still there.
  void wait(std::chrono::milliseconds longest) const {
    // Where its stdout was closed, its end is near, as a rule.
    const std::chrono::milliseconds pause(pipe_ ? 50 : 2);
    pollfd watched{pipe_.get(), POLLIN, 0}; // -1, of a closed one, is passed over
    (void)poll(&watched, 1, static_cast<int>(std::clamp(longest, {}, pause).count()));
  }

  [[nodiscard]] bool is_too_much() const noexcept { return used_ == bytes_.size(); }

  Secret take() {
    bytes_.resize(used_);
    return Secret(std::move(bytes_));
  }

 private:
  Fd pipe_;
  SecretBytes bytes_; // a byte more than may come
  std::size_t used_ = 0;
};

ChildOutput ended(int status, Output& output) {
  if (WIFSIGNALED(status)) {
    return {ChildOutput::End::signalled, WTERMSIG(status), {}};
  }
  return {ChildOutput::End::exited, WEXITSTATUS(status), output.take()};
}

} // namespace

ChildOutput output_of(std::vector<std::string> command, const ChildLimits& limits,
                      const std::stop_token& stop) {
  const auto deadline = Steady::now() + limits.time;
  Pipe pipe;
  Output output(std::move(pipe.out), limits.bytes);
  int error_number = 0;
  auto child = Child::start(command, pipe.in, error_number);
  if (!child) {
    return {ChildOutput::End::not_started, error_number, {}};
  }
  pipe.in = Fd();
  for (;;) {
    // In this order: what it wrote before it ended is there when its end is seen.
    const auto status = child->status();
    output.read();
    if (output.is_too_much()) {
      return {ChildOutput::End::too_much, 0, {}};
    }
    if (status) {
      return ended(*status, output);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now());
    if (left.count() <= 0) {
      return {ChildOutput::End::too_slow, 0, {}};
    }
    if (stop.stop_requested()) {
      throw cancelled_error();
    }
    output.wait(left);
  }
}

} // namespace nightshift

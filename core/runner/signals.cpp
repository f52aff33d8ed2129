// SPDX-License-Identifier: Apache-2.0

#include "core/runner/signals.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

namespace nightshift {
namespace {

sigset_t watched_signals() noexcept {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGUSR1}) {
    sigaddset(&set, number);
  }

  struct sigaction hang_up {};

  if (sigaction(SIGHUP, nullptr, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN) {
    sigaddset(&set, SIGHUP);
  }
  return set;
}

} // namespace

void block_signals() noexcept {
  const sigset_t set = watched_signals();
  (void)pthread_sigmask(SIG_BLOCK, &set, nullptr);
  (void)std::signal(SIGPIPE, SIG_IGN);
  (void)std::signal(SIGXFSZ, SIG_IGN);
  (void)std::signal(SIGCHLD, SIG_DFL); // ignored, it is inherited, and no end can be waited for
}

void unblock_signals() noexcept {
  const sigset_t set = watched_signals();
  (void)pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

SignalWatcher::SignalWatcher(std::function<void(int)> on_signal)
    : on_signal_(std::move(on_signal)),
      wake_(eventfd(0, EFD_CLOEXEC)) {
  const sigset_t set = watched_signals();
  signals_ = Fd(signalfd(-1, &set, SFD_CLOEXEC));
  if (!signals_ || !wake_) {
    throw system_error(errno, "cannot watch for signals");
  }
  thread_ = std::thread([this] { watch(); });
}

SignalWatcher::~SignalWatcher() {
  const std::uint64_t one = 1;
  (void)!write(wake_.get(), &one, sizeof one);
  thread_.join();
}

void SignalWatcher::watch() const {
  std::array<pollfd, 2> watched{{{signals_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
  for (;;) {
    if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) {
      return;
    }
    if ((watched[1].revents & POLLIN) != 0) {
      return;
    }
    signalfd_siginfo signal{};
    if ((watched[0].revents & POLLIN) != 0 &&
        read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
      on_signal_(static_cast<int>(signal.ssi_signo));
    }
  }
}

} // namespace nightshift

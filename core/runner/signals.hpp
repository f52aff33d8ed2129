// SPDX-License-Identifier: Apache-2.0
//
// Signals as calls on an ordinary thread. Batch schedulers send TERM and USR1, often several times
// and at any moment, start-up included; so they are blocked as the first act of main and waited
// for.

#pragma once

#include "core/base/file.hpp"

#include <functional>
#include <thread>

namespace nightshift {

// Block INT, TERM, USR1 and, unless it is ignored as under nohup, HUP in this thread and all that
// it starts; ignore PIPE and XFSZ, so that writing fails with an error instead of a death; and do
// not ignore CHLD, whatever was inherited, so that how a child ended can be asked. Before any
// thread is started.
void block_signals() noexcept;

// Let them do what they do to any program again, for what is safe to end anywhere.
void unblock_signals() noexcept;

// Calls `on_signal(number)` on a thread of its own for each blocked signal that arrives, one after
// another, until it is destroyed.
class SignalWatcher {
 public:
  explicit SignalWatcher(std::function<void(int)> on_signal);
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;
  ~SignalWatcher();

 private:
  void watch() const;

  std::function<void(int)> on_signal_;
  Fd signals_;
  Fd wake_;
  std::thread thread_; // last: it uses the others
};

} // namespace nightshift

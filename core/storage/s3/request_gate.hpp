// SPDX-License-Identifier: Apache-2.0
//
// How many requests a store gets at once: one more after as many successes as there are at once,
// half as many where it asks for fewer.
// Source: additive increase, multiplicative decrease (Chiu, Jain, Computer Networks and ISDN
// Systems 17, 1989).

#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace nightshift::s3 {

class RequestGate {
 public:
  explicit RequestGate(int most) : most_(most), limit_(most) {}

  // A request on its way; lets the next one in at its end.
  class Pass {
   public:
    Pass(RequestGate& gate, std::uint64_t round) : gate_(gate), round_(round) {}

    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

    ~Pass() { gate_.leave(); }

    // The store answered.
    void succeeded() { gate_.note_success(); }

    // The store asks for fewer requests. Those that were on their way together say it for one.
    void slow_down() { gate_.note_slow_down(round_); }

   private:
    RequestGate& gate_;
    const std::uint64_t round_;
  };

  // Wait until there is room. Throws a cancelled `JobError` once `stop` is requested.
  [[nodiscard]] Pass enter(const std::stop_token& stop);

  // How many requests are let in at once now.
  [[nodiscard]] int limit() const;

 private:
  void leave();
  void note_success();
  void note_slow_down(std::uint64_t round);

  const int most_;
  mutable std::mutex mutex_; // of what follows
  std::condition_variable_any room_;
  int limit_;
  int inside_ = 0;
  int successes_ = 0;       // since the limit changed
  std::uint64_t round_ = 0; // how often it was halved
};

} // namespace nightshift::s3

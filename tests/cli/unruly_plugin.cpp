// SPDX-License-Identifier: Apache-2.0
//
// A stage that misbehaves as its parameter says.

#include <nightshift/plugin.hpp>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>

namespace {

using nightshift::JobContext;

void wait_for_ever() {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  never.wait(lock, [] { return false; });
}

void wait_for_stop(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop, [] { return false; });
}

// As the kernel would end it, whatever a sanitizer does with the signal.
void die_of(int number) {
  (void)std::signal(number, SIG_DFL);
  (void)raise(number);
}

class Unruly final : public nightshift::JobType {
 public:
  static constexpr std::string_view k_key = "unruly";

  Unruly() {
    info_.key = k_key;
    info_.name = "Unruly";
    info_.help = "Misbehaves.";
    info_.stages = {info_.key};
    info_.parameters = {{.key = "how", .help = "How it misbehaves.", .required = true}};
  }

  [[nodiscard]] const nightshift::JobTypeInfo& info() const noexcept override { return info_; }

  void run(JobContext& context) const override {
    const std::string how = context.parameters.text("how");
    if (how == "waits") {
      wait_for_stop(context.stop);
      context.throw_if_stopped();
    } else if (how == "hangs") {
      wait_for_ever();
    } else if (how == "segfaults") {
      die_of(SIGSEGV);
    } else if (how == "aborts") {
      die_of(SIGABRT);
    } else if (how == "exits") {
      std::_Exit(0);
    } else if (how == "leaks") {
      std::thread(wait_for_ever).detach();
    } else if (how == "fails") {
      throw nightshift::permanent_error("unruly", "it failed as it was told to");
    }
  }

 private:
  nightshift::JobTypeInfo info_;
};

} // namespace

NIGHTSHIFT_PLUGIN(Unruly)

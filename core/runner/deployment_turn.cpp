// SPDX-License-Identifier: Apache-2.0

#include "core/runner/deployment_turn.hpp"

#include "core/base/file_watch.hpp"
#include "core/record/cancel_request.hpp"

#include <nightshift/units.hpp>

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace nightshift {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds k_look_at_lock_again{1000}; // where nothing tells of a change
// A killed holder's file is closed, which wakes us, a moment before its lock is gone.
constexpr std::chrono::milliseconds k_settle{20};
constexpr std::chrono::seconds k_heartbeat{30};

std::filesystem::path lock_path(const std::filesystem::path& folder, std::int64_t deployment) {
  return folder / fmt::format("{}.json", deployment);
}

std::filesystem::path lock_file(const std::filesystem::path& folder, std::int64_t deployment) {
  if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    throw system_error(errno, fmt::format("cannot make the folder {}", folder.string()));
  }
  return lock_path(folder, deployment);
}

JobOutcome overlap_outcome(JobStatus status, const std::string& message) {
  JobOutcome outcome;
  outcome.status = status;
  outcome.reason = "overlap";
  outcome.error = ErrorRecord{"transient", error_code::k_busy, message};
  return outcome;
}

// The job that holds a lock is recorded in a state directory that may not be ours.
std::optional<JobFolder> job_of(const OwnerFacts& facts) {
  return StateDir(facts.state_dir).find_job(facts.job);
}

bool is_same_job(const OwnerFacts& a, const OwnerFacts& b) {
  return a.job == b.job && a.state_dir == b.state_dir && a.since == b.since;
}

std::string text_of_holder(const std::filesystem::path& lock, std::int64_t deployment) {
  const auto holder = read_owner_facts(lock);
  if (!holder) {
    return fmt::format("deployment {} is busy: another process holds {}", deployment,
                       lock.string());
  }
  return fmt::format("deployment {} is busy: {} writes it; see --on-overlap, or stop that with "
                     "\"nightshift cancel {} --state-dir {}\"",
                     deployment, to_text(*holder), holder->job, holder->state_dir);
}

} // namespace

std::optional<std::string> busy_deployment(const std::filesystem::path& folder,
                                           std::int64_t deployment) {
  const std::filesystem::path lock = lock_path(folder, deployment);
  return lock_state(lock) == LockState::held ? std::optional(text_of_holder(lock, deployment))
                                             : std::nullopt;
}

DeploymentTurn::DeploymentTurn(const std::filesystem::path& folder, std::int64_t deployment,
                               OwnerFacts self)
    : deployment_(deployment),
      self_(std::move(self)),
      lock_(lock_file(folder, deployment)) {}

DeploymentTurn::~DeploymentTurn() {
  lock_.release();
}

// What one job does while others have its deployment.
class DeploymentTurn::Waiting {
 public:
  Waiting(DeploymentTurn& turn, const Overlap& overlap, const WasLeftBehind& was_left_behind)
      : turn_(turn),
        overlap_(overlap),
        was_left_behind_(was_left_behind) {}

  // How the job ends for the one that has the deployment now; nothing if it is to be waited for.
  std::optional<JobOutcome> look(SteadyClock::time_point now) {
    const auto holder = read_owner_facts(turn_.lock_.path());
    if (holder && holder->run == turn_.self_.run) { // an isolated job of it is another process
      return look_at_own(*holder);
    }
    switch (overlap_.policy) {
    case OverlapPolicy::fail:
      return overlap_outcome(JobStatus::failure, turn_.busy_text());
    case OverlapPolicy::skip:
      return overlap_outcome(JobStatus::revoked, turn_.busy_text());
    case OverlapPolicy::replace:
      if (holder && (!asked_ || !is_same_job(*asked_, *holder))) {
        ask_to_cancel(*holder);
        asked_ = holder;
      }
      return std::nullopt;
    case OverlapPolicy::wait:
      break;
    }
    others_began_ = others_began_.value_or(now);
    if (overlap_.patience && now - *others_began_ >= *overlap_.patience) {
      return overlap_outcome(JobStatus::failure,
                             fmt::format("after waiting for {}: {}",
                                         print_duration(*overlap_.patience), turn_.busy_text()));
    }
    return std::nullopt;
  }

  // How long to wait, at most, before the next look.
  [[nodiscard]] std::chrono::milliseconds timeout(SteadyClock::time_point now, bool woken) const {
    const auto timeout = woken ? k_settle : k_look_at_lock_again;
    if (!overlap_.patience || !others_began_) {
      return timeout;
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*overlap_.patience - (now - *others_began_));
    return std::clamp(left, std::chrono::milliseconds{1}, timeout);
  }

 private:
  std::optional<JobOutcome> look_at_own(const OwnerFacts& holder) {
    others_began_.reset();
    if (!was_left_behind_(holder.job)) {
      return std::nullopt;
    }
    return overlap_outcome(
        JobStatus::failure,
        fmt::format("deployment {} is busy: job {} of this run was left behind when it did not "
                    "stop, and may still write it; run this job again once the run has ended",
                    turn_.deployment_, holder.job));
  }

  void ask_to_cancel(const OwnerFacts& holder) const {
    if (const auto folder = job_of(holder)) {
      write_cancel_request(
          *folder, make_cancel_request(fmt::format("job {} in {} replaces it", turn_.self_.job,
                                                   turn_.self_.state_dir)));
    }
  }

  DeploymentTurn& turn_;
  const Overlap& overlap_;
  const WasLeftBehind& was_left_behind_;
  std::optional<OwnerFacts> asked_;
  std::optional<SteadyClock::time_point> others_began_; // what patience counts from
};

std::optional<JobOutcome> DeploymentTurn::take(const Overlap& overlap, JobRecorder& recorder,
                                               const std::stop_token& stop,
                                               const WasLeftBehind& was_left_behind) {
  if (try_take()) {
    return std::nullopt;
  }
  Waiting waiting(*this, overlap, was_left_behind);
  if (auto refusal = waiting.look(SteadyClock::now())) {
    return refusal;
  }
  FileWatch watch;
  watch.add(lock_.path());
  const std::stop_callback wake(stop, [&watch] { watch.wake(); });
  auto told = SteadyClock::now();
  recorder.emit(EventKind::job_status, {{"status", to_string(JobStatus::pending)}});
  recorder.log(Severity::info, fmt::format("Waiting: {}", busy_text()));
  bool woken = false;
  while (!try_take()) {
    if (stop.stop_requested()) {
      throw cancelled_error();
    }
    const auto now = SteadyClock::now();
    if (auto refusal = waiting.look(now)) {
      return refusal;
    }
    if (now - told >= k_heartbeat) {
      told = now;
      recorder.log(Severity::info, fmt::format("Still waiting: {}", busy_text()));
    }
    woken = watch.wait(waiting.timeout(now, woken));
  }
  return std::nullopt;
}

bool DeploymentTurn::try_take() {
  OwnerFacts self = self_;
  self.since = system_now();
  return lock_.try_take(self);
}

std::string DeploymentTurn::busy_text() const {
  return text_of_holder(lock_.path(), deployment_);
}

} // namespace nightshift

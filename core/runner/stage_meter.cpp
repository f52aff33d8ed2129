// SPDX-License-Identifier: Apache-2.0

#include "core/runner/stage_meter.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace nightshift {
namespace {

double seconds_of(std::chrono::nanoseconds time) noexcept {
  return std::chrono::duration<double>(time).count();
}

// The kernel splits CPU time by the ticks of its clock; how much it was altogether is exact.
void put_cpu(StageProfile& profile, const ThreadUse& use) {
  const auto ticked = static_cast<double>((use.user + use.system).count());
  const double user_share = ticked > 0 ? static_cast<double>(use.user.count()) / ticked : 1;
  const double cpu = seconds_of(use.cpu);
  profile.cpu_user_seconds = cpu * user_share;
  profile.cpu_system_seconds = cpu - profile.cpu_user_seconds;
}

QueueProfile profile_of(const std::string& name, const QueueMeter& meter) {
  const QueueMeter::Use use = meter.use();
  QueueProfile profile;
  profile.name = name;
  profile.items = use.items;
  profile.bytes = use.bytes;
  profile.mean_waiting =
      use.items > 0 ? static_cast<double>(use.sum_waiting) / static_cast<double>(use.items) : 0;
  profile.most_waiting = use.most_waiting;
  profile.most_bytes = use.most_bytes;
  profile.held_back = use.held_back;
  profile.held_back_seconds = seconds_of(use.held_back_time);
  profile.consume_seconds = seconds_of(use.consuming_wall);
  profile.consume_cpu_seconds = seconds_of(use.consuming_cpu);
  profile.idle_seconds = seconds_of(std::max(use.open - use.consuming_wall, {}));
  return profile;
}

std::optional<ProcessIo> io_since(const std::optional<ProcessIo>& began) {
  const std::optional<ProcessIo> now = began ? own_io() : std::nullopt;
  if (!now) {
    return std::nullopt;
  }
  return ProcessIo{now->reads - began->reads, now->writes - began->writes,
                   now->disk_read_bytes - began->disk_read_bytes,
                   now->disk_written_bytes - began->disk_written_bytes};
}

class MeteredExecutor final : public Executor {
 public:
  MeteredExecutor(std::unique_ptr<Executor> executor, WorkMeter& meter)
      : executor_(std::move(executor)),
        meter_(meter) {}

  [[nodiscard]] std::size_t concurrency() const noexcept override {
    return executor_->concurrency();
  }

  void bulk(std::size_t count, std::size_t grain,
            FunctionRef<void(std::size_t, std::size_t)> body) override {
    executor_->bulk(count, grain, [&](std::size_t begin, std::size_t end) {
      const WorkMeter::Scope working(&meter_);
      body(begin, end);
    });
  }

  void grow(std::vector<WorkItem> items, FunctionRef<void(void*, WorkFeeder)> body) override {
    executor_->grow(std::move(items), [&](void* item, WorkFeeder feed) {
      const WorkMeter::Scope working(&meter_);
      body(item, feed);
    });
  }

 private:
  const std::unique_ptr<Executor> executor_;
  WorkMeter& meter_;
};

} // namespace

StageMeter::StageMeter(bool alone) : io_began_(alone ? own_io() : std::nullopt) {}

QueueMeter& StageMeter::queue(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  return queues_[std::string(name)];
}

StageProfile StageMeter::profile() const {
  StageProfile profile;
  const ThreadUse use = work_.thread_use();
  profile.threads = use.most_threads;
  profile.thread_seconds = seconds_of(use.wall);
  put_cpu(profile, use);
  profile.ready_seconds = seconds_of(use.ready);
  profile.minor_faults = use.minor_faults;
  profile.major_faults = use.major_faults;
  profile.voluntary_switches = use.voluntary_switches;
  profile.involuntary_switches = use.involuntary_switches;
  profile.peak_memory = own_peak_memory();
  for (std::size_t i = 0; i < k_tally_names.size(); ++i) {
    profile.tallies[i] = work_.get(static_cast<Tally>(i));
  }
  for (std::size_t i = 0; i < k_wait_names.size(); ++i) {
    profile.waits[i] = seconds_of(work_.get(static_cast<Wait>(i)));
  }
  profile.io = io_since(io_began_);
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, meter] : queues_) {
    profile.queues.push_back(profile_of(name, meter));
  }
  return profile;
}

std::unique_ptr<Executor> metered(std::unique_ptr<Executor> executor, WorkMeter* meter) {
  if (meter == nullptr) {
    return executor;
  }
  return std::make_unique<MeteredExecutor>(std::move(executor), *meter);
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// What a stage may tell of where its time goes, beyond what the runner sees by itself:
//
//   Funnel<Item, Consume> funnel(capacity, consume, queue_meter(context.host, "merge"));

#pragma once

#include <nightshift/job_context.hpp>
#include <nightshift/queue_meter.hpp>

#include <string_view>

namespace nightshift {

// What a `Host` may be besides. Asked for by `dynamic_cast`, so that a host without it, and a
// plugin that never heard of it, go with whatever is on the other side. Any thread.
class Profiler {
 public:
  Profiler(const Profiler&) = delete;
  Profiler& operator=(const Profiler&) = delete;
  virtual ~Profiler() = default;

  // The meter of the stage's queue of that name, which lives as long as the stage; null if nobody
  // wants to know.
  [[nodiscard]] virtual QueueMeter* queue(std::string_view name) = 0;

 protected:
  Profiler() = default;
};

// As `Profiler::queue`, of a host that may be none.
[[nodiscard]] inline QueueMeter* queue_meter(Host& host, std::string_view name) {
  auto* const profiler = dynamic_cast<Profiler*>(&host);
  return profiler != nullptr ? profiler->queue(name) : nullptr;
}

} // namespace nightshift

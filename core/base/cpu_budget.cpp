// SPDX-License-Identifier: Apache-2.0

#include "core/base/cpu_budget.hpp"

#include <sched.h>
#include <sys/utsname.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <system_error>

namespace nightshift {

namespace {

namespace fs = std::filesystem;

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

std::string first_line(const fs::path& path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

// A part of a CPU counts as one: two threads on one and a half are faster than one.
std::optional<int> threads_for(std::optional<std::int64_t> quota,
                               std::optional<std::int64_t> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) {
    return std::nullopt;
  }
  return static_cast<int>(std::clamp<std::int64_t>((*quota + *period - 1) / *period, 1, 1 << 20));
}

// "50000 100000", or "max 100000" for none.
std::optional<int> quota_v2(const fs::path& group) {
  const std::string line = first_line(group / "cpu.max");
  const std::size_t blank = line.find(' ');
  if (blank == std::string::npos) {
    return std::nullopt;
  }
  const std::string_view text = line;
  return threads_for(number_in<std::int64_t>(text.substr(0, blank)),
                     number_in<std::int64_t>(text.substr(blank + 1)));
}

// A quota of -1 is none.
std::optional<int> quota_v1(const fs::path& group) {
  return threads_for(number_in<std::int64_t>(first_line(group / "cpu.cfs_quota_us")),
                     number_in<std::int64_t>(first_line(group / "cpu.cfs_period_us")));
}

using Quota = std::optional<int> (*)(const fs::path& group);

// The tightest quota from the group up to the mounted root. In a container the group's path may be
// the host's and not exist here; the root then is the container's own group.
std::optional<int> tightest(const fs::path& mount, std::string_view group, Quota quota) {
  std::optional<int> least;
  fs::path path = fs::path(group).lexically_normal().relative_path();
  for (;;) {
    if (const auto threads = quota(mount / path)) {
      least = std::min(least.value_or(*threads), *threads);
    }
    if (path.empty()) {
      return least;
    }
    path = path.parent_path();
  }
}

bool names_cpu(std::string_view controllers) {
  while (!controllers.empty()) {
    const std::string_view first = controllers.substr(0, controllers.find(','));
    if (first == "cpu") {
      return true;
    }
    controllers.remove_prefix(std::min(controllers.size(), first.size() + 1));
  }
  return false;
}

// Lines of /proc/self/cgroup: "4:cpu,cpuacct:/path" (v1), "0::/path" (v2; beside v1 it is mounted
// at "unified").
std::optional<int> cgroup_threads(const CpuBudgetSources& sources) {
  std::optional<int> least;
  const auto consider = [&](const fs::path& mount, std::string_view group, Quota quota) {
    if (const auto threads = tightest(mount, group, quota)) {
      least = std::min(least.value_or(*threads), *threads);
    }
  };
  std::ifstream lines(sources.proc_self / "cgroup");
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) {
      continue;
    }
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      consider(sources.cgroup_root, group, quota_v2);
      consider(sources.cgroup_root / "unified", group, quota_v2);
    } else if (names_cpu(controllers)) {
      consider(sources.cgroup_root / controllers, group, quota_v1);
      consider(sources.cgroup_root / "cpu", group, quota_v1);
    }
  }
  return least;
}

int affinity_of_this_process() {
  // More CPUs than a cpu_set_t has bits: the kernel says EINVAL until the mask is large enough.
  for (int cpus = CPU_SETSIZE; cpus <= 1 << 20; cpus *= 2) {
    const std::size_t size = CPU_ALLOC_SIZE(cpus);
    cpu_set_t* mask = CPU_ALLOC(cpus);
    const bool known = mask != nullptr && sched_getaffinity(0, size, mask) == 0;
    const int count = known ? CPU_COUNT_S(size, mask) : 0;
    CPU_FREE(mask);
    if (known) {
      return count;
    }
  }
  return 1;
}

const char* variable(const CpuBudgetSources& sources, const char* name) {
  return sources.environment ? sources.environment(name) : std::getenv(name);
}

std::optional<int> from_environment(const CpuBudgetSources& sources, const char* name) {
  const char* text = variable(sources, name);
  const auto threads = text == nullptr ? std::nullopt : number_in<int>(text);
  return threads && *threads > 0 ? threads : std::nullopt;
}

std::string first_label(std::string_view host) {
  return std::string(host.substr(0, host.find('.')));
}

std::string own_host(const CpuBudgetSources& sources) {
  utsname system{};
  return first_label(!sources.host.empty() ? sources.host
                     : uname(&system) == 0 ? std::string(system.nodename)
                                           : std::string());
}

// Torque names a host once for each of its processors that the job was given.
std::optional<int> from_node_file(const CpuBudgetSources& sources) {
  const char* path = variable(sources, "PBS_NODEFILE");
  if (path == nullptr) {
    return std::nullopt;
  }
  const std::string host = own_host(sources);
  std::ifstream lines(path);
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    count += first_label(line) == host ? 1 : 0;
  }
  return count > 0 ? std::optional(count) : std::nullopt;
}

} // namespace

CpuBudget cpu_budget(std::optional<int> asked, const CpuBudgetSources& sources) {
  CpuBudget budget;
  const auto limit = [&budget](const char* source, std::optional<int> threads) {
    if (threads) {
      budget.limits.push_back({source, std::max(1, *threads)});
    }
    return threads.has_value();
  };
  limit("--threads", asked);
  if (!limit("SLURM_CPUS_PER_TASK", from_environment(sources, "SLURM_CPUS_PER_TASK"))) {
    limit("SLURM_CPUS_ON_NODE", from_environment(sources, "SLURM_CPUS_ON_NODE"));
  }
  if (variable(sources, "PBS_JOBID") != nullptr &&
      !limit("NCPUS", from_environment(sources, "NCPUS")) &&
      !limit("PBS_NUM_PPN", from_environment(sources, "PBS_NUM_PPN"))) {
    limit("PBS_NODEFILE", from_node_file(sources));
  }
  limit("CPU affinity", sources.affinity > 0 ? sources.affinity : affinity_of_this_process());
  limit("cgroup quota", cgroup_threads(sources));
  const auto least = std::min_element(
      budget.limits.begin(), budget.limits.end(),
      [](const CpuBudget::Limit& a, const CpuBudget::Limit& b) { return a.threads < b.threads; });
  budget.threads = least->threads;
  budget.source = least->source;
  return budget;
}

} // namespace nightshift

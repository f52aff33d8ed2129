// SPDX-License-Identifier: Apache-2.0
//
// How many threads may compute: what was asked for, but no more than the machine, the batch system
// or the container grants. Debian 12's oneTBB heeds only the affinity mask.

#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

struct CpuBudget {
  int threads = 1;
  std::string source; // which limit won: "--threads", "SLURM_CPUS_PER_TASK", "cgroup quota", ...

  struct Limit {
    std::string source;
    int threads = 0;
  };

  std::vector<Limit> limits; // all that applied, for `doctor`
};

// Where the limits are read from; tests put in their own.
struct CpuBudgetSources {
  std::function<const char*(const char*)> environment; // getenv
  std::filesystem::path proc_self = "/proc/self";
  std::filesystem::path cgroup_root = "/sys/fs/cgroup";
  int affinity = 0;      // 0: ask the kernel
  std::string host = {}; // "": ask the kernel
};

// The minimum of: `asked` (a flag); SLURM_CPUS_PER_TASK, else SLURM_CPUS_ON_NODE; in a PBS job
// NCPUS, else PBS_NUM_PPN, else the lines of PBS_NODEFILE that name this host; the affinity mask;
// and the tightest CPU quota of the own cgroup and those above it (v1 and v2). At least 1.
[[nodiscard]] CpuBudget cpu_budget(std::optional<int> asked, const CpuBudgetSources& sources = {});

} // namespace nightshift

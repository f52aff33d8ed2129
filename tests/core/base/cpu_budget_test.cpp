// SPDX-License-Identifier: Apache-2.0

#include "core/base/cpu_budget.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <sched.h>

#include <map>
#include <string_view>

namespace nightshift {

namespace {

// A machine of 64 CPUs with the environment and the files a test puts there.
class CpuBudgetTest : public testing::Test {
 protected:
  CpuBudget budget(std::optional<int> asked = std::nullopt) {
    CpuBudgetSources sources;
    sources.environment = [this](const char* name) -> const char* {
      const auto found = environment.find(name);
      return found == environment.end() ? nullptr : found->second;
    };
    sources.proc_self = root / "proc";
    sources.cgroup_root = root / "cgroup";
    sources.affinity = 64;
    sources.host = "trap7";
    return cpu_budget(asked, sources);
  }

  void expect(int threads, std::string_view source, std::optional<int> asked = std::nullopt) {
    const CpuBudget found = budget(asked);
    EXPECT_EQ(found.threads, threads);
    EXPECT_EQ(found.source, source);
  }

  tests::TempDir root;
  std::map<std::string_view, const char*> environment;
};

TEST_F(CpuBudgetTest, IsTheAffinityWhereNothingElseLimits) {
  expect(64, "CPU affinity");
}

TEST_F(CpuBudgetTest, IsWhatWasAskedForIfTheMachineHasIt) {
  expect(3, "--threads", 3);
  expect(64, "CPU affinity", 1000);
}

TEST_F(CpuBudgetTest, IsAtLeastOne) {
  expect(1, "--threads", 0);
  expect(1, "--threads", -5);
}

TEST_F(CpuBudgetTest, HeedsSlurmsShareOfTheTaskBeforeThatOfTheNode) {
  environment = {{"SLURM_CPUS_PER_TASK", "8"}, {"SLURM_CPUS_ON_NODE", "4"}};
  expect(8, "SLURM_CPUS_PER_TASK");
  environment.erase("SLURM_CPUS_PER_TASK");
  expect(4, "SLURM_CPUS_ON_NODE");
}

TEST_F(CpuBudgetTest, HeedsNcpusOnlyInAPbsJob) {
  environment = {{"NCPUS", "6"}};
  expect(64, "CPU affinity");
  environment.emplace("PBS_JOBID", "12.server");
  expect(6, "NCPUS");
}

TEST_F(CpuBudgetTest, HeedsWhatAnOlderPbsTellsInstead) {
  const std::string nodes =
      root.write("nodes", "trap7.cluster\ntrap7.cluster\ntrap70\ntrap8\ntrap7\n").string();
  environment = {{"PBS_JOBID", "12.server"},
                 {"PBS_NODEFILE", nodes.c_str()},
                 {"PBS_NUM_PPN", "6"},
                 {"NCPUS", "7"}};
  expect(7, "NCPUS");
  environment.erase("NCPUS");
  expect(6, "PBS_NUM_PPN");
  environment.erase("PBS_NUM_PPN");
  expect(3, "PBS_NODEFILE");
  root.write("nodes", "elsewhere\n");
  expect(64, "CPU affinity");
}

TEST_F(CpuBudgetTest, PassesOverVariablesThatAreNoCount) {
  for (const char* text : {"", "many", "0", "-2", "4x", "99999999999999"}) {
    environment["SLURM_CPUS_PER_TASK"] = text;
    expect(64, "CPU affinity");
  }
}

TEST_F(CpuBudgetTest, HeedsAVersion2Quota) {
  root.write("proc/cgroup", "0::/user.slice/job\n");
  root.write("cgroup/user.slice/job/cpu.max", "250000 100000\n");
  expect(3, "cgroup quota"); // two and a half
}

TEST_F(CpuBudgetTest, HeedsTheTightestQuotaAbove) {
  root.write("proc/cgroup", "0::/outer/middle/inner\n");
  root.write("cgroup/outer/cpu.max", "200000 100000\n");
  root.write("cgroup/outer/middle/cpu.max", "max 100000\n");
  root.write("cgroup/outer/middle/inner/cpu.max", "500000 100000\n");
  expect(2, "cgroup quota");
}

TEST_F(CpuBudgetTest, HeedsTheTightestVersion1QuotaAbove) {
  root.write("proc/cgroup", "4:cpu:/batch/job/step\n");
  for (const auto& [group, quota] : std::map<std::string, std::string>{
           {"", "-1"}, {"/batch", "300000"}, {"/batch/job", "-1"}, {"/batch/job/step", "800000"}}) {
    root.write("cgroup/cpu" + group + "/cpu.cfs_quota_us", quota + "\n");
    root.write("cgroup/cpu" + group + "/cpu.cfs_period_us", "100000\n");
  }
  expect(3, "cgroup quota");
}

TEST_F(CpuBudgetTest, HeedsAVersion1Quota) {
  root.write("proc/cgroup", "5:cpuset:/x\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n");
  root.write("cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "150000\n");
  root.write("cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
  expect(2, "cgroup quota");
}

TEST_F(CpuBudgetTest, FindsTheContainersOwnQuotaAtTheRoot) {
  root.write("proc/cgroup", "4:cpu:/docker/of-the-host\n");
  root.write("cgroup/cpu/cpu.cfs_quota_us", "400000\n");
  root.write("cgroup/cpu/cpu.cfs_period_us", "100000\n");
  expect(4, "cgroup quota");
}

TEST_F(CpuBudgetTest, FindsVersion2BesideVersion1) {
  root.write("proc/cgroup", "4:cpu:/\n0::/\n");
  root.write("cgroup/unified/cpu.max", "100000 100000\n");
  expect(1, "cgroup quota");
}

TEST_F(CpuBudgetTest, PassesOverFilesThatMakeNoSense) {
  root.write("proc/cgroup", "nonsense\n0::/../..\n4:cpu:/a\n3:cpuset,cpuacct:/b\n");
  root.write("cgroup/cpu.max", "lots\n");
  root.write("cgroup/cpu/a/cpu.cfs_quota_us", "-1\n");
  root.write("cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
  root.write("cgroup/cpu/cpu.cfs_quota_us", "100000\n");
  root.write("cgroup/cpu/cpu.cfs_period_us", "0\n");
  expect(64, "CPU affinity");
}

TEST_F(CpuBudgetTest, KeepsAllLimitsThatApplied) {
  environment = {{"SLURM_CPUS_PER_TASK", "8"}};
  root.write("proc/cgroup", "0::/\n");
  root.write("cgroup/cpu.max", "1600000 100000\n");
  const CpuBudget found = budget(32);
  std::map<std::string, int> limits;
  for (const auto& limit : found.limits) {
    limits[limit.source] = limit.threads;
  }
  EXPECT_EQ(limits, (std::map<std::string, int>{{"--threads", 32},
                                                {"SLURM_CPUS_PER_TASK", 8},
                                                {"CPU affinity", 64},
                                                {"cgroup quota", 16}}));
}

TEST(CpuBudget, AsksTheKernelForTheAffinity) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &before)) {
      CPU_SET(cpu, &one);
    }
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  const CpuBudget found = cpu_budget(std::nullopt);
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
  EXPECT_EQ(found.threads, 1);
}

} // namespace

} // namespace nightshift

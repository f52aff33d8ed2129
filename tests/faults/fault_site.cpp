// SPDX-License-Identifier: Apache-2.0

#include "tests/faults/fault_site.hpp"

#include "core/base/json.hpp"
#include "core/catalogue/open_catalogue.hpp"
#include "core/record/state_dir.hpp"
#include "tests/support/catalogue_views.hpp"
#include "tests/support/content_of.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

namespace nightshift::tests {
namespace {

std::vector<std::string> catalogue_in(const std::filesystem::path& state) {
  const auto catalogue = open_catalogue("sqlite:catalogue.db", state);
  return equality_of(*catalogue);
}

// A job that was killed while it was being made has no record; it was never there.
void check_record(const JobFolder& job, const std::string& after) {
  for (const auto& entry : std::filesystem::directory_iterator(job.path)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with(".")) << after << ' ' << entry.path();
  }
  std::istringstream lines(content_of(job.journal()));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(Json::accept(line)) << after << ", " << job.journal();
  }
  const Json record = Json::parse(content_of(job.record()), nullptr, false);
  ASSERT_TRUE(record.is_object()) << after << ", " << job.record();
  const std::string status = record.value("status", "");
  EXPECT_TRUE(status == "SUCCESS" || status == "FAILURE" || status == "REVOKED")
      << after << ", job " << job.id << " is " << status;
}

} // namespace

FaultSite::FaultSite(std::uint64_t seed) : tree_(place_ / "captures", seed), random_(seed) {
  place_.write("jobs.yaml", fmt::format(R"(version: 1
sources:
  disk: {{uri: "file://{}"}}
deployments:
  - {{id: 1, name: "North", project: {{id: 1, name: "Ridge"}}, source: disk, subdir: a}}
  - {{id: 2, name: "South", project: {{id: 1, name: "Ridge"}}, source: disk, subdir: b}}
jobs:
  - name: "Sync {{deployment.id}}"
    type: data_storage_sync
    for_each: deployments
    params: {{settled_after: 0s}}
)",
                                        (place_ / "captures").string()));
}

ProgramSettings FaultSite::settings(const Fault& fault) const {
  ProgramSettings settings;
  settings.environment = {{"LD_PRELOAD", NIGHTSHIFT_FAULT_SHIM},
                          {"NIGHTSHIFT_FAULT", fmt::format("{}:{}", fault.kind, fault.at)},
                          {"NIGHTSHIFT_FAULT_BELOW", state().string() + '/'},
                          {"NIGHTSHIFT_FAULT_CALLS", (place_ / "calls").string()}};
  return settings;
}

std::vector<std::string> FaultSite::some_run() {
  std::vector<std::string> arguments{"run", job_file().string(), "--state-dir", state().string()};
  if (random_() % 2 == 0) {
    arguments.emplace_back("--quick");
  }
  return arguments;
}

int FaultSite::run(const Fault& fault) {
  return run_program(some_run(), settings(fault)).exit_code;
}

bool FaultSite::run_and_kill() {
  // Any instant from the first to a little after the usual last.
  const auto instant = std::chrono::microseconds(
      random_() % static_cast<std::uint64_t>(took_.count() + took_.count() / 4 + 1));
  Program program(some_run());
  std::this_thread::sleep_for(instant); // the point of it: no event to wait for
  program.signal(SIGKILL);
  return program.wait().exit_code == 128 + SIGKILL;
}

void FaultSite::recover(const std::string& after) {
  const auto began = std::chrono::steady_clock::now();
  const ProgramResult result = run_program(some_run(), settings({"count", 0}));
  took_ = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                began);
  EXPECT_EQ(result.exit_code, 0) << after << '\n' << result.out << result.err;
  std::istringstream(content_of(place_ / "calls")) >> calls_;
  check_records(after);
  compare_with_fresh(after);
}

void FaultSite::compare_with_fresh(const std::string& after) const {
  const std::filesystem::path fresh = place_ / "fresh";
  std::filesystem::remove_all(fresh);
  const ProgramResult result =
      run_program({"run", job_file().string(), "--state-dir", fresh.string()});
  ASSERT_EQ(result.exit_code, 0) << after << '\n' << result.out << result.err;
  EXPECT_EQ(catalogue_in(state()), catalogue_in(fresh)) << after;
}

void FaultSite::check_records(const std::string& after) {
  const StateDir state_dir(state());
  EXPECT_TRUE(state_dir.live_ids().empty()) << after;
  for (const std::int64_t id : state_dir.job_ids()) {
    const JobFolder job = state_dir.find_job(id).value();
    const Json record = Json::parse(content_of(job.record()), nullptr, false);
    const bool was_begun = record.is_discarded() || record.value("status", "") != "CREATED";
    if (id > checked_ && std::filesystem::exists(job.owner()) && was_begun) {
      check_record(job, after);
      passed_over_ += record.value("/runner/counts/passed_over"_json_pointer, std::int64_t{0});
    }
    checked_ = std::max(checked_, id);
  }
}

} // namespace nightshift::tests

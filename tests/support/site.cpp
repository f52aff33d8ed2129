// SPDX-License-Identifier: Apache-2.0

#include "tests/support/site.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <utility>

namespace nightshift::tests {
namespace {

constexpr std::int64_t k_first_capture = 1'717'277'400; // 2024-06-01T21:30:00

} // namespace

Site::Site() {
  std::filesystem::create_directories(captures());
  std::filesystem::permissions(path(), std::filesystem::perms(0755));
}

void Site::add_captures(const std::string& folder, int count, int first) const {
  const std::filesystem::path place = captures() / folder;
  std::filesystem::create_directories(place);
  for (int i = first; i < first + count; ++i) {
    const std::time_t taken = k_first_capture + std::int64_t{i} * 60;
    const std::string name = fmt::format("{:%Y%m%d%H%M%S}-snapshot.jpg", fmt::gmtime(taken));
    std::ofstream(place / name) << "jpeg " << i;
    const timespec times[2]{{taken, 0}, {taken, 500}};
    utimensat(AT_FDCWD, (place / name).c_str(), times, 0);
  }
}

void Site::write_job_file_text(const std::string& yaml) const {
  folder_.write("jobs.yaml", yaml);
}

void Site::write_job_file(const std::string& subdir, const std::string& more) const {
  write_job_file_text(fmt::format(R"(version: 1
state_dir: state
sources:
  disk: {{uri: "file://{}"}}
deployments:
  - {{id: 250, name: "Costa Rica - Restoration", project: {{id: 88, name: "Costa Rica- Labelling"}}, source: disk, subdir: {}}}
jobs:
  - name: "Sync captures for deployment {{deployment.id}}"
    type: data_storage_sync
    for_each: deployments
{})",
                                  captures().string(), subdir, more));
}

ProgramResult Site::run(std::vector<std::string> arguments, ProgramSettings settings) const {
  arguments.insert(arguments.end(), {"--state-dir", state().string()});
  settings.folder = path();
  return run_program(arguments, settings);
}

ProgramResult Site::sync(const std::vector<std::string>& more) const {
  std::vector<std::string> arguments{"run", job_file().string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(std::move(arguments));
}

std::filesystem::path Site::copy_program() const {
  std::filesystem::path program = folder_ / "bin/nightshift";
  std::filesystem::create_directories(program.parent_path());
  std::filesystem::copy_file(NIGHTSHIFT_PROGRAM, program);
  std::filesystem::create_directories(folder_ / "lib/nightshift");
  std::filesystem::copy(NIGHTSHIFT_PLUGINS, folder_ / "lib/nightshift/plugins");
  return program;
}

Json Site::record(std::int64_t id) const {
  return Json::parse(std::ifstream(state() / "jobs" / std::to_string(id) / "job.json"), nullptr,
                     false);
}

std::vector<Json> Site::view(const std::string& name) const {
  std::vector<Json> rows;
  std::istringstream lines(run({"catalogue", name, "--json"}).out);
  for (std::string line; std::getline(lines, line);) {
    rows.push_back(Json::parse(line));
  }
  return rows;
}

} // namespace nightshift::tests

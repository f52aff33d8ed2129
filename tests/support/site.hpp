// SPDX-License-Identifier: Apache-2.0
//
// A place with captures, a job file and a state directory: what a test of the program needs.

#pragma once

#include "core/base/json.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::tests {

class Site {
 public:
  // Captures go to captures/, of which the job file below makes a source.
  Site();

  // Make `count` captures, a minute apart from 2024-06-01 21:30 on, in captures/<folder>.
  void add_captures(const std::string& folder, int count, int first = 0) const;

  // A job file with a sync of deployment 250 in captures/<subdir>; more YAML may follow.
  void write_job_file(const std::string& subdir = "restoration",
                      const std::string& more = "") const;

  void write_job_file_text(const std::string& yaml) const;

  // nightshift COMMAND with --state-dir where the command takes it.
  [[nodiscard]] ProgramResult run(std::vector<std::string> arguments,
                                  ProgramSettings settings = {}) const;

  // `nightshift run` of the job file.
  [[nodiscard]] ProgramResult sync(const std::vector<std::string>& more = {}) const;

  // A copy of the program and its plugins in here, for a user who may not enter the build folder.
  [[nodiscard]] std::filesystem::path copy_program() const;

  // A job's record.
  [[nodiscard]] Json record(std::int64_t id) const;

  // The rows of a view of the catalogue.
  [[nodiscard]] std::vector<Json> view(const std::string& name) const;

  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }

  [[nodiscard]] std::filesystem::path captures() const { return folder_ / "captures"; }

  [[nodiscard]] std::filesystem::path state() const { return folder_ / "state"; }

  [[nodiscard]] std::filesystem::path job_file() const { return folder_ / "jobs.yaml"; }

  [[nodiscard]] const TempDir& folder() const noexcept { return folder_; }

 private:
  TempDir folder_;
};

} // namespace nightshift::tests

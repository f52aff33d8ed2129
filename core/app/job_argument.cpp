// SPDX-License-Identifier: Apache-2.0

#include "core/app/job_argument.hpp"

#include <nightshift/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace nightshift {

JobFolder JobArgument::find() const {
  const StateDir state_dir = find_state_dir(state.state_dir, std::nullopt);
  const auto folder = state_dir.find_job(id);
  if (!folder) {
    throw permanent_error(error_code::k_not_found,
                          fmt::format("there is no job {} in {}; see \"nightshift jobs\"", id,
                                      state_dir.path().string()));
  }
  return *folder;
}

void add_job_argument(CLI::App& app, JobArgument& argument) {
  app.add_option("ID", argument.id, "The job's id")->required();
  add_state_options(app, argument.state);
}

} // namespace nightshift

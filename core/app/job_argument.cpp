// SPDX-License-Identifier: Apache-2.0

#include "core/app/job_argument.hpp"

#include <CLI/CLI.hpp>

namespace nightshift {

JobFolder JobArgument::find() const {
  return find_state_dir(state.state_dir, std::nullopt).existing_job(id);
}

void add_job_argument(CLI::App& app, JobArgument& argument) {
  app.add_option("ID", argument.id, "The job's id")->required();
  add_state_options(app, argument.state, TakesJobFile::no);
}

} // namespace nightshift

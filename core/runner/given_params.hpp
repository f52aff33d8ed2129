// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/config/job_file.hpp"
#include "core/plugin_host/plugin_registry.hpp"

#include <string>
#include <vector>

namespace nightshift {

// A parameter from the command line, for every job whose type takes one of that name.
struct GivenParam {
  std::string key;
  std::string value;
  std::string option; // for messages, such as "--quick"
};

// `file`'s jobs with these in the place of what it says. Throws `config` if a parameter is none of
// any job's, or takes no such value; types that are not to be had are left for the planner to tell.
void put_params(JobFile& file, const std::vector<GivenParam>& given, PluginRegistry& registry);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// What may stand in a job file, section by section. These tables, and nothing else, say which keys
// there are: they check the file, and the JSON Schema and the reference page are made from them.

#pragma once

#include <nightshift/parameter_spec.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

struct Section {
  std::string what;  // as messages call it: "a job"
  std::string title; // as the reference page does: "A job"
  std::string help;  // a sentence or two
  std::vector<ParameterSpec> keys;
};

[[nodiscard]] Section job_file_section();
[[nodiscard]] Section included_file_section();
[[nodiscard]] Section defaults_section();
[[nodiscard]] Section deployment_section();
[[nodiscard]] Section project_section();
[[nodiscard]] Section deployments_csv_section(); // of `deployments: {csv: …}`
[[nodiscard]] Section job_section();

// The keys that a source of that scheme takes; "" for a plain path.
[[nodiscard]] Section source_section(std::string_view scheme);

// Those of them that only a source in an object store takes.
[[nodiscard]] Section store_section();

// Those that only a source takes that is a listing made elsewhere.
[[nodiscard]] Section manifest_section();

// The schemes that there are storages for.
[[nodiscard]] std::vector<std::string> source_schemes();

// The columns of a deployments CSV, in the order of the reference page: keys of a deployment, and
// those of its project with "project_" before them.
[[nodiscard]] std::vector<ParameterSpec> csv_columns();

} // namespace nightshift

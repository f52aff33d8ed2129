// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/config/load_job_file.hpp"

#include <vector>

namespace nightshift {

// `sources:` of a job file, checked; those with mistakes, which are reported, are left out. A
// relative path becomes absolute, in the options too, so that a definition stands for itself.
[[nodiscard]] std::vector<SourceDefinition> read_sources(const LoadedJobFile& loaded,
                                                         Diagnostics& diagnostics);

} // namespace nightshift

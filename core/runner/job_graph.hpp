// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/function_ref.hpp>

#include <cstddef>
#include <vector>

namespace nightshift {

// Run jobs 0 to needs.size() - 1, up to `parallel` at once, each after all that it needs; lowest
// numbers first where there is a choice. `run` does a job on some thread and says whether it
// succeeded; for a job that needs one that did not, `leave_out` is called instead. Both may be
// called from several threads at once, and must not throw. `needs` has no cycle.
void run_job_graph(const std::vector<std::vector<std::size_t>>& needs, int parallel,
                   FunctionRef<bool(std::size_t job)> run,
                   FunctionRef<void(std::size_t job)> leave_out);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/runner/cpu_shares.hpp"
#include "core/runner/plan.hpp"
#include "core/runner/preview.hpp"
#include "core/runner/source_shares.hpp"

#include <nightshift/catalogue.hpp>

#include <filesystem>
#include <stop_token>

namespace nightshift {

// What the jobs of a preview have in common. Borrowed by each.
struct PreviewServices {
  Catalogue* catalogue = nullptr; // the copy; null if no job needs one
  std::filesystem::path locks;    // the folder of the deployments' locks; with the catalogue
  CpuShares* shares = nullptr;    // of the CPU budget
  SourceShares* sources = nullptr;
  bool allow_missing = false;
  std::stop_token stop = {};
};

// Do the job's stages, whatever they throw being told in what is returned.
[[nodiscard]] JobPreview preview_job(const PlannedJob& job, const PreviewServices& services);

// What is known of the job without trying it.
[[nodiscard]] JobPreview named_preview(const PlannedJob& job);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// Plan before acting: names become things (plugins found, parameters checked, storages and
// catalogue seen to be there), or every mistake is told at once and nothing has been written.

#pragma once

#include "core/config/job_file.hpp"
#include "core/plugin_host/plugin_registry.hpp"
#include "core/runner/exit_code.hpp"
#include "core/runner/job_setup.hpp"

#include <nightshift/error.hpp>
#include <nightshift/job_type.hpp>
#include <nightshift/storage.hpp>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

// What the jobs of one definition that read one source have in common.
struct PlannedWork {
  const JobType* type = nullptr;      // owned by the registry
  std::vector<const JobType*> stages; // one for each stage, in order
  Parameters parameters;              // of all stages
  Storage* storage = nullptr;         // owned by the plan
  std::vector<PutIn> put_in;          // see put_in_of
};

// A job ready to run.
struct PlannedJob {
  JobSetup setup;
  std::shared_ptr<const PlannedWork> work; // never null
  std::vector<std::size_t> needs;          // indices of jobs that must succeed first
};

struct Plan {
  std::vector<PlannedJob> jobs;
  std::map<std::string, std::unique_ptr<Storage>> storages; // by name, URI and options
  std::string catalogue;                                    // URI; "" if no job needs one
  std::vector<PutIn> put_in;                                // of all jobs: no message shows it
  std::optional<JobError> catalogue_problem;                // of one that is only to be looked at
};

// What for: to run, or to find out what a run would do, for which the catalogue need not be
// writable.
enum class PlanFor : std::uint8_t { run, preview };

// What is wrong, all of it, ready to be printed, and how to exit.
class PlanError : public std::exception {
 public:
  PlanError(std::string text, ExitCode exit) : text_(std::move(text)), exit_(exit) {}

  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

  [[nodiscard]] ExitCode exit_code() const noexcept { return exit_; }

 private:
  std::string text_;
  ExitCode exit_;
};

// `texts` are the files that the setups' positions refer to; `state_dir` is where a relative
// catalogue lies. Setups that lead to different catalogues are a mistake. Opens storages, loads
// plugins, writes nothing. Throws `PlanError`.
[[nodiscard]] Plan make_plan(std::vector<JobSetup> setups, const std::vector<SourceText>& texts,
                             PluginRegistry& registry, const std::filesystem::path& state_dir,
                             PlanFor purpose = PlanFor::run);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/diagnostics.hpp>
#include <nightshift/job_context.hpp>
#include <nightshift/parameters.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

struct JobTypeInfo {
  std::string key;  // "data_storage_sync": what a job's `type` names
  std::string name; // "Data storage sync"
  std::string help; // one sentence

  // The keys of the job types that do this one's stages, in order; as a rule the own key is first.
  std::vector<std::string> stages;

  // The names of the values that its own stage shows in the record ("Total files"), whose keys are
  // made from them; set with `StageProgress::set_parameter`. It has room for eight, and further
  // ones stay 0.
  std::vector<std::string> stage_parameters;

  // The `params` that its own stage takes. A job's are the union over its stages.
  std::vector<ParameterSpec> parameters;

  // Log lines before the first and after the last stage of a job of this type; "" for none.
  // "{deployment.id}", "{deployment.name}" and "{job.name}" are replaced.
  std::string opening;
  std::string closing;

  bool needs_deployment = false; // and with it a storage and the catalogue

  // Its own stage changes nothing but the catalogue it is given, so `plan` may try it on a copy.
  bool can_be_tried = false;
};

// A kind of job: what it is and how its own stage is done. One object for the life of the process,
// used from any thread.
class JobType {
 public:
  JobType(const JobType&) = delete;
  JobType& operator=(const JobType&) = delete;
  virtual ~JobType() = default;

  [[nodiscard]] virtual const JobTypeInfo& info() const noexcept = 0;

  // Rules that involve several parameters; each one alone was checked against its spec.
  virtual void check(const Parameters& /*parameters*/, Diagnostics& /*diagnostics*/) const {}

  // Do the stage. Return when the work is done, throw `JobError` (or anything) when it is not.
  // Running again after any end, a kill included, must be safe.
  virtual void run(JobContext& context) const = 0;

 protected:
  JobType() = default;
};

// Where a plugin puts its job types when it is loaded.
class JobTypeRegistry {
 public:
  JobTypeRegistry(const JobTypeRegistry&) = delete;
  JobTypeRegistry& operator=(const JobTypeRegistry&) = delete;
  virtual ~JobTypeRegistry() = default;

  // Throws nothing of its own. Whether the plugin keeps to its manifest is looked at once it has
  // added all, and a mistake refuses the plugin.
  virtual void add(std::unique_ptr<JobType> job_type) = 0;

 protected:
  JobTypeRegistry() = default;
};

} // namespace nightshift

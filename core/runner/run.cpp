// SPDX-License-Identifier: Apache-2.0

#include "core/runner/run.hpp"

#include "core/base/file.hpp"
#include "core/base/hash.hpp"
#include "core/catalogue/open_catalogue.hpp"
#include "core/record/job_recorder.hpp"
#include "core/record/lost_job.hpp"
#include "core/record/state_dir.hpp"
#include "core/runner/isolated_job.hpp"
#include "core/runner/ping.hpp"
#include "core/runner/run_jobs.hpp"

#include <fmt/format.h>

#include <malloc.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace nightshift {
namespace {

void keep_only(JobFile& file, const JobFileOptions& options) {
  const auto named = [&](const DefinedJob& job) {
    return options.only.empty() ||
           std::any_of(options.only.begin(), options.only.end(), [&](const std::string& name) {
             return name == job.name || name == job.definition->name;
           });
  };
  const auto of_deployment = [&](const DefinedJob& job) {
    return options.deployments.empty() ||
           (job.deployment && std::find(options.deployments.begin(), options.deployments.end(),
                                        job.deployment->id) != options.deployments.end());
  };
  for (const std::string& name : options.only) {
    if (std::none_of(file.jobs.begin(), file.jobs.end(), [&](const DefinedJob& job) {
          return name == job.name || name == job.definition->name;
        })) {
      throw permanent_error(error_code::k_not_found,
                            fmt::format("{} has no job \"{}\"", file.path.string(), name));
    }
  }
  for (const std::int64_t id : options.deployments) {
    if (std::none_of(file.jobs.begin(), file.jobs.end(), [&](const DefinedJob& job) {
          return job.deployment && job.deployment->id == id;
        })) {
      throw permanent_error(error_code::k_not_found,
                            fmt::format("{} has no job for deployment {}", file.path.string(), id));
    }
  }
  std::erase_if(file.jobs,
                [&](const DefinedJob& job) { return !named(job) || !of_deployment(job); });
}

// To read a job file takes several times the memory of what it comes to; glibc would keep that.
void give_back_memory() noexcept {
  malloc_trim(0);
}

PlannedFile plan_file(const JobFileOptions& options, PluginRegistry& registry, PlanFor purpose,
                      Ping* ping = nullptr) {
  JobFile file = read_job_file(options.job_file, options.overrides);
  give_back_memory();
  if (ping != nullptr) {
    ping->start(file.ping_url);
  }
  keep_only(file, options);
  put_params(file, options.params, registry);
  StateDir state_dir = find_state_dir(options.state_dir, file.state_dir);
  Plan plan = make_plan(make_setups(file), file.texts, registry, state_dir.path(), purpose);
  return {std::move(state_dir), std::move(plan), sha256(file.texts.front().text)};
}

Json created_attributes(const JobSetup& setup, const JobType& type) {
  const JobDefinition& definition = *setup.definition;
  Json attributes{{"name", setup.name},
                  {"definition_name", definition.name},
                  {"job_type", {{"key", type.info().key}, {"name", type.info().name}}},
                  {"delay", std::chrono::duration<double>(definition.delay).count()},
                  {"limit", definition.limit ? Json(*definition.limit) : Json()},
                  {"shuffle", definition.shuffle},
                  {"seed", setup.seed},
                  {"api_base_url", setup.common->api_base_url}};
  if (const auto& deployment = setup.deployment) {
    attributes["project"] = {{"id", deployment->project.id}, {"name", deployment->project.name}};
    attributes["deployment"] = {{"id", deployment->id}, {"name", deployment->name}};
  }
  attributes["definition"] = to_json(setup);
  return attributes;
}

std::unique_ptr<Catalogue> open_catalogue_of(const Plan& plan, const StateDir& state_dir) {
  if (plan.catalogue.empty()) {
    return nullptr;
  }
  try {
    return open_catalogue(plan.catalogue, state_dir.path());
  } catch (const JobError& error) {
    throw JobError(error.error_class(), error.code(), without_secrets(error.what(), plan.put_in));
  }
}

std::filesystem::path locks_of(const Plan& plan, const StateDir& state_dir) {
  return plan.catalogue.empty() ? std::filesystem::path()
                                : catalogue_lock_folder(plan.catalogue, state_dir.path());
}

// Their ids.
std::vector<std::int64_t> record_jobs(const PlannedFile& planned, EventListener* listener) {
  std::vector<std::int64_t> ids;
  ids.reserve(planned.plan.jobs.size());
  for (const PlannedJob& job : planned.plan.jobs) {
    JobRecorder recorder(planned.state_dir.make_job_folder(), system_now, listener);
    ids.push_back(recorder.folder().id);
    recorder.emit(EventKind::job_created, created_attributes(job.setup, *job.work->type));
    if (const auto failure = recorder.failure()) {
      throw *failure;
    }
  }
  return ids;
}

enum class Recorded : std::uint8_t { created, ended };

void check_status(const JobRecord& record, Recorded wanted) {
  if (wanted == Recorded::created && record.status != JobStatus::created) {
    throw permanent_error(error_code::k_bad_data,
                          fmt::format("job {} is {}: only a job that is CREATED can be started",
                                      record.id, to_string(record.status)));
  }
  if (wanted == Recorded::ended && !is_final(record.status)) {
    throw permanent_error(
        error_code::k_bad_data,
        fmt::format("job {} is {}: only a job that has ended can be retried{}", record.id,
                    to_string(record.status),
                    record.status == JobStatus::created ? "; see \"nightshift start\"" : ""));
  }
}

// In the order in which they were first named.
std::vector<std::int64_t> each_once(const std::vector<std::int64_t>& ids) {
  std::set<std::int64_t> seen;
  std::vector<std::int64_t> once;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(once),
               [&seen](std::int64_t id) { return seen.insert(id).second; });
  return once;
}

// Which jobs, by their ids.
struct JobChoice {
  std::vector<std::int64_t> ids; // none twice
  const std::optional<std::filesystem::path>& state_dir;
  Recorded wanted;
};

RunOutcome run_recorded(const JobChoice& choice, const RunOptions& run, PluginRegistry& registry) {
  if (run.parent) {
    die_with(run.parent->process);
  }
  Interrupts interrupts;
  const StateDir state_dir = find_state_dir(choice.state_dir, std::nullopt);
  std::vector<JobSetup> setups;
  for (const std::int64_t id : choice.ids) {
    const JobRecord record = look_at_job(state_dir.existing_job(id));
    check_status(record, choice.wanted);
    setups.push_back(setup_from_json(record.definition));
  }
  const Plan plan = make_plan(std::move(setups), {}, registry, state_dir.path());
  state_dir.prepare();
  if (!run.parent) { // which did
    finalise_lost_jobs(state_dir, run.listener);
  }
  const auto catalogue = open_catalogue_of(plan, state_dir);
  interrupts.begin_jobs();
  return run_jobs({state_dir, registry, catalogue.get(), locks_of(plan, state_dir), interrupts,
                   choice.wanted == Recorded::ended},
                  plan, choice.ids, run, {});
}

} // namespace

PlannedFile plan_job_file(const JobFileOptions& options, PluginRegistry& registry,
                          PlanFor purpose) {
  return plan_file(options, registry, purpose);
}

std::vector<std::int64_t> create_jobs(const JobFileOptions& options, PluginRegistry& registry) {
  const PlannedFile planned = plan_job_file(options, registry);
  planned.state_dir.prepare();
  return record_jobs(planned, nullptr);
}

RunOutcome run_job_file(const JobFileOptions& options, const RunOptions& run,
                        PluginRegistry& registry) {
  Interrupts interrupts;
  PlannedFile planned = plan_file(options, registry, PlanFor::run, run.ping);
  planned.state_dir.prepare();
  finalise_lost_jobs(planned.state_dir, run.listener);
  const auto catalogue = open_catalogue_of(planned.plan, planned.state_dir);
  interrupts.begin_jobs(); // none is left CREATED by a signal: what is recorded is revoked then
  const std::vector<std::int64_t> ids = record_jobs(planned, run.listener);
  RunReport report;
  report.job_file = options.job_file;
  report.job_file_sha256 = planned.sha256;
  return run_jobs({planned.state_dir, registry, catalogue.get(),
                   locks_of(planned.plan, planned.state_dir), interrupts},
                  planned.plan, ids, run, std::move(report));
}

RunOutcome start_jobs(const std::vector<std::int64_t>& ids,
                      const std::optional<std::filesystem::path>& state_dir, const RunOptions& run,
                      PluginRegistry& registry) {
  return run_recorded({each_once(ids), state_dir, Recorded::created}, run, registry);
}

RunOutcome retry_jobs(const std::vector<std::int64_t>& ids,
                      const std::optional<std::filesystem::path>& state_dir, const RunOptions& run,
                      PluginRegistry& registry) {
  return run_recorded({each_once(ids), state_dir, Recorded::ended}, run, registry);
}

} // namespace nightshift

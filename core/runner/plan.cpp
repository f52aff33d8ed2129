// SPDX-License-Identifier: Apache-2.0

#include "core/runner/plan.hpp"

#include "core/base/regex.hpp"
#include "core/catalogue/open_catalogue.hpp"
#include "core/runner/value_json.hpp"
#include "core/storage/open_storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace nightshift {
namespace {

// Collects mistakes: those with a place in a file, and those of the world.
class Mistakes {
 public:
  Diagnostics diagnostics;

  void add(const JobError& error) {
    if (told_.insert(error.what()).second) {
      text_ += fmt::format("error: {}\n", error.what());
      exit_ = more_severe(exit_, exit_code_of(error));
    }
  }

  // `put_in` is what no message may show.
  void throw_if_any(const std::vector<SourceText>& texts, const std::vector<PutIn>& put_in) {
    text_ = without_secrets(std::move(text_), put_in);
    if (diagnostics.has_errors()) {
      std::vector<Diagnostic> errors = diagnostics.errors();
      for (Diagnostic& error : errors) {
        error.message = without_secrets(std::move(error.message), put_in);
        error.hint = without_secrets(std::move(error.hint), put_in);
      }
      text_ = render(errors, texts) + text_;
      exit_ = more_severe(exit_, ExitCode::config);
    }
    if (!text_.empty()) {
      throw PlanError(text_, exit_);
    }
  }

 private:
  std::set<std::string, std::less<>> told_;
  std::string text_;
  ExitCode exit_ = ExitCode::ok;
};

class Planner {
 public:
  Planner(PluginRegistry& registry, Mistakes& mistakes)
      : registry_(registry),
        mistakes_(mistakes) {}

  void reserve(std::size_t jobs) { plan_.jobs.reserve(jobs); }

  void add(JobSetup setup) {
    auto& work = works_[{setup.definition.get(), setup.source.get()}];
    if (!work) {
      work = std::make_shared<const PlannedWork>(plan_work(setup));
    }
    plan_.jobs.push_back({std::move(setup), work, {}});
  }

  void find_catalogue(const std::filesystem::path& state_dir, PlanFor purpose) {
    for (const PlannedJob& job : plan_.jobs) {
      const auto* const uri =
          job.setup.deployment ? job.setup.common->catalogue.as<std::string>() : nullptr;
      if (uri == nullptr || *uri == plan_.catalogue) {
        continue;
      }
      try {
        take_catalogue(*uri, state_dir);
      } catch (const JobError& error) {
        if (purpose == PlanFor::run) {
          mistakes_.add(error);
        } else {
          plan_.catalogue_problem = error;
        }
      }
    }
  }

  // Of a definition that stands for many jobs, the one for the same deployment is needed; where
  // there is none, all are.
  void resolve_needs() {
    std::map<std::string, std::vector<std::size_t>> all;
    std::map<std::pair<std::string, std::int64_t>, std::vector<std::size_t>> by_deployment;
    for (std::size_t i = 0; i < plan_.jobs.size(); ++i) {
      const JobSetup& setup = plan_.jobs[i].setup;
      all[setup.definition->name].push_back(i);
      if (setup.deployment) {
        by_deployment[{setup.definition->name, setup.deployment->id}].push_back(i);
      }
    }
    for (PlannedJob& job : plan_.jobs) {
      const Deployment* const deployment = job.setup.deployment.get();
      for (const std::string& need : job.setup.definition->needs) {
        const auto same = deployment != nullptr ? by_deployment.find({need, deployment->id})
                                                : by_deployment.end();
        const auto& needed = same != by_deployment.end() ? same->second : all[need];
        job.needs.insert(job.needs.end(), needed.begin(), needed.end());
      }
    }
  }

  // A job file has no circles of needs, but jobs recorded from several may have.
  void check_for_circles() {
    std::vector<std::size_t> missing;
    std::vector<std::vector<std::size_t>> needed_by(plan_.jobs.size());
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < plan_.jobs.size(); ++i) {
      missing.push_back(plan_.jobs[i].needs.size());
      for (const std::size_t need : plan_.jobs[i].needs) {
        needed_by[need].push_back(i);
      }
      if (missing.back() == 0) {
        ready.push_back(i);
      }
    }
    for (std::size_t at = 0; at < ready.size(); ++at) {
      for (const std::size_t other : needed_by[ready[at]]) {
        if (--missing[other] == 0) {
          ready.push_back(other);
        }
      }
    }
    if (ready.size() < plan_.jobs.size()) {
      const auto first =
          std::find_if(missing.begin(), missing.end(), [](auto n) { return n != 0; });
      mistakes_.add(permanent_error(
          error_code::k_config,
          fmt::format("\"{}\" and others of these jobs need each other: start them one by one",
                      plan_.jobs[static_cast<std::size_t>(first - missing.begin())].setup.name)));
    }
  }

  [[nodiscard]] Plan take() {
    sort_for_replacing(plan_.put_in);
    return std::move(plan_);
  }

 private:
  // All jobs write to one; recorded ones may come from job files that named several.
  void take_catalogue(const std::string& uri, const std::filesystem::path& state_dir) {
    const bool is_first = plan_.catalogue.empty();
    if (is_first) {
      plan_.catalogue = uri;
    }
    check_catalogue(uri, state_dir);
    std::filesystem::path locks = catalogue_lock_folder(uri, state_dir); // one for all its names
    if (is_first) {
      catalogue_locks_ = std::move(locks);
    } else if (catalogue_locks_ && locks != *catalogue_locks_) {
      throw permanent_error(
          error_code::k_config,
          fmt::format("the jobs have different catalogues, {} and {}: start them one at a time",
                      describe_catalogue(plan_.catalogue, state_dir),
                      describe_catalogue(uri, state_dir)));
    }
  }

  // Of a job and all that share its definition and source.
  PlannedWork plan_work(const JobSetup& setup) {
    PlannedWork work;
    work.put_in = put_in_of(setup);
    note_put_in(work.put_in);
    resolve_type(setup, work);
    if (work.type != nullptr) {
      check_parameters(*setup.definition, work);
      open_storage_of(setup, work);
    }
    return work;
  }

  // Definitions and sources mostly share what is put in.
  void note_put_in(const std::vector<PutIn>& put_in) {
    for (const PutIn& text : put_in) {
      if (put_in_seen_.insert(text.reference).second) {
        plan_.put_in.push_back(text);
      }
    }
  }

  // A pattern that does not compile is a mistake of the file, and is told now.
  static void check_patterns(const Parameters& parameters, Diagnostics& diagnostics) {
    for (const ParameterSpec& spec : parameters.specs()) {
      if (spec.type != ParameterType::regex || parameters.text(spec.key).empty()) {
        continue;
      }
      try {
        static_cast<void>(compile_regex(parameters.text(spec.key)));
      } catch (const JobError& error) {
        diagnostics.error(parameters.at(spec.key).position(),
                          fmt::format("{}: {}", spec.key, error.what()));
      }
    }
  }

  void resolve_type(const JobSetup& setup, PlannedWork& work) {
    const JobDefinition& definition = *setup.definition;
    const JobType* type = find_type(definition.type, definition.type_position);
    if (type == nullptr) {
      return;
    }
    if (type->info().needs_deployment && !setup.deployment) {
      mistakes_.diagnostics.error(definition.position,
                                  fmt::format(R"("{}" is of type {}, which needs a deployment)",
                                              setup.name, definition.type),
                                  R"(add "deployment: ID" or "for_each: deployments")");
      return;
    }
    for (const std::string& key : type->info().stages) {
      if (const JobType* stage = find_type(key, definition.type_position)) {
        work.stages.push_back(stage);
      }
    }
    if (work.stages.size() == type->info().stages.size()) {
      work.type = type;
    }
  }

  const JobType* find_type(const std::string& key, SourcePosition position) {
    const JobType* type = nullptr;
    try {
      type = registry_.find(key);
    } catch (const JobError& error) {
      mistakes_.add(error);
      return nullptr;
    }
    if (type == nullptr) {
      mistakes_.diagnostics.error(position,
                                  fmt::format("no plugin provides the job type \"{}\"", key),
                                  did_you_mean(key, registry_.job_types()));
      for (const PluginError& problem : registry_.problems()) {
        mistakes_.add(problem);
      }
    }
    return type;
  }

  void check_parameters(const JobDefinition& definition, PlannedWork& work) {
    std::vector<ParameterSpec> specs;
    for (const JobType* stage : work.stages) {
      for (const ParameterSpec& spec : stage->info().parameters) {
        const bool known = std::any_of(specs.begin(), specs.end(), [&](const ParameterSpec& other) {
          return other.key == spec.key;
        });
        if (!known) {
          specs.push_back(spec);
        }
      }
    }
    Diagnostics own;
    work.parameters = Parameters(definition.params, std::move(specs), "params", own);
    if (!own.has_errors()) {
      check_patterns(work.parameters, own);
      for (const JobType* stage : work.stages) {
        stage->check(work.parameters, own);
      }
    }
    for (const Diagnostic& error : own.errors()) {
      const bool placed = error.position != SourcePosition{};
      mistakes_.diagnostics.error(placed ? error.position : definition.position, error.message,
                                  error.hint);
    }
  }

  void open_storage_of(const JobSetup& setup, PlannedWork& work) {
    if (!setup.source || !work.type->info().needs_deployment) {
      return;
    }
    const SourceDefinition& source = *setup.source;
    // Recorded jobs may come from several versions of a job file, which say different things.
    const std::string key =
        source.name + '\n' + source.uri + '\n' + to_line(to_json(source.options));
    if (failed_sources_.contains(key)) {
      return;
    }
    auto& storage = plan_.storages[key];
    try {
      if (!storage) {
        storage = open_storage({source.uri, source.options});
      }
      work.storage = storage.get();
    } catch (const JobError& error) {
      failed_sources_.insert(key);
      mistakes_.add({error.error_class(), error.code(),
                     fmt::format("source \"{}\": {}", source.name, error.what())});
    }
  }

  PluginRegistry& registry_;
  Mistakes& mistakes_;
  Plan plan_;
  std::map<std::pair<const JobDefinition*, const SourceDefinition*>,
           std::shared_ptr<const PlannedWork>>
      works_;
  std::set<std::string, std::less<>> failed_sources_;
  std::set<std::string, std::less<>> put_in_seen_;       // references
  std::optional<std::filesystem::path> catalogue_locks_; // nothing: it could not be used
};

} // namespace

Plan make_plan(std::vector<JobSetup> setups, const std::vector<SourceText>& texts,
               PluginRegistry& registry, const std::filesystem::path& state_dir, PlanFor purpose) {
  Mistakes mistakes;
  Planner planner(registry, mistakes);
  planner.reserve(setups.size());
  for (JobSetup& setup : setups) {
    planner.add(std::move(setup));
  }
  planner.find_catalogue(state_dir, purpose);
  planner.resolve_needs();
  planner.check_for_circles();
  Plan plan = planner.take();
  mistakes.throw_if_any(texts, plan.put_in);
  return plan;
}

} // namespace nightshift

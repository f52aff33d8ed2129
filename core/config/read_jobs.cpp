// SPDX-License-Identifier: Apache-2.0

#include "core/config/read_jobs.hpp"

#include "core/config/needs.hpp"
#include "core/config/placeholders.hpp"
#include "core/config/sections.hpp"

#include <nightshift/parameters.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace nightshift {

namespace {

const Value& value_at(const Value& entry, std::string_view key) {
  static const Value k_nothing;
  const Value* value = entry.find(key);
  return value != nullptr ? *value : k_nothing;
}

// `defaults` with what `entry` says put over it.
RunLimits limits_of(const Parameters& entry, const RunLimits& defaults) {
  RunLimits limits = defaults;
  if (entry.has("attempts")) {
    limits.attempts = static_cast<int>(entry.integer("attempts"));
  }
  if (entry.has("timeout")) {
    limits.timeout = entry.duration("timeout");
  }
  if (entry.has("stage_timeout")) {
    limits.stage_timeout = entry.duration("stage_timeout");
  }
  if (entry.has("stall_timeout")) {
    limits.stall_timeout = entry.duration("stall_timeout");
  }
  if (entry.has("on_stall")) {
    limits.cancel_stalled = entry.text("on_stall") == "cancel";
  }
  if (entry.has("max_failed")) {
    limits.max_failed = entry.share("max_failed");
  }
  return limits;
}

class JobsReader {
 public:
  JobsReader(const LoadedJobFile& loaded, const JobSurroundings& surroundings,
             Diagnostics& diagnostics)
      : loaded_(loaded),
        surroundings_(surroundings),
        diagnostics_(diagnostics) {
    const std::size_t mistakes = diagnostics_.errors().size();
    const Section section = defaults_section();
    const Parameters defaults(value_at(loaded.root, "defaults"), section.keys, section.what,
                              diagnostics_);
    if (diagnostics_.errors().size() == mistakes) {
      defaults_ = limits_of(defaults, {});
    }
    for (std::size_t i = 0; i < surroundings.deployments.size(); ++i) {
      by_id_.emplace(surroundings.deployments[i]->id, i);
    }
  }

  void read(const Value& entry) {
    const std::size_t mistakes = diagnostics_.errors().size();
    const Parameters parameters(entry, section_.keys, section_.what, diagnostics_);
    note_name(entry);
    check_deployment_keys(entry);
    if (diagnostics_.errors().size() == mistakes) {
      expand(entry, std::make_shared<const JobDefinition>(make(entry, parameters)), parameters);
    }
  }

  std::vector<DefinedJob> take() {
    check_needs(needing_, loaded_.lacks_files ? AllJobs::unknown : AllJobs::known, diagnostics_);
    return std::move(jobs_);
  }

 private:
  // The name and the needs count even if something else in the entry is wrong, so that others may
  // refer to it.
  void note_name(const Value& entry) {
    const Value& name = value_at(entry, "name");
    const auto* text = name.as<std::string>();
    if (text == nullptr) {
      return;
    }
    const auto [first, is_new] = definitions_.emplace(*text, name.position());
    if (!is_new) {
      diagnostics_.error(name.position(),
                         fmt::format("the job {} is already {}", shown(name),
                                     place_of(first->second, name.position(), loaded_.texts)));
      return;
    }
    // With any deployment to put in: is it right at all? Whether the job has one comes later.
    const Deployment any;
    if (auto filled = fill_placeholders(*text, &any); !filled) {
      diagnostics_.error(name.position(), std::move(filled.error().message),
                         std::move(filled.error().hint));
    }
    NeedingJob job{*text, {}};
    if (const auto* needs = value_at(entry, "needs").as<Value::List>()) {
      for (const Value& need : *needs) {
        if (const auto* needed = need.as<std::string>()) {
          job.needs.push_back({*needed, need.position()});
        }
      }
    }
    needing_.push_back(std::move(job));
  }

  void check_deployment_keys(const Value& entry) {
    const Value& for_each = value_at(entry, "for_each");
    const Value& deployment = value_at(entry, "deployment");
    if (!for_each.is_nothing() && !deployment.is_nothing()) {
      diagnostics_.error(deployment.position(),
                         R"("deployment" and "for_each" cannot stand together)");
    } else if (surroundings_.lacks_deployments) {
      return;
    } else if (!for_each.is_nothing() && surroundings_.deployments.empty()) {
      diagnostics_.error(for_each.position(), "there are no deployments to make jobs for");
    } else if (const auto* id = deployment.as<std::int64_t>();
               id != nullptr && !by_id_.contains(*id)) {
      diagnostics_.error(deployment.position(),
                         fmt::format("there is no deployment {}", shown(deployment)),
                         known_deployments());
    }
  }

  [[nodiscard]] std::string known_deployments() const {
    constexpr std::size_t k_most_shown = 10;
    std::vector<std::string> ids;
    for (const auto& deployment : surroundings_.deployments) {
      if (ids.size() == k_most_shown) {
        ids.emplace_back("…");
        break;
      }
      ids.push_back(std::to_string(deployment->id));
    }
    return ids.empty() ? std::string() : fmt::format("known: {}", fmt::join(ids, ", "));
  }

  [[nodiscard]] JobDefinition make(const Value& entry, const Parameters& parameters) const {
    JobDefinition job;
    job.name = parameters.text("name");
    job.type = parameters.text("type");
    job.position = entry.position();
    job.type_position = parameters.at("type").position();
    job.needs = parameters.texts("needs");
    job.delay = parameters.duration("delay");
    if (parameters.has("limit")) {
      job.limit = parameters.integer("limit");
    }
    job.shuffle = parameters.boolean("shuffle");
    job.params = parameters.at("params");
    job.limits = limits_of(parameters, defaults_);
    return job;
  }

  // One job, or one for each deployment.
  void expand(const Value& entry, const std::shared_ptr<const JobDefinition>& definition,
              const Parameters& parameters) {
    const SourcePosition position = value_at(entry, "name").position();
    if (parameters.has("for_each")) {
      for (const auto& deployment : surroundings_.deployments) {
        if (!add({{}, definition, deployment}, position)) {
          return; // the others would be wrong in the same way
        }
      }
    } else if (parameters.has("deployment")) {
      const auto found = by_id_.find(parameters.integer("deployment"));
      if (found != by_id_.end()) {
        static_cast<void>(
            add({{}, definition, surroundings_.deployments[found->second]}, position));
      }
    } else {
      static_cast<void>(add({{}, definition, nullptr}, position));
    }
  }

  // The name is yet to be made.
  bool add(DefinedJob job, SourcePosition position) {
    auto name = fill_placeholders(job.definition->name, job.deployment.get());
    if (!name) {
      diagnostics_.error(position, std::move(name.error().message), std::move(name.error().hint));
      return false;
    }
    job.name = *std::move(name);
    const auto [first, is_new] = names_.emplace(job.name, position);
    if (!is_new) {
      report_name(job.name, first->second, position);
      return false;
    }
    jobs_.push_back(std::move(job));
    return true;
  }

  void report_name(const std::string& name, SourcePosition first, SourcePosition position) {
    if (first == position) {
      diagnostics_.error(position,
                         fmt::format("more than one job would be called {}", shown(Value(name))),
                         "put {deployment.id} into the name");
    } else {
      diagnostics_.error(position, fmt::format("a job {} is already made {}", shown(Value(name)),
                                               place_of(first, position, loaded_.texts)));
    }
  }

  const LoadedJobFile& loaded_;
  const JobSurroundings& surroundings_;
  Diagnostics& diagnostics_;
  const Section section_ = job_section();
  RunLimits defaults_;
  std::unordered_map<std::int64_t, std::size_t> by_id_;
  std::map<std::string, SourcePosition> definitions_;
  std::vector<NeedingJob> needing_;
  std::unordered_map<std::string, SourcePosition> names_;
  std::vector<DefinedJob> jobs_;
};

} // namespace

std::vector<DefinedJob> read_jobs(const LoadedJobFile& loaded, const JobSurroundings& surroundings,
                                  Diagnostics& diagnostics) {
  JobsReader reader(loaded, surroundings, diagnostics);
  const Value& section = value_at(loaded.root, "jobs");
  const auto* list = section.as<Value::List>();
  if (list == nullptr || list->empty()) {
    if (!loaded.lacks_files && (list != nullptr || section.is_nothing())) {
      diagnostics.error(list != nullptr ? section.position() : loaded.root.position(),
                        "the job file has no jobs");
    }
    return {};
  }
  for (const Value& entry : *list) {
    reader.read(entry);
  }
  return reader.take();
}

} // namespace nightshift

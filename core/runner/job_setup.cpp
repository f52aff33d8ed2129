// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_setup.hpp"

#include "core/runner/value_json.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <map>
#include <optional>
#include <random>
#include <string_view>
#include <utility>

namespace nightshift {
namespace {

using Milliseconds = std::chrono::milliseconds;

Json deployment_json(const Deployment& deployment) {
  Json json{{"id", deployment.id},
            {"name", deployment.name},
            {"project", {{"id", deployment.project.id}, {"name", deployment.project.name}}},
            {"source", deployment.source},
            {"subdir", deployment.subdir},
            {"regex", deployment.regex},
            {"time_zone", deployment.time_zone}};
  if (deployment.latitude && deployment.longitude) {
    json["latitude"] = *deployment.latitude;
    json["longitude"] = *deployment.longitude;
  }
  return json;
}

// Nothing where it is null, or missing: a version before the key was wrote the record.
template <class T>
std::optional<T> optional_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && !found->is_null() ? std::optional(found->get<T>()) : std::nullopt;
}

std::optional<Milliseconds> optional_duration_at(const Json& json, const char* key) {
  const auto count = optional_at<std::int64_t>(json, key);
  return count ? std::optional(Milliseconds(*count)) : std::nullopt;
}

Deployment deployment_from(const Json& json) {
  Deployment deployment;
  deployment.id = json.at("id").get<std::int64_t>();
  deployment.name = json.at("name").get<std::string>();
  deployment.project = {json.at("project").at("id").get<std::int64_t>(),
                        json.at("project").at("name").get<std::string>()};
  deployment.source = json.at("source").get<std::string>();
  deployment.subdir = json.at("subdir").get<std::string>();
  deployment.regex = json.at("regex").get<std::string>();
  deployment.time_zone = json.at("time_zone").get<std::string>();
  deployment.latitude = optional_at<double>(json, "latitude");
  deployment.longitude = optional_at<double>(json, "longitude");
  return deployment;
}

Json source_json(const SourceDefinition& source) {
  return {{"name", source.name},
          {"options", to_json(source.options)},
          {"max_parallel", source.max_parallel ? Json(*source.max_parallel) : Json()}};
}

Json limits_json(const RunLimits& limits) {
  return {{"attempts", limits.attempts},
          {"timeout_ms", limits.timeout ? Json(limits.timeout->count()) : Json()},
          {"stage_timeout_ms", limits.stage_timeout ? Json(limits.stage_timeout->count()) : Json()},
          {"stall_timeout_ms", limits.stall_timeout.count()},
          {"cancel_stalled", limits.cancel_stalled},
          {"max_failed", limits.max_failed ? Json(*limits.max_failed) : Json()}};
}

RunLimits limits_from(const Json& json) {
  RunLimits limits;
  limits.attempts = json.at("attempts").get<int>();
  limits.timeout = optional_duration_at(json, "timeout_ms");
  limits.stage_timeout = optional_duration_at(json, "stage_timeout_ms");
  limits.stall_timeout =
      optional_duration_at(json, "stall_timeout_ms").value_or(limits.stall_timeout);
  limits.cancel_stalled = optional_at<bool>(json, "cancel_stalled").value_or(limits.cancel_stalled);
  limits.max_failed = optional_at<double>(json, "max_failed");
  return limits;
}

JobDefinition definition_from(const Json& json) {
  JobDefinition definition;
  definition.name = json.at("definition_name").get<std::string>();
  definition.type = json.at("type").get<std::string>();
  definition.needs =
      optional_at<std::vector<std::string>>(json, "needs").value_or(definition.needs);
  definition.delay = Milliseconds(json.at("delay_ms").get<std::int64_t>());
  definition.limit = optional_at<std::int64_t>(json, "limit");
  definition.shuffle = json.at("shuffle").get<bool>();
  definition.limits = limits_from(json.at("limits"));
  definition.params = value_from_json(json.at("params"), resolve_recorded);
  return definition;
}

SourceDefinition source_from(const Json& json) {
  SourceDefinition source;
  source.name = json.at("name").get<std::string>();
  source.options = value_from_json(json.at("options"), resolve_recorded);
  const Value* uri = source.options.find("uri");
  if (uri != nullptr && uri->as<std::string>() != nullptr) {
    source.uri = *uri->as<std::string>();
  }
  source.max_parallel = optional_at<int>(json, "max_parallel");
  return source;
}

JobSetup setup_of(const Json& json) {
  JobSetup setup;
  setup.name = json.at("name").get<std::string>();
  setup.definition = std::make_shared<const JobDefinition>(definition_from(json));
  if (const Json& deployment = json.at("deployment"); !deployment.is_null()) {
    setup.deployment = std::make_shared<const Deployment>(deployment_from(deployment));
  }
  if (const Json& source = json.at("source"); !source.is_null()) {
    setup.source = std::make_shared<const SourceDefinition>(source_from(source));
  }
  setup.common = std::make_shared<const CommonSetup>(
      CommonSetup{value_from_json(json.at("catalogue"), resolve_recorded),
                  json.at("api_base_url").get<std::string>()});
  setup.seed = json.at("seed").get<std::uint64_t>();
  return setup;
}

std::uint64_t random_seed() {
  std::random_device random;
  return (std::uint64_t{random()} << 32U) | random();
}

} // namespace

std::vector<JobSetup> make_setups(const JobFile& file) {
  Value catalogue(file.catalogue);
  catalogue.set_unresolved(file.unresolved_catalogue);
  const auto common =
      std::make_shared<const CommonSetup>(CommonSetup{std::move(catalogue), file.api_base_url});
  std::map<std::string_view, std::shared_ptr<const SourceDefinition>> sources;
  for (const SourceDefinition& source : file.sources) {
    sources.emplace(source.name, std::make_shared<const SourceDefinition>(source));
  }
  std::vector<JobSetup> setups;
  setups.reserve(file.jobs.size());
  for (const DefinedJob& job : file.jobs) {
    JobSetup setup{job.name, job.definition, job.deployment, nullptr, common};
    if (job.deployment) {
      const auto source = sources.find(job.deployment->source);
      setup.source = source != sources.end() ? source->second : nullptr;
    }
    if (job.definition->limit) {
      setup.seed = random_seed();
    }
    setups.push_back(std::move(setup));
  }
  return setups;
}

std::vector<PutIn> put_in_of(const JobSetup& setup) {
  const Value none;
  return put_in_of({&setup.definition->params, setup.source ? &setup.source->options : &none,
                    &setup.common->catalogue});
}

JobInfo job_info(const JobSetup& setup, std::int64_t id, int attempt, bool allow_missing) {
  const JobDefinition& definition = *setup.definition;
  JobInfo info{id,           setup.name,       attempt,
               std::nullopt, definition.limit, definition.shuffle,
               setup.seed,   allow_missing};
  if (setup.deployment) {
    info.deployment = *setup.deployment;
  }
  return info;
}

Json to_json(const JobSetup& setup) {
  const JobDefinition& definition = *setup.definition;
  return {{"name", setup.name},
          {"definition_name", definition.name},
          {"type", definition.type},
          {"needs", definition.needs},
          {"deployment", setup.deployment ? deployment_json(*setup.deployment) : Json()},
          {"source", setup.source ? source_json(*setup.source) : Json()},
          {"delay_ms", definition.delay.count()},
          {"limit", definition.limit ? Json(*definition.limit) : Json()},
          {"shuffle", definition.shuffle},
          {"seed", setup.seed},
          {"params", to_json(definition.params)},
          {"limits", limits_json(definition.limits)},
          {"catalogue", to_json(setup.common->catalogue)},
          {"api_base_url", setup.common->api_base_url}};
}

JobSetup setup_from_json(const Json& json) {
  try {
    return setup_of(json);
  } catch (const Json::exception& error) {
    throw permanent_error(error_code::k_bad_data,
                          fmt::format("the job's recorded definition is damaged: {}; run its job "
                                      "file again instead",
                                      error.what()));
  }
}

} // namespace nightshift

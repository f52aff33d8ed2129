// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_setup.hpp"

#include "core/runner/value_json.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <random>
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

std::vector<PutIn> put_in_of_setup(const JobSetup& setup) {
  const Value none;
  return put_in_of(
      {&setup.definition.params, setup.source ? &setup.source->options : &none, &setup.catalogue});
}

JobSetup setup_of(const Json& json) {
  JobSetup setup;
  JobDefinition& definition = setup.definition;
  definition.name = json.at("name").get<std::string>();
  definition.definition_name = json.at("definition_name").get<std::string>();
  definition.type = json.at("type").get<std::string>();
  definition.delay = Milliseconds(json.at("delay_ms").get<std::int64_t>());
  definition.limit = optional_at<std::int64_t>(json, "limit");
  definition.shuffle = json.at("shuffle").get<bool>();
  definition.limits = limits_from(json.at("limits"));
  definition.params = value_from_json(json.at("params"), resolve_recorded);
  if (!json.at("deployment").is_null()) {
    definition.deployment = deployment_from(json.at("deployment"));
  }
  if (const Json& source = json.at("source"); !source.is_null()) {
    const Value options = value_from_json(source.at("options"), resolve_recorded);
    const Value* uri = options.find("uri");
    setup.source = SourceDefinition{source.at("name").get<std::string>(),
                                    uri != nullptr && uri->as<std::string>() != nullptr
                                        ? *uri->as<std::string>()
                                        : std::string(),
                                    options,
                                    {},
                                    optional_at<int>(source, "max_parallel")};
  }
  setup.catalogue = value_from_json(json.at("catalogue"), resolve_recorded);
  setup.api_base_url = json.at("api_base_url").get<std::string>();
  setup.seed = json.at("seed").get<std::uint64_t>();
  setup.put_in = put_in_of_setup(setup);
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
  std::vector<JobSetup> setups;
  for (const JobDefinition& definition : file.jobs) {
    JobSetup setup{definition, std::nullopt, catalogue, file.api_base_url, 0, {}};
    if (definition.deployment) {
      const auto source =
          std::find_if(file.sources.begin(), file.sources.end(), [&](const SourceDefinition& s) {
            return s.name == definition.deployment->source;
          });
      if (source != file.sources.end()) {
        setup.source = *source;
      }
    }
    if (definition.limit) {
      setup.seed = random_seed();
    }
    setup.put_in = put_in_of_setup(setup);
    setups.push_back(std::move(setup));
  }
  return setups;
}

Json to_json(const JobSetup& setup) {
  const JobDefinition& definition = setup.definition;
  return {{"name", definition.name},
          {"definition_name", definition.definition_name},
          {"type", definition.type},
          {"deployment", definition.deployment ? deployment_json(*definition.deployment) : Json()},
          {"source", setup.source ? source_json(*setup.source) : Json()},
          {"delay_ms", definition.delay.count()},
          {"limit", definition.limit ? Json(*definition.limit) : Json()},
          {"shuffle", definition.shuffle},
          {"seed", setup.seed},
          {"params", to_json(definition.params)},
          {"limits", limits_json(definition.limits)},
          {"catalogue", to_json(setup.catalogue)},
          {"api_base_url", setup.api_base_url}};
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

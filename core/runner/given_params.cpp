// SPDX-License-Identifier: Apache-2.0

#include "core/runner/given_params.hpp"

#include "core/config/schema.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace nightshift {

namespace {

// One that cannot be used counts as unknown.
const JobType* find_type(PluginRegistry& registry, const std::string& key) {
  try {
    return registry.find(key);
  } catch (const PluginError&) {
    return nullptr;
  }
}

enum class Taken : std::uint8_t { no, yes, unknown };

// Throws `config` if the parameter takes none but other values.
Taken takes(const std::string& type_key, const GivenParam& given, PluginRegistry& registry) {
  const JobType* type = find_type(registry, type_key);
  if (type == nullptr) {
    return Taken::unknown;
  }
  std::vector<const JobTypeInfo*> stages;
  for (const std::string& stage_key : type->info().stages) {
    const JobType* stage = find_type(registry, stage_key);
    if (stage == nullptr) {
      return Taken::unknown;
    }
    stages.push_back(&stage->info());
  }
  const std::vector<ParameterSpec> specs = job_parameters(type->info(), stages);
  const auto spec = std::find_if(specs.begin(), specs.end(),
                                 [&](const ParameterSpec& each) { return each.key == given.key; });
  if (spec == specs.end()) {
    return Taken::no;
  }
  const auto& choices = spec->choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), given.value) == choices.end()) {
    throw permanent_error(error_code::k_config,
                          fmt::format("{} {}: a {} takes {}", given.option, given.value, type_key,
                                      fmt::join(choices, ", ")));
  }
  return Taken::yes;
}

Value with_member(const Value& params, const GivenParam& given) {
  const auto* members = params.as<Value::Map>();
  Value::Map map = members != nullptr ? *members : Value::Map();
  const auto member = std::find_if(
      map.begin(), map.end(), [&](const Value::Member& each) { return each.key == given.key; });
  if (member != map.end()) {
    *member = {given.key, {}, given.value};
  } else {
    map.push_back({given.key, {}, given.value});
  }
  return {std::move(map), params.position()};
}

void put(JobFile& file, const GivenParam& given, PluginRegistry& registry) {
  std::map<const JobDefinition*, std::shared_ptr<const JobDefinition>> definitions;
  bool is_taken = file.jobs.empty();
  for (DefinedJob& job : file.jobs) {
    auto& definition = definitions[job.definition.get()];
    if (!definition) {
      definition = job.definition;
      const Taken taken = takes(job.definition->type, given, registry);
      is_taken = is_taken || taken != Taken::no;
      if (taken == Taken::yes) {
        auto changed = std::make_shared<JobDefinition>(*job.definition);
        changed->params = with_member(changed->params, given);
        definition = std::move(changed);
      }
    }
    job.definition = definition;
  }
  if (!is_taken) {
    throw permanent_error(error_code::k_config,
                          fmt::format("{}: none of the jobs of {} takes a parameter \"{}\"; leave "
                                      "it out",
                                      given.option, file.path.string(), given.key));
  }
}

} // namespace

void put_params(JobFile& file, const std::vector<GivenParam>& given, PluginRegistry& registry) {
  for (const GivenParam& each : given) {
    put(file, each, registry);
  }
}

} // namespace nightshift

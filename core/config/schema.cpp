// SPDX-License-Identifier: Apache-2.0

#include "core/config/schema.hpp"

#include "core/config/sections.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace nightshift {

namespace {

constexpr const char* k_duration = R"(^(([0-9]+\.?[0-9]*|\.[0-9]+)(ms|s|min|m|h|d)|0+(\.0*)?)$)";
constexpr const char* k_share = R"(^(0*100(\.0*)?|0*[0-9]{1,2}(\.[0-9]*)?|\.[0-9]+)%$)";
constexpr const char* k_time_zone =
    "^([+-][01][0-9]:[0-5][0-9]|(?=.{3,})[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z][A-Za-z0-9_+-]*)*)?$";

Json reference(std::string_view definition) {
  return {{"$ref", "#/$defs/" + std::string(definition)}};
}

// Whole numbers without a fraction.
Json number_json(double number) {
  return number == std::floor(number) ? Json(static_cast<std::int64_t>(number)) : Json(number);
}

Json to_json(const Value& value) {
  if (const auto* truth = value.as<bool>()) {
    return *truth;
  }
  if (const auto* whole = value.as<std::int64_t>()) {
    return *whole;
  }
  if (const auto* real = value.as<double>()) {
    return *real;
  }
  if (const auto* text = value.as<std::string>()) {
    return *text;
  }
  Json list = Json::array();
  if (const auto* items = value.as<Value::List>()) {
    for (const Value& item : *items) {
      list.push_back(to_json(item));
    }
  }
  return list;
}

void add_bounds(Json& schema, const ParameterSpec& spec, const char* minimum, const char* maximum) {
  if (spec.minimum) {
    schema[minimum] = number_json(*spec.minimum);
  }
  if (spec.maximum) {
    schema[maximum] = number_json(*spec.maximum);
  }
}

Json text_schema(const ParameterSpec& spec) {
  Json schema{{"type", "string"}};
  if (!spec.choices.empty()) {
    schema["enum"] = spec.choices;
  }
  return schema;
}

// The forms that the value itself may have.
Json forms_of(const ParameterSpec& spec) {
  Json schema;
  switch (spec.type) {
  case ParameterType::text:
  case ParameterType::regex:
    schema = text_schema(spec);
    add_bounds(schema, spec, "minLength", "maxLength");
    return Json::array({schema});
  case ParameterType::integer:
  case ParameterType::number:
    schema["type"] = spec.type == ParameterType::integer ? "integer" : "number";
    add_bounds(schema, spec, "minimum", "maximum");
    return Json::array({schema});
  case ParameterType::boolean:
    return Json::array({{{"type", "boolean"}}});
  case ParameterType::duration:
    return Json::array({{{"type", "string"}, {"pattern", k_duration}}, {{"const", 0}}});
  case ParameterType::seconds:
    schema["type"] = "number";
    add_bounds(schema, spec, "minimum", "maximum");
    return Json::array({schema, {{"type", "string"}, {"pattern", k_duration}}});
  case ParameterType::share:
    return Json::array({{{"type", "string"}, {"pattern", k_share}}});
  case ParameterType::time_zone:
    return Json::array({{{"type", "string"}, {"pattern", k_time_zone}}});
  case ParameterType::texts:
    schema["type"] = "array";
    schema["items"] = text_schema(spec);
    add_bounds(schema, spec, "minItems", "maxItems");
    return Json::array({schema});
  case ParameterType::list:
    schema["type"] = "array";
    add_bounds(schema, spec, "minItems", "maxItems");
    return Json::array({schema});
  case ParameterType::map:
    return Json::array({{{"type", "object"}}});
  }
  return Json::array();
}

bool may_be_interpolated(const ParameterSpec& spec) {
  return spec.type != ParameterType::texts && spec.type != ParameterType::list &&
         spec.type != ParameterType::map && spec.type != ParameterType::regex &&
         (spec.type != ParameterType::text || !spec.choices.empty());
}

// One key: any of the forms of its value, `${…}`, and nothing where it is not required.
Json key_schema(const ParameterSpec& spec, Json forms) {
  if (may_be_interpolated(spec)) {
    forms.push_back(reference("interpolated"));
  }
  if (!spec.required) {
    forms.push_back({{"type", "null"}});
  }
  Json schema{{"description", spec.help}};
  if (!spec.fallback.is_nothing()) {
    schema["default"] = to_json(spec.fallback);
  }
  if (forms.size() == 1) {
    schema.update(forms.front());
  } else {
    schema["anyOf"] = std::move(forms);
  }
  return schema;
}

Json keys_schema(const std::vector<ParameterSpec>& keys) {
  Json schema{{"type", "object"}, {"properties", Json::object()}};
  Json required = Json::array();
  for (const ParameterSpec& spec : keys) {
    schema["properties"][spec.key] = key_schema(spec, forms_of(spec));
    if (spec.required) {
      required.push_back(spec.key);
    }
  }
  if (!required.empty()) {
    schema["required"] = std::move(required);
  }
  schema["additionalProperties"] = false;
  return schema;
}

// A key of a section gets other forms than its type has by itself.
void set_forms(Json& section, const std::vector<ParameterSpec>& keys, std::string_view key,
               Json forms) {
  const auto spec =
      std::find_if(keys.begin(), keys.end(), [&](const ParameterSpec& s) { return s.key == key; });
  section["properties"][spec->key] = key_schema(*spec, std::move(forms));
}

Json list_of(std::string_view definition) {
  return {{"type", "array"}, {"items", reference(definition)}};
}

Json job_schema(std::span<const JobTypeInfo* const> types) {
  const std::vector<ParameterSpec> keys = job_section().keys;
  Json schema = keys_schema(keys);
  schema["not"] = {
      {"properties", {{"for_each", {{"type", "string"}}}, {"deployment", {{"type", "integer"}}}}},
      {"required", {"for_each", "deployment"}}};
  if (types.empty()) {
    return schema;
  }
  Json names = Json::array();
  for (const JobTypeInfo* type : types) {
    names.push_back(type->key);
    Json condition{{"properties", {{"type", {{"const", type->key}}}}}, {"required", {"type"}}};
    Json params = keys_schema(job_parameters(*type, types));
    params["type"] = {"object", "null"};
    schema["allOf"].push_back({{"if", std::move(condition)},
                               {"then", {{"properties", {{"params", std::move(params)}}}}}});
  }
  set_forms(schema, keys, "type",
            Json::array({{{"enum", std::move(names)}}, reference("interpolated")}));
  return schema;
}

// The keys of a source whose URI is as `pattern` says.
Json source_schema(std::string_view scheme, const char* pattern) {
  Json schema = keys_schema(source_section(scheme).keys);
  schema["properties"]["uri"]["pattern"] = pattern;
  return schema;
}

// A URI may come from outside: "${env:BUCKET}".
Json source_schema() {
  return {{"anyOf", Json::array({source_schema("", R"(^(?!(manifest|s3|rclone):))"),
                                 source_schema("manifest", R"(^(manifest:|\$\{))"),
                                 source_schema("s3", R"(^(s3:|rclone:|\$\{))")})}};
}

} // namespace

std::vector<ParameterSpec> job_parameters(const JobTypeInfo& type,
                                          std::span<const JobTypeInfo* const> types) {
  std::vector<ParameterSpec> parameters;
  for (const std::string& stage : type.stages) {
    const auto found = std::find_if(types.begin(), types.end(),
                                    [&](const JobTypeInfo* other) { return other->key == stage; });
    if (found == types.end()) {
      continue;
    }
    for (const ParameterSpec& spec : (*found)->parameters) {
      if (std::none_of(parameters.begin(), parameters.end(),
                       [&](const ParameterSpec& known) { return known.key == spec.key; })) {
        parameters.push_back(spec);
      }
    }
  }
  return parameters;
}

Json job_file_schema(std::span<const JobTypeInfo* const> types) {
  const std::vector<ParameterSpec> keys = job_file_section().keys;
  Json root = keys_schema(keys);
  set_forms(root, keys, "sources",
            Json::array({{{"type", "object"}, {"additionalProperties", reference("source")}}}));
  set_forms(root, keys, "defaults", Json::array({reference("defaults")}));
  set_forms(root, keys, "deployments",
            Json::array({list_of("deployment"), reference("deployments_csv")}));
  set_forms(root, keys, "jobs", Json::array({list_of("job")}));
  root["anyOf"] = Json::array({{{"required", {"jobs"}}}, {{"required", {"include"}}}});

  const std::vector<ParameterSpec> deployment_keys = deployment_section().keys;
  Json deployment = keys_schema(deployment_keys);
  set_forms(deployment, deployment_keys, "project", Json::array({reference("project")}));

  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "Nightshift job file"}};
  schema.update(root);
  schema["$defs"] = {{"source", source_schema()},
                     {"defaults", keys_schema(defaults_section().keys)},
                     {"deployment", std::move(deployment)},
                     {"project", keys_schema(project_section().keys)},
                     {"deployments_csv", keys_schema(deployments_csv_section().keys)},
                     {"job", job_schema(types)},
                     {"interpolated", {{"type", "string"}, {"pattern", "\\$\\{(env|file):"}}}};
  return schema;
}

} // namespace nightshift

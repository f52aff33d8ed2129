// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/base/json.hpp"
#include "core/config/schema.hpp"
#include "core/runner/value_json.hpp"

#include <nightshift/job_type.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>

namespace nightshift {
namespace {

struct PluginsArguments {
  PluginOptions plugins;
  bool json = false;
};

std::string default_text(const ParameterSpec& spec) {
  if (spec.required) {
    return "required";
  }
  if (!spec.fallback.is_nothing()) {
    return "default " + default_value_text(spec);
  }
  return "optional";
}

std::string type_text(const JobType& type) {
  const JobTypeInfo& info = type.info();
  std::string text = fmt::format("  {}: {}\n", info.key, info.help);
  for (const ParameterSpec& spec : info.parameters) {
    const std::string value = spec.choices.empty()
                                  ? std::string(to_string(spec.type))
                                  : fmt::format("{}", fmt::join(spec.choices, " or "));
    text += fmt::format("    {:<14} {} ({}; {})\n", spec.key, spec.help, value, default_text(spec));
  }
  return text;
}

Json type_json(const JobType& type) {
  const JobTypeInfo& info = type.info();
  Json parameters = Json::array();
  for (const ParameterSpec& spec : info.parameters) {
    parameters.push_back({{"key", spec.key},
                          {"type", to_string(spec.type)},
                          {"help", spec.help},
                          {"required", spec.required},
                          {"default", to_json(spec.fallback)}});
  }
  return {{"key", info.key},
          {"name", info.name},
          {"help", info.help},
          {"stages", info.stages},
          {"params", std::move(parameters)}};
}

ExitCode list(const PluginsArguments& arguments) {
  PluginRegistry registry = find_plugins(arguments.plugins);
  registry.load_all();
  Json plugins = Json::array();
  for (const PluginInfo& plugin : registry.plugins()) {
    Json types = Json::array();
    std::string text = fmt::format("{} {}  {}\n  sha256 {}\n", plugin.name, plugin.version,
                                   plugin.path.string(), plugin.sha256);
    for (const std::string& key : plugin.job_types) {
      const JobType* type = registry.find(key);
      if (type != nullptr) {
        types.push_back(type_json(*type));
        text += type_text(*type);
      }
    }
    plugins.push_back({{"name", plugin.name},
                       {"version", plugin.version},
                       {"path", plugin.path.string()},
                       {"sha256", plugin.sha256},
                       {"job_types", std::move(types)}});
    if (!arguments.json) {
      print(text);
    }
  }
  if (arguments.json) {
    print(to_page(Json{{"plugins", std::move(plugins)}}));
  }
  for (const JobError& problem : registry.problems()) {
    std::cerr << "nightshift: error: " << problem.what() << '\n';
  }
  return registry.problems().empty() ? ExitCode::ok : ExitCode::config;
}

} // namespace

void add_plugins_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand("plugins", "List the plugins: job types, parameters, file, hash");
  const auto arguments = std::make_shared<PluginsArguments>();
  add_plugin_options(*sub, arguments->plugins);
  sub->add_flag("--json", arguments->json, "As JSON");
  sub->callback([arguments, &command] { command.work = [arguments] { return list(*arguments); }; });
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/base/json.hpp"
#include "core/config/schema.hpp"

#include <nightshift/job_type.hpp>

#include <CLI/CLI.hpp>

namespace nightshift {
namespace {

struct SchemaArguments {
  PluginOptions plugins;
  bool reference = false;
};

} // namespace

void add_schema_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand("schema", "Print the JSON Schema of job files, for editors");
  const auto arguments = std::make_shared<SchemaArguments>();
  add_plugin_options(*sub, arguments->plugins);
  sub->add_flag("--reference", arguments->reference,
                "Print the reference of all keys instead, as Markdown");
  sub->callback([arguments, &command] {
    command.work = [arguments] {
      PluginRegistry registry = find_plugins(arguments->plugins);
      registry.load_all();
      std::vector<const JobTypeInfo*> types;
      for (const std::string& key : registry.job_types()) {
        types.push_back(&registry.find(key)->info());
      }
      print(arguments->reference ? reference_page(types) : to_page(job_file_schema(types)));
      return ExitCode::ok;
    };
  });
}

} // namespace nightshift

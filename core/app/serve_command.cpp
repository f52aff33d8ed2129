// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/record/state_dir.hpp"
#include "core/serve/serve.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace nightshift {
namespace {

struct ServeArguments {
  StateOptions state;
  PluginOptions plugins;
  serve::ServeSettings settings;
};

ExitCode serve_until_told(const ServeArguments& arguments) {
  serve::ServeSettings settings = arguments.settings;
  settings.state_dir = find_state_dir(arguments.state.state_dir, std::nullopt).path();
  settings.plugin_folders = arguments.plugins.folders;
  if (settings.listen.empty()) {
    settings.listen.emplace_back("127.0.0.1:8080");
  }
  run_server(settings, [](const std::string& line) { std::cerr << line + '\n' << std::flush; });
  return ExitCode::ok;
}

} // namespace

void add_serve_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand("serve", "Show jobs and deployments over HTTP, and run jobs");
  const auto arguments = std::make_shared<ServeArguments>();
  serve::ServeSettings& settings = arguments->settings;
  sub->add_option("--listen", settings.listen,
                  "Where; port 0 takes one that is free (default: 127.0.0.1:8080)")
      ->type_name("ADDRESS:PORT");
  sub->add_option("--jobs-dir", settings.jobs_dir,
                  "Make jobs from the job files in this folder (default: jobs are only shown)")
      ->check(CLI::ExistingDirectory.description(""))
      ->type_name("DIR");
  sub->add_option("--token-file", settings.token_file,
                  "Answer only to these tokens, a line each: \"read TOKEN\" or \"run TOKEN\"; mode "
                  "0600. Needed where others than this machine can ask")
      ->type_name("FILE");
  sub->add_option("--allow-host", settings.hosts,
                  "Go by this name too, as behind a proxy (always: localhost and addresses)")
      ->type_name("NAME");
  sub->add_option("--catalogue", settings.catalogue,
                  "The catalogue (default: sqlite:catalogue.db in the state directory)")
      ->type_name("URI");
  add_state_options(*sub, arguments->state, TakesJobFile::no);
  add_plugin_options(*sub, arguments->plugins);
  sub->callback([arguments, &command] {
    command.takes_signals = true;
    command.work = [arguments] { return serve_until_told(*arguments); };
  });
}

} // namespace nightshift

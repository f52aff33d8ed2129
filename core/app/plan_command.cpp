// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/app/job_file_options.hpp"
#include "core/runner/preview_view.hpp"

#include <CLI/CLI.hpp>

namespace nightshift {

void add_plan_command(CLI::App& app, Command& command) {
  struct Arguments {
    JobFileArguments file;
    PreviewOptions preview;
    bool json = false;
  };

  auto* sub =
      app.add_subcommand("plan", "List the sources and tell what a run would do; write nothing");
  const auto arguments = std::make_shared<Arguments>();
  add_job_file_arguments(*sub, arguments->file);
  add_share_options(*sub, arguments->preview.jobs, arguments->preview.threads);
  sub->add_flag("--allow-missing", arguments->preview.allow_missing,
                "As if the run were told so: mark captures as missing however many they are");
  sub->add_flag("--json", arguments->json, "As JSON");
  sub->callback([arguments, &command] {
    command.takes_signals = true;
    command.work = [arguments] {
      PluginRegistry registry = find_plugins(arguments->file.plugins);
      const Preview preview =
          preview_job_file(arguments->file.options(), arguments->preview, registry);
      print(arguments->json ? to_page(to_document(preview)) : to_text(preview));
      return preview.exit_code;
    };
  });
}

} // namespace nightshift

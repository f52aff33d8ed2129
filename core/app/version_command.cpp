// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/base/json.hpp"
#include "core/runner/version.hpp"

#include <nightshift/abi.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace nightshift {

void add_version_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand("version", "Print the version, and what a plugin must agree with");
  const auto json = std::make_shared<bool>(false);
  sub->add_flag("--json", *json, "As JSON");
  sub->callback([json, &command] {
    command.work = [json] {
      if (*json) {
        print(to_page(Json{{"version", k_version},
                           {"plugin_interface", NIGHTSHIFT_INTERFACE_VERSION},
                           {"fingerprint", NIGHTSHIFT_FINGERPRINT}}));
      } else {
        print(fmt::format("nightshift {} (plugin interface {}, {})\n", k_version,
                          NIGHTSHIFT_INTERFACE_VERSION, NIGHTSHIFT_FINGERPRINT));
      }
      return ExitCode::ok;
    };
  });
}

} // namespace nightshift

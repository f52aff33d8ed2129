// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"

#include "core/base/file.hpp"

#include <nightshift/units.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

namespace nightshift {

void add_plugin_options(CLI::App& app, PluginOptions& options) {
  app.add_option("--plugin-dir", options.folders,
                 "Look for plugins here too, before the folder beside the program")
      ->type_name("DIR");
}

void add_state_options(CLI::App& app, StateOptions& options, TakesJobFile takes_job_file) {
  const char* const help =
      takes_job_file == TakesJobFile::yes
          ? "Where jobs are recorded (default: the job file's state_dir, else "
            "$NIGHTSHIFT_STATE_DIR, else $XDG_STATE_HOME/nightshift, else "
            "~/.local/state/nightshift)"
          : "Where jobs are recorded; a job file's state_dir is not known here (default: "
            "$NIGHTSHIFT_STATE_DIR, else $XDG_STATE_HOME/nightshift, else "
            "~/.local/state/nightshift)";
  app.add_option("--state-dir", options.state_dir, help)->type_name("DIR");
}

void add_duration_option(CLI::App& app, const std::string& name, const std::string& help,
                         std::function<void(std::chrono::milliseconds)> take) {
  const auto read = [name, take = std::move(take)](const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration || *duration < std::chrono::nanoseconds{0}) {
      throw CLI::ValidationError(
          name,
          fmt::format("{} is no duration: write a number and its unit, such as 90s or 2h", text));
    }
    take(std::chrono::duration_cast<std::chrono::milliseconds>(*duration));
  };
  app.add_option_function<std::string>(name, read, help)->type_name("DURATION");
}

PluginRegistry find_plugins(const PluginOptions& options) {
  return PluginRegistry(plugin_folders(options.folders));
}

bool print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      return false;
    } else if (errno != EINTR) {
      throw system_error(errno, "cannot write the results to stdout");
    }
  }
  return true;
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// What the subcommands have in common. Each file *_command.cpp adds one.

#pragma once

#include "core/plugin_host/plugin_registry.hpp"
#include "core/runner/exit_code.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace nightshift {

// The chosen subcommand puts its work here.
struct Command {
  std::function<ExitCode()> work;
  bool takes_signals = false; // itself; else they end the process at once
};

void add_run_command(CLI::App& app, Command& command);
void add_create_command(CLI::App& app, Command& command);
void add_start_command(CLI::App& app, Command& command);
void add_cancel_command(CLI::App& app, Command& command);
void add_retry_command(CLI::App& app, Command& command);
void add_plan_command(CLI::App& app, Command& command);
void add_validate_command(CLI::App& app, Command& command);
void add_jobs_command(CLI::App& app, Command& command);
void add_report_command(CLI::App& app, Command& command);
void add_serve_command(CLI::App& app, Command& command);
void add_show_command(CLI::App& app, Command& command);
void add_logs_command(CLI::App& app, Command& command);
void add_doctor_command(CLI::App& app, Command& command);
void add_gc_command(CLI::App& app, Command& command);
void add_catalogue_command(CLI::App& app, Command& command);
void add_plugins_command(CLI::App& app, Command& command);
void add_schema_command(CLI::App& app, Command& command);
void add_version_command(CLI::App& app, Command& command);

// Where plugins are: --plugin-dir.
struct PluginOptions {
  std::vector<std::filesystem::path> folders;
};

void add_plugin_options(CLI::App& app, PluginOptions& options);

[[nodiscard]] PluginRegistry find_plugins(const PluginOptions& options);

// Where jobs are recorded: --state-dir.
struct StateOptions {
  std::optional<std::filesystem::path> state_dir;
};

// Whether the command has a job file whose `state_dir` counts.
enum class TakesJobFile : std::uint8_t { no, yes };

void add_state_options(CLI::App& app, StateOptions& options, TakesJobFile takes_job_file);

// An option whose value is a duration with its unit ("90s", "2h").
void add_duration_option(CLI::App& app, const std::string& name, const std::string& help,
                         std::function<void(std::chrono::milliseconds)> take);

// Results go to stdout. Whether somebody still reads them: a reader that has gone away is no error.
// Throws `JobError` if they cannot be written, as on a full disk.
bool print(std::string_view text);

} // namespace nightshift

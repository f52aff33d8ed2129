// SPDX-License-Identifier: Apache-2.0
//
// What a person sees on stderr while a run goes on: log lines, and on a terminal one moving line
// under them that says how far it is.

#pragma once

#include "core/record/event.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace nightshift {

enum class ConsoleMode : std::uint8_t {
  lines,    // log lines from INFO on
  terminal, // and a progress line, with colours unless switched off
  quiet,    // ERROR and CRITICAL only
  silent,   // nothing
};

struct ConsoleSettings {
  ConsoleMode mode = ConsoleMode::lines;
  bool colour = false;
  bool debug = false;                            // DEBUG lines too
  int width = 80;                                // of the terminal
  std::optional<std::filesystem::path> log_file; // gets every line, DEBUG too
};

// Whether the stream leads to a terminal that knows more than plain text (TERM), and whether
// colours are wanted there (NO_COLOR).
[[nodiscard]] bool is_terminal(int fd);
[[nodiscard]] bool wants_colours(int fd);

// The mode and colours that fit stderr and the environment (a terminal or not, NO_COLOR, TERM).
[[nodiscard]] ConsoleSettings console_settings_for_stderr();

// Safe to use from several threads; never throws. Opening throws `JobError` if the log file cannot
// be opened.
[[nodiscard]] std::unique_ptr<EventListener> open_console(const ConsoleSettings& settings);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// `nightshift serve`: Antenna's API over a state directory and a catalogue, and a page to
// watch it by. Only a view and a hand: the jobs are processes of their own, and all that is known
// of them is on disk, so that this process may end, or be killed, at any moment.

#pragma once

#include "core/serve/http_server.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nightshift::serve {

struct ServeSettings {
  std::filesystem::path state_dir;
  std::string catalogue = "sqlite:catalogue.db"; // relative to the state directory
  std::optional<std::filesystem::path> jobs_dir; // of job files; nothing: jobs are only shown
  std::vector<std::filesystem::path> plugin_folders;
  std::vector<std::string> listen; // unless systemd brings sockets
  std::optional<std::filesystem::path> token_file;
  std::vector<std::string> hosts; // that it goes by, beside localhost and addresses
  HttpLimits limits;
};

// Serve until INT or TERM, then drain. `tell` gets lines for people. Before threads are started.
// Throws `JobError` if it cannot begin; `denied` if others than this machine could reach it without
// a token.
void run_server(const ServeSettings& settings, const std::function<void(const std::string&)>& tell);

} // namespace nightshift::serve

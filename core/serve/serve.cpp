// SPDX-License-Identifier: Apache-2.0

#include "core/serve/serve.hpp"

#include "core/base/text.hpp"
#include "core/record/state_dir.hpp"
#include "core/runner/signals.hpp"
#include "core/serve/application.hpp"
#include "core/serve/listen.hpp"
#include "core/serve/service_manager.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <utility>

namespace nightshift::serve {
namespace {

std::vector<Fd> open_sockets(const ServeSettings& settings) {
  std::vector<Fd> sockets = take_activated_sockets();
  if (!sockets.empty()) {
    return sockets;
  }
  for (const std::string& text : settings.listen) {
    const ListenAddress address = parse_listen_address(text);
    if (!address.is_loopback() && !settings.token_file) {
      throw permanent_error(
          error_code::k_denied,
          fmt::format("--listen {}: others than this machine could reach it, so it takes "
                      "--token-file; or listen on 127.0.0.1",
                      text));
    }
    sockets.push_back(listen_on(address));
  }
  return sockets;
}

void check_reach(const std::vector<Fd>& sockets, const ServeSettings& settings) {
  const bool all_local = std::all_of(sockets.begin(), sockets.end(), is_local);
  if (!all_local && !settings.token_file) {
    throw permanent_error(error_code::k_denied,
                          "others than this machine could reach the sockets that systemd brought: "
                          "this takes --token-file");
  }
}

} // namespace

void run_server(const ServeSettings& settings,
                const std::function<void(const std::string&)>& tell) {
  const ServiceManager manager;
  std::vector<Fd> sockets = open_sockets(settings);
  check_reach(sockets, settings);
  std::vector<std::string> urls(sockets.size());
  std::transform(sockets.begin(), sockets.end(), urls.begin(), url_of);
  StateDir(settings.state_dir).prepare();
  Application application(settings, tell);
  HttpServer server(
      std::move(sockets), settings.limits,
      [&application](const Request& request) { return application.answer(request); },
      [&application](int status, const std::string& why) {
        return application.refuse(status, why);
      });
  application.watch(server);
  const SignalWatcher signals([&](int number) {
    if (number == SIGINT || number == SIGTERM || number == SIGHUP) {
      manager.tell("STOPPING=1");
      server.stop();
    }
  });
  for (const std::string& url : urls) {
    tell(fmt::format("nightshift: serving {} at {}", one_line(settings.state_dir.string()), url));
  }
  manager.tell(fmt::format("READY=1\nSTATUS=Serving at {}", fmt::join(urls, ", ")));
  server.run();
  tell("nightshift: the server has ended; jobs that it started go on");
}

} // namespace nightshift::serve

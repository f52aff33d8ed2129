// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "tests/support/await.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/served_port.hpp"
#include "tests/support/site.hpp"

#include <fmt/format.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

namespace nightshift::tests {

// A site that is served on a free port. Its job file also offers a greeting, and a sync that takes
// an hour before it begins.
class ServingSite : public Site {
 public:
  ServingSite() {
    add_captures("restoration", 30);
    write_job_file("restoration", "  - {name: greet, type: hello}\n"
                                  "  - {name: slow, type: hello, delay: 1h}\n");
    std::filesystem::create_directories(path() / "jobs");
    std::filesystem::copy_file(job_file(), path() / "jobs/jobs.yaml");
    std::filesystem::create_directories(state());
  }

  ~ServingSite() {
    stop_jobs();
    server_.reset();
  }

  void serve(const std::vector<std::string>& more = {}, const ProgramSettings& settings = {}) {
    std::vector<std::string> arguments{"serve",
                                       "--listen",
                                       "127.0.0.1:0",
                                       "--state-dir",
                                       state().string(),
                                       "--jobs-dir",
                                       (path() / "jobs").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    server_ = std::make_unique<Program>(arguments, settings);
    port_ = await_port(*server_);
  }

  void kill_server() {
    server_->signal(SIGKILL);
    (void)server_->wait();
  }

  HttpAnswer ask(std::string_view method, std::string_view target, std::string_view body = {},
                 const HttpHeaders& headers = {}) const {
    return http(port_, method, target, body, headers);
  }

  HttpAnswer get(std::string_view target) const { return ask("GET", target); }

  // A job of a definition; its id.
  std::int64_t make(const std::string& definition, bool start) const {
    const HttpAnswer answer =
        ask("POST", fmt::format("/api/v2/jobs/?start_now={}", start),
            fmt::format(R"({{"definition": "{}", "job_type_key": "hello"}})", definition));
    if (answer.status != 201) {
      throw std::runtime_error(answer.body);
    }
    return answer.json()["id"];
  }

  HttpAnswer job(std::int64_t id) const { return get(fmt::format("/api/v2/jobs/{}/", id)); }

  // A job that has ended is awaited until its process has let go of it, which is after its last
  // event.
  void await_status(std::int64_t id, const std::string& status) const {
    const bool ends = status == "SUCCESS" || status == "FAILURE" || status == "REVOKED";
    await(fmt::format("job {} is {}", id, status), [&] {
      return job(id).json().value("status", "") == status &&
             !(ends && std::filesystem::exists(state() / "live" / std::to_string(id)));
    });
  }

  [[nodiscard]] Program& server() { return *server_; }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  // Jobs outlive the server, but not the test.
  void stop_jobs() const {
    if (!std::filesystem::exists(state() / "live")) {
      return;
    }
    for (const auto& mark : std::filesystem::directory_iterator(state() / "live")) {
      (void)run({"cancel", mark.path().filename().string()});
    }
  }

  std::unique_ptr<Program> server_;
  std::uint16_t port_ = 0;
};

} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/s3/s3_client.hpp"
#include "tests/support/scripted_server.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace nightshift::s3 {

// What a store says instead of a page.
inline std::string complaint(const std::string& code, const std::string& rest = "") {
  return fmt::format("<Error><Code>{}</Code><Message>Words</Message>{}</Error>", code, rest);
}

// A client of a server that answers as a function says; it never waits, but notes how long it was
// told to.
class S3ClientTest : public testing::Test {
 protected:
  void serve(tests::ScriptedServer::Handler handler) {
    client_.reset();
    server_ = std::make_unique<tests::ScriptedServer>(std::move(handler));
  }

  static Access found() {
    Access access;
    access.credentials = Credentials{"AKIAEXAMPLE", Secret("the-secret")};
    access.region = "us-east-1";
    access.found_in = "a test";
    return access;
  }

  // Answers the first requests as listed, all further ones with a page.
  void serve_in_turn(std::vector<tests::ScriptedServer::Answer> answers) {
    serve([answers = std::move(answers)](const tests::ScriptedServer::Request& request) {
      const auto at = static_cast<std::size_t>(request.number) - 1;
      return at < answers.size() ? answers[at] : tests::ScriptedServer::Answer{200, "a page"};
    });
  }

  S3Client& client() {
    if (!client_) {
      ClientWorld world;
      world.now = [this] { return now_; };
      world.steady = [this] { return steady_; };
      world.wait = [this](std::chrono::milliseconds delay, const std::stop_token&) {
        waits_.push_back(delay);
        steady_ += delay;
      };
      world.retry = {std::chrono::milliseconds{0}, std::chrono::milliseconds{0}};
      const auto find = [this](const std::stop_token&) {
        if (++found_ == fails_to_find_at_) {
          throw transient_error(error_code::k_unavailable, "nobody gives credentials just now");
        }
        Access access = access_;
        if (access.endpoint_url.empty()) {
          access.endpoint_url = server_->url();
        }
        return access;
      };
      client_ = std::make_unique<S3Client>(settings_, find, world);
    }
    return *client_;
  }

  std::string get(const PageRequest& request = {}) {
    std::string page;
    client().get_page(
        request, [&](std::string_view body) { page = body; }, std::stop_token());
    return page;
  }

  // So many threads do it, each once.
  static void at_once(int count, const std::function<void()>& body) {
    std::vector<std::jthread> threads(static_cast<std::size_t>(count));
    for (std::jthread& thread : threads) {
      thread = std::jthread(body);
    }
  }

  [[nodiscard]] std::vector<std::string> targets() const {
    std::vector<std::string> targets;
    for (const tests::ScriptedServer::Request& request : server_->requests()) {
      targets.push_back(request.target);
    }
    return targets;
  }

  S3Settings settings_{"captures", "trial/"};
  Access access_ = found();
  TimePoint now_ = parse_utc("2025-01-14T21:48:00.000000Z").value();
  std::chrono::steady_clock::time_point steady_;
  std::vector<std::chrono::milliseconds> waits_;
  int found_ = 0; // how often credentials were looked for
  int fails_to_find_at_ = 0;
  std::unique_ptr<tests::ScriptedServer> server_;
  std::unique_ptr<S3Client> client_;
};

} // namespace nightshift::s3

// SPDX-License-Identifier: Apache-2.0

#include "core/serve/api_error.hpp"
#include "core/serve/http_server.hpp"
#include "core/serve/listen.hpp"
#include "tests/support/await.hpp"
#include "tests/support/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>

namespace nightshift::serve {
namespace {

using testing::HasSubstr;

// Tells what it is given, until it is ended.
class ScriptedStream final : public Stream {
 public:
  struct Script {
    std::mutex mutex;
    std::vector<std::string> pieces;
    bool ended = false;
    std::function<void()> more = [] {};

    void tell(const std::string& text) {
      const std::scoped_lock lock(mutex);
      pieces.push_back(text);
      more();
    }

    void end() {
      const std::scoped_lock lock(mutex);
      ended = true;
      more();
    }
  };

  explicit ScriptedStream(std::shared_ptr<Script> script) : script_(std::move(script)) {}

  ~ScriptedStream() override {
    const std::scoped_lock lock(script_->mutex);
    script_->more = [] {};
  }

  SharedText next() override {
    const std::scoped_lock lock(script_->mutex);
    if (script_->pieces.empty()) {
      return nullptr;
    }
    SharedText text = shared(script_->pieces.front());
    script_->pieces.erase(script_->pieces.begin());
    return text;
  }

  [[nodiscard]] bool ended() const override {
    const std::scoped_lock lock(script_->mutex);
    return script_->ended && script_->pieces.empty();
  }

  void on_more(std::function<void()> more) override {
    const std::scoped_lock lock(script_->mutex);
    script_->more = std::move(more);
  }

 private:
  std::shared_ptr<Script> script_;
};

class HttpServerTest : public testing::Test {
 public:
  ~HttpServerTest() override {
    if (server_) {
      server_->stop();
      thread_.join();
    }
  }

 protected:
  void start() {
    std::vector<Fd> sockets;
    sockets.push_back(listen_on({"127.0.0.1", 0}));
    const std::string url = url_of(sockets.front());
    port_ = static_cast<std::uint16_t>(std::atoi(url.c_str() + url.rfind(':') + 1));
    server_ = std::make_unique<HttpServer>(
        std::move(sockets), limits_, [this](const Request& request) { return answer(request); },
        [](int status, const std::string& why) {
          return ApiError(status, "refused", why).response();
        });
    thread_ = std::thread([this] { server_->run(); });
  }

  Response answer(const Request& request) {
    if (request.target == "/stream") {
      Response response;
      response.type = "text/event-stream";
      response.stream = std::make_unique<ScriptedStream>(script_);
      return response;
    }
    if (request.target == "/slow") {
      begun_.set_value();
      go_on_.get_future().wait();
    }
    return json_response({{"method", request.method},
                          {"target", request.target},
                          {"host", request.header("host")},
                          {"body", request.body}});
  }

  HttpLimits limits_;
  std::shared_ptr<ScriptedStream::Script> script_ = std::make_shared<ScriptedStream::Script>();
  std::promise<void> begun_;
  std::promise<void> go_on_;
  std::uint16_t port_ = 0;
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

TEST_F(HttpServerTest, AnswersOneRequestAfterTheOtherOnAConnection) {
  start();
  tests::HttpConnection connection(port_);
  connection.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\n"
                  "Content-Length: 3\r\n\r\nabc");
  EXPECT_EQ(connection.answer().json()["target"], "/a");
  EXPECT_EQ(connection.answer().json()["body"], "abc");
  connection.send("GET /c HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(connection.answer().json()["target"], "/c");
}

TEST_F(HttpServerTest, AHeadHasTheLengthAndNoBody) {
  start();
  const tests::HttpAnswer head = tests::http(port_, "HEAD", "/a");
  EXPECT_EQ(head.status, 200);
  EXPECT_NE(head.headers.at("content-length"), "0");
}

TEST_F(HttpServerTest, TwoHostsAreNoHost) {
  start();
  const tests::HttpAnswer answer =
      tests::http(port_, "GET", "/", {}, {{"Host", "localhost"}, {"Host", "localhost"}});
  EXPECT_EQ(answer.json()["host"], "localhost, localhost");
}

TEST_F(HttpServerTest, WhatIsTooLargeIsRefused) {
  limits_.header_bytes = 2048;
  limits_.body_bytes = 100;
  start();
  EXPECT_EQ(tests::http(port_, "GET", "/" + std::string(4000, 'a')).status, 431);
  EXPECT_EQ(tests::http(port_, "POST", "/", std::string(101, 'a')).status, 413);
  EXPECT_EQ(tests::http(port_, "POST", "/", std::string(100, 'a')).status, 200);
  tests::HttpConnection claims(port_);
  claims.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n");
  EXPECT_EQ(claims.answer().status, 413);
}

TEST_F(HttpServerTest, WhatIsNoHttpIsRefused) {
  start();
  for (const char* const bytes :
       {"hello\r\n\r\n", "GET / HTTP/9\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    tests::HttpConnection connection(port_);
    connection.send(bytes);
    const int status = connection.answer().status;
    EXPECT_TRUE(status == 400 || status == 0) << bytes << status;
  }
}

TEST_F(HttpServerTest, WhoSendsTooSlowlyIsDropped) {
  limits_.request = std::chrono::milliseconds(50);
  start();
  tests::HttpConnection slow(port_);
  slow.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  EXPECT_EQ(slow.receive_all(), "");
  EXPECT_EQ(server_->figures().timed_out, 1U);
}

TEST_F(HttpServerTest, WhoIsIdleMakesRoomForTheNext) {
  limits_.connections = 2;
  start();
  tests::HttpConnection first(port_);
  first.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(first.answer().status, 200);
  tests::HttpConnection second(port_);
  second.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(second.answer().status, 200);
  EXPECT_EQ(tests::http(port_, "GET", "/c").status, 200);
  EXPECT_EQ(first.receive_all(), "") << "the one that was idle for longest";
}

TEST_F(HttpServerTest, WhereNobodyIsIdleTheNextIsTurnedAway) {
  limits_.connections = 1;
  start();
  tests::HttpConnection follower(port_);
  follower.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  (void)follower.receive_until("\r\n\r\n");
  EXPECT_EQ(tests::http(port_, "GET", "/").status, 503);
  EXPECT_EQ(server_->figures().refused, 1U);
}

TEST_F(HttpServerTest, AStreamGoesOnUntilItsEnd) {
  start();
  tests::HttpConnection follower(port_);
  follower.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(follower.receive_until("\r\n\r\n"), HasSubstr("text/event-stream"));
  script_->tell("one\n");
  EXPECT_THAT(follower.receive_until("one\n"), HasSubstr("one"));
  EXPECT_EQ(server_->figures().streams, 1U);
  script_->tell("two\n");
  script_->end();
  EXPECT_EQ(follower.receive_all(), "two\n");
  tests::await("the stream is counted as ended", [&] { return server_->figures().streams == 0; });
}

TEST_F(HttpServerTest, AStreamEndsWithItsFollower) {
  start();
  {
    tests::HttpConnection follower(port_);
    follower.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    (void)follower.receive_until("\r\n\r\n");
  }
  tests::await("the stream is dropped", [&] { return server_->figures().streams == 0; });
}

TEST_F(HttpServerTest, StoppingFinishesWhatIsUnderWayAndEndsTheRest) {
  start();
  tests::HttpConnection idle(port_);
  idle.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(idle.answer().status, 200);
  tests::HttpConnection follower(port_);
  follower.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  (void)follower.receive_until("\r\n\r\n");
  tests::HttpConnection slow(port_);
  slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  begun_.get_future().wait();
  server_->stop();
  EXPECT_EQ(idle.receive_all(), "");
  EXPECT_EQ(follower.receive_all(), "");
  go_on_.set_value();
  const tests::HttpAnswer answer = slow.answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("connection"), "close");
  thread_.join();
  server_.reset();
}

} // namespace
} // namespace nightshift::serve

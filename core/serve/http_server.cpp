// SPDX-License-Identifier: Apache-2.0

#include "core/serve/http_server.hpp"

#include "core/serve/http_connection.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <set>
#include <utility>

namespace nightshift::serve {
namespace {

namespace asio = boost::asio;
using NetError = boost::system::error_code;

// Answers come from files that are in the page cache, or from a request to a job's process, which
// may let us wait some seconds: those have threads of their own.
constexpr std::size_t k_reading_threads = 2;
constexpr std::size_t k_changing_threads = 4;

bool only_reads(const std::string& method) {
  return method == "GET" || method == "HEAD";
}

} // namespace

class HttpServer::Engine final : public ConnectionHost {
 public:
  Engine(std::vector<Fd> sockets, const HttpLimits& limits, Handler handler, Refusal refusal)
      : limits_(limits),
        handler_(std::move(handler)),
        refusal_(std::move(refusal)),
        drain_timer_(context_) {
    for (Fd& socket : sockets) {
      listening_.emplace_back(context_, socket.release());
    }
  }

  ~Engine() override {
    reading_.join();
    changing_.join();
  }

  void run() {
    for (auto& socket : listening_) {
      wait_for_connection(socket);
    }
    context_.run();
    reading_.join();
    changing_.join();
  }

  void stop() {
    asio::post(context_, [this] { drain(); });
  }

  [[nodiscard]] HttpFigures figures() const {
    return {accepted_, refused_, timed_out_, open_, streams_};
  }

  // ConnectionHost; all on the context's thread.

  [[nodiscard]] const HttpLimits& limits() const override { return limits_; }

  [[nodiscard]] Response refuse(int status, const std::string& why) override {
    return refusal_(status, why);
  }

  bool answer(Request request, std::function<void(Response)> done) override {
    if (waiting_ >= limits_.waiting_requests) {
      return false;
    }
    ++waiting_;
    asio::thread_pool& pool = only_reads(request.method) ? reading_ : changing_;
    asio::post(pool, [this, asked = std::move(request), done = std::move(done),
                      work = asio::make_work_guard(context_)]() mutable {
      auto response = std::make_shared<Response>(handler_(asked));
      asio::post(context_, [this, response, done = std::move(done)] {
        --waiting_;
        done(std::move(*response));
      });
    });
    return true;
  }

  void count(Happened what) override {
    switch (what) {
    case Happened::timed_out:
      ++timed_out_;
      break;
    case Happened::stream_began:
      ++streams_;
      break;
    case Happened::stream_ended:
      --streams_;
      break;
    }
  }

  void forget(const std::shared_ptr<Connection>& connection) override {
    connections_.erase(connection);
    open_ = connections_.size();
    if (stopping_ && connections_.empty()) {
      drain_timer_.cancel();
    }
  }

  [[nodiscard]] bool stopping() const override { return stopping_; }

 private:
  using Socket = asio::posix::stream_descriptor;

  void wait_for_connection(Socket& socket) {
    socket.async_wait(Socket::wait_read, [this, &socket](NetError error) {
      if (!error && !stopping_) {
        accept_all(socket);
        wait_for_connection(socket);
      }
    });
  }

  void accept_all(Socket& socket) {
    for (;;) {
      Fd fd(accept4(socket.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (fd) {
        ++accepted_;
        take(std::move(fd));
      } else if (errno == EMFILE || errno == ENFILE) {
        if (!drop_idle()) {
          return;
        }
      } else if (errno != EINTR && errno != ECONNABORTED) {
        return;
      }
    }
  }

  void take(Fd fd) {
    const bool full = connections_.size() >= limits_.connections && !drop_idle();
    const auto connection = std::make_shared<Connection>(context_, std::move(fd), *this);
    if (full) {
      ++refused_;
      connection->turn_away();
      return;
    }
    connections_.insert(connection);
    open_ = connections_.size();
    connection->begin();
  }

  // Whoever has said nothing for the longest time makes room; false if all have.
  bool drop_idle() {
    const auto longest = std::min_element(connections_.begin(), connections_.end(),
                                          [](const auto& a, const auto& b) {
                                            return std::pair(!a->idle_since(), a->idle_since()) <
                                                   std::pair(!b->idle_since(), b->idle_since());
                                          });
    if (longest == connections_.end() || !(*longest)->idle_since()) {
      return false;
    }
    const auto dropped = (*longest)->shared_from_this(); // it leaves the set
    dropped->close();
    return true;
  }

  void drain() {
    if (std::exchange(stopping_, true)) {
      return;
    }
    for (Socket& socket : listening_) {
      socket.cancel();
    }
    for (const auto& connection : std::set(connections_)) {
      connection->finish();
    }
    if (connections_.empty()) {
      return;
    }
    drain_timer_.expires_after(limits_.drain);
    drain_timer_.async_wait([this](NetError) {
      for (const auto& connection : std::set(connections_)) {
        connection->close();
      }
    });
  }

  const HttpLimits limits_;
  const Handler handler_;
  const Refusal refusal_;
  asio::io_context context_{1};
  asio::steady_timer drain_timer_;
  std::vector<Socket> listening_;
  std::set<std::shared_ptr<Connection>> connections_;
  std::size_t waiting_ = 0;
  bool stopping_ = false;
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> timed_out_{0};
  std::atomic<std::size_t> open_{0};
  std::atomic<std::size_t> streams_{0};
  asio::thread_pool reading_{k_reading_threads};
  asio::thread_pool changing_{k_changing_threads};
};

HttpServer::HttpServer(std::vector<Fd> sockets, const HttpLimits& limits, Handler handler,
                       Refusal refusal)
    : engine_(std::make_unique<Engine>(std::move(sockets), limits, std::move(handler),
                                       std::move(refusal))) {}

HttpServer::~HttpServer() = default;

void HttpServer::run() {
  engine_->run();
}

void HttpServer::stop() noexcept {
  engine_->stop();
}

HttpFigures HttpServer::figures() const {
  return engine_->figures();
}

} // namespace nightshift::serve

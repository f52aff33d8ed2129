// SPDX-License-Identifier: Apache-2.0

#include "core/serve/http_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace nightshift::serve {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using NetError = boost::system::error_code;
using Protocol = asio::generic::stream_protocol;

// A body of bytes that many answers share.
struct SharedTextBody {
  using value_type = SharedText;

  static std::uint64_t size(const value_type& text) { return text ? text->size() : 0; }

  class writer {
   public:
    using const_buffers_type = asio::const_buffer;

    template <bool Is, class Fields>
    writer(const http::header<Is, Fields>&, const value_type& text) : text_(text) {}

    void init(NetError& error) { error = {}; }

    boost::optional<std::pair<const_buffers_type, bool>> get(NetError& error) {
      error = {};
      if (!text_) {
        return boost::none;
      }
      return std::pair(const_buffers_type(text_->data(), text_->size()), false);
    }

   private:
    const value_type& text_;
  };
};

int family_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  (void)getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return address.ss_family;
}

template <class Body>
http::response<Body> head_of(const Response& response) {
  http::response<Body> head;
  head.version(11);
  head.result(static_cast<unsigned>(response.status));
  for (const auto& [name, value] : response.headers) {
    head.insert(name, value);
  }
  if (!response.type.empty()) {
    head.set(http::field::content_type, response.type);
  }
  return head;
}

bool has_no_body(int status) {
  return status == 204 || status == 304 || status < 200;
}

std::string lower_name(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

// A header that comes twice is joined as HTTP says, which for Host makes one that nobody answers
// to.
Request request_from(const http::request<http::string_body>& message) {
  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) {
    std::string& value = request.headers[lower_name(
        std::string_view(field.name_string().data(), field.name_string().size()))];
    value += value.empty() ? "" : ", ";
    value.append(field.value().data(), field.value().size());
  }
  request.body = message.body();
  return request;
}

} // namespace

Connection::Connection(asio::io_context& context, Fd fd, ConnectionHost& host)
    : socket_(context),
      deadline_(context),
      host_(host) {
  socket_.assign(Protocol(family_of(fd.get()), 0), fd.get());
  (void)fd.release();
}

void Connection::begin() {
  give_time(host_.limits().request);
  wait_for_request();
}

void Connection::turn_away() {
  keep_alive_ = false;
  send(host_.refuse(503, "too many connections are open; try again in a moment"));
}

void Connection::finish() {
  keep_alive_ = false;
  if (idle_since_ || (stream_ && !sending_)) {
    close();
  }
}

void Connection::close() {
  NetError ignored;
  deadline_.cancel();
  (void)socket_.shutdown(Protocol::socket::shutdown_both, ignored);
  (void)socket_.close(ignored);
  if (std::exchange(stream_, nullptr)) {
    host_.count(Happened::stream_ended);
  }
  host_.forget(shared_from_this());
}

// Then the connection is closed, whatever it waits for.
void Connection::give_time(std::chrono::milliseconds time) {
  deadline_.expires_after(time);
  deadline_.async_wait([self = shared_from_this()](NetError error) {
    if (!error && self->deadline_.expiry() <= std::chrono::steady_clock::now()) {
      self->host_.count(Happened::timed_out);
      self->close();
    }
  });
}

void Connection::wait_for_request() {
  idle_since_ = std::chrono::steady_clock::now();
  if (buffer_.size() > 0) { // the next request came with the last
    read_request();
    return;
  }
  socket_.async_wait(Protocol::socket::wait_read, [self = shared_from_this()](NetError error) {
    if (!error && self->socket_.is_open()) {
      self->read_request();
    }
  });
}

void Connection::read_request() {
  idle_since_.reset();
  give_time(host_.limits().request);
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(host_.limits().header_bytes));
  parser_->body_limit(host_.limits().body_bytes);
  http::async_read(socket_, buffer_, *parser_,
                   [self = shared_from_this()](NetError error, std::size_t) {
                     if (!self->socket_.is_open()) {
                       return;
                     }
                     if (error) {
                       self->refuse_request(error);
                     } else {
                       self->take_request();
                     }
                   });
}

void Connection::refuse_request(NetError error) {
  keep_alive_ = false;
  if (error == http::error::header_limit) {
    send(host_.refuse(431, "the request's header is too large"));
  } else if (error == http::error::body_limit) {
    send(host_.refuse(413, "the request's body is too large"));
  } else if (error.category() == http::make_error_code(http::error::bad_method).category() &&
             error != http::error::end_of_stream && error != http::error::partial_message) {
    send(host_.refuse(400, "this is no HTTP request: " + error.message()));
  } else {
    close();
  }
}

void Connection::take_request() {
  const auto& message = parser_->get();
  head_only_ = message.method() == http::verb::head;
  keep_alive_ = message.keep_alive() && !host_.stopping();
  Request request = request_from(message);
  parser_.reset();
  deadline_.cancel();
  const bool taken =
      host_.answer(std::move(request), [self = shared_from_this()](Response response) {
        if (self->socket_.is_open()) {
          self->send(std::move(response));
        }
      });
  if (!taken) {
    send(host_.refuse(503, "too many requests wait; try again in a moment"));
  }
}

void Connection::send(Response response) {
  give_time(host_.limits().write);
  if (response.stream && !head_only_) {
    stream_ = std::move(response.stream);
    response.stream = nullptr;
    host_.count(Happened::stream_began);
    auto head =
        std::make_shared<http::response<http::empty_body>>(head_of<http::empty_body>(response));
    head->keep_alive(false);
    const auto serializer = std::make_shared<http::response_serializer<http::empty_body>>(*head);
    sending_ = true;
    http::async_write_header(
        socket_, *serializer,
        [self = shared_from_this(), head, serializer](NetError error, std::size_t) {
          self->sending_ = false;
          error ? self->close() : self->send_stream();
        });
    return;
  }
  keep_alive_ = keep_alive_ && !host_.stopping();
  auto message =
      std::make_shared<http::response<SharedTextBody>>(head_of<SharedTextBody>(response));
  message->keep_alive(keep_alive_);
  if (!has_no_body(response.status)) {
    message->content_length(response.body ? response.body->size() : 0);
    if (!head_only_) {
      message->body() = response.body;
    }
  }
  const auto serializer = std::make_shared<http::response_serializer<SharedTextBody>>(*message);
  http::async_write(socket_, *serializer,
                    [self = shared_from_this(), message, serializer](NetError error, std::size_t) {
                      error ? self->close() : self->sent();
                    });
}

void Connection::sent() {
  if (!socket_.is_open()) {
    return;
  }
  if (!keep_alive_) {
    linger();
    return;
  }
  give_time(host_.limits().idle);
  wait_for_request();
}

// A close while the other side still sends would take the answer away from it again.
void Connection::linger() {
  constexpr std::chrono::seconds k_longest{2};
  NetError ignored;
  (void)socket_.shutdown(Protocol::socket::shutdown_send, ignored);
  give_time(k_longest);
  watch_for_end();
}

void Connection::send_stream() {
  if (!socket_.is_open()) {
    return;
  }
  watch_for_end();
  stream_->on_more([weak = weak_from_this(), executor = socket_.get_executor()] {
    asio::post(executor, [weak] {
      if (const auto self = weak.lock()) {
        self->send_next();
      }
    });
  });
  send_next();
}

void Connection::send_next() {
  if (sending_ || !stream_) {
    return;
  }
  SharedText text = stream_->next();
  if (!text) {
    if (stream_->ended() || host_.stopping()) {
      close();
    }
    return;
  }
  sending_ = true;
  give_time(host_.limits().write);
  asio::async_write(socket_, asio::buffer(*text),
                    [self = shared_from_this(), text](NetError error, std::size_t) {
                      self->sending_ = false;
                      if (error) {
                        self->close();
                        return;
                      }
                      self->deadline_.cancel();
                      self->send_next();
                    });
}

// What comes is of no interest; when it comes to an end, so does the connection.
void Connection::watch_for_end() {
  socket_.async_read_some(asio::buffer(ignored_),
                          [self = shared_from_this()](NetError error, std::size_t) {
                            if (self->socket_.is_open()) {
                              error ? self->close() : self->watch_for_end();
                            }
                          });
}

} // namespace nightshift::serve

// SPDX-License-Identifier: Apache-2.0
//
// Names that are looked up for ever, and what the kernel is told of a connection. The system's own
// calls are replaced here by ones that can be told to hang and that take notes.

#include "core/base/http.hpp"
#include "core/base/http_connection.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace {

// Libcurl's thread may come to it late, and stay after the test.
struct Lookup {
  std::promise<void> begun;
  std::promise<void> may_end;
};

std::mutex g_mutex; // of what follows
std::shared_ptr<Lookup> g_lookup;
std::multiset<int> g_acknowledged; // sockets

std::shared_ptr<Lookup> current_lookup() {
  const std::scoped_lock lock(g_mutex);
  return g_lookup;
}

} // namespace

// Libcurl must find them, which is loaded later.
#pragma GCC visibility push(default)

extern "C" int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**) {
  if (const auto lookup = current_lookup()) {
    lookup->begun.set_value();
    lookup->may_end.get_future().wait();
  }
  return EAI_AGAIN;
}

extern "C" int setsockopt(int socket, int level, int option, const void* value,
                          socklen_t size) noexcept {
  if (level == IPPROTO_TCP && option == TCP_QUICKACK) {
    const std::scoped_lock lock(g_mutex);
    g_acknowledged.insert(socket);
  }
  return static_cast<int>(::syscall(SYS_setsockopt, socket, level, option, value, size));
}

#pragma GCC visibility pop

namespace nightshift {
namespace {

using tests::error_of;
using tests::ScriptedServer;

// A name that is looked up until the end of the test.
class HangingLookup : public testing::Test {
 public:
  ~HangingLookup() override {
    set(nullptr);
    lookup_->may_end.set_value();
  }

 protected:
  HangingLookup() { set(lookup_); }

  static void set(std::shared_ptr<Lookup> lookup) {
    const std::scoped_lock lock(g_mutex);
    g_lookup = std::move(lookup);
  }

  static JobError send(HttpConnection& connection, const std::stop_token& stop) {
    return error_of([&] { (void)connection.send({"http://store.example/"}, stop); });
  }

  const std::shared_ptr<Lookup> lookup_ = std::make_shared<Lookup>();
};

TEST_F(HangingLookup, EndsWithAStop) {
  HttpConnection connection({"http://store.example"});
  std::stop_source stop;
  std::thread stopper([&] {
    lookup_->begun.get_future().wait();
    stop.request_stop();
  });
  EXPECT_EQ(send(connection, stop.get_token()).error_class(), ErrorClass::cancelled);
  stopper.join();
}

TEST_F(HangingLookup, EndsWithTheTimeThereIsToConnect) {
  HttpSettings settings{"http://store.example"};
  settings.connect_timeout = std::chrono::milliseconds{20};
  HttpConnection connection(settings);
  const JobError error = send(connection, std::stop_token());
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
  EXPECT_THAT(error.what(), testing::HasSubstr("http://store.example does not answer in time"));
}

TEST_F(HangingLookup, EndsWithTheTimeThereIsToPost) {
  const HttpTimeouts timeouts{.connect = std::chrono::seconds{60},
                              .total = std::chrono::milliseconds{20}};
  const JobError error = error_of([&] { (void)http_post("http://store.example/", "", timeouts); });
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
}

TEST(Acknowledging, IsAskedForWithEachPieceOfAnAnswer) {
  const ScriptedServer server([](const auto&) {
    return ScriptedServer::Answer{200, std::string(1000, 'x'), {"X-One: 1", "X-Two: 2"}};
  });
  HttpConnection connection({server.url()});
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(connection.send({server.url() + "/"}, std::stop_token()).body.size(), 1000U);
  }
  const std::scoped_lock lock(g_mutex);
  ASSERT_FALSE(g_acknowledged.empty());
  EXPECT_EQ(g_acknowledged.count(*g_acknowledged.begin()), g_acknowledged.size())
      << "of the one connection that there is";
  // Of each answer: its status, three headers, the blank line and at least one piece of its body.
  EXPECT_GE(g_acknowledged.size(), 2U * 6U);
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/serve/api_error.hpp"
#include "core/serve/idempotency.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace nightshift::serve {
namespace {

class IdempotencyTest : public testing::Test {
 protected:
  static Request request(const std::string& key, const std::string& body = "{}") {
    Request request;
    request.method = "POST";
    request.target = "/api/v2/jobs/";
    request.body = body;
    request.headers["idempotency-key"] = key;
    return request;
  }

  // Answers with how often it was asked.
  Response count() {
    Response response = json_response({{"asked", ++asked_}}, 201);
    response.headers.emplace_back("Location", "/somewhere/");
    return response;
  }

  Response ask(const Request& request) {
    return IdempotencyKeys(folder_.path()).once(request, [this] { return count(); });
  }

  template <class Work>
  static int status_of(Work work) {
    try {
      return work().status;
    } catch (const ApiError& error) {
      return error.status();
    }
  }

  tests::TempDir folder_;
  int asked_ = 0;
};

TEST_F(IdempotencyTest, TheSameRequestIsDoneOnceThoughTheServerWasRestarted) {
  const Response first = ask(request("a"));
  const Response again = ask(request("a"));
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(*again.body, *first.body);
  EXPECT_EQ(again.headers.front(), first.headers.front());
}

TEST_F(IdempotencyTest, WithoutAKeyEachRequestIsDone) {
  Request plain = request("");
  (void)ask(plain);
  (void)ask(plain);
  EXPECT_EQ(asked_, 2);
}

TEST_F(IdempotencyTest, AKeyIsForOneRequest) {
  (void)ask(request("a"));
  EXPECT_EQ(status_of([&] { return ask(request("a", R"({"name": "b"})")); }), 422);
  EXPECT_EQ(asked_, 1);
}

TEST_F(IdempotencyTest, AnErrorIsNotKept) {
  IdempotencyKeys keys(folder_.path());
  EXPECT_EQ(status_of([&] {
              return keys.once(request("a"), []() -> Response { throw conflict("not now"); });
            }),
            409);
  EXPECT_EQ(ask(request("a")).status, 201);
}

TEST_F(IdempotencyTest, WhatAKilledServerHadBegunIsNotDoneAgain) {
  IdempotencyKeys keys(folder_.path());
  const Response outer = keys.once(request("a"), [&] {
    EXPECT_EQ(status_of([&] { return keys.once(request("a"), [this] { return count(); }); }), 409)
        << "it is under way";
    EXPECT_EQ(status_of([&] { return ask(request("a")); }), 409)
        << "another server finds it begun, and no answer";
    return count();
  });
  EXPECT_EQ(outer.status, 201);
  EXPECT_EQ(asked_, 1);
}

TEST_F(IdempotencyTest, AKeyHasALength) {
  EXPECT_EQ(status_of([&] { return ask(request(std::string(256, 'k'))); }), 400);
}

} // namespace
} // namespace nightshift::serve

// SPDX-License-Identifier: Apache-2.0
//
// Whatever is sent to any route that /openapi.json tells of: the server answers, with a status that
// is told there or that any route may have, and never with a defect of its own.

#include "tests/serve/serving_site.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace nightshift {
namespace {

class Sender {
 public:
  explicit Sender(unsigned seed) : random_(seed) {}

  template <class Value>
  const Value& one_of(const std::vector<Value>& values) {
    return values[std::uniform_int_distribution<std::size_t>(0, values.size() - 1)(random_)];
  }

  bool maybe() { return std::uniform_int_distribution<int>(0, 1)(random_) == 0; }

  // Text for a query or a path.
  std::string text() {
    static const std::vector<std::string> k_texts{"",
                                                  "0",
                                                  "1",
                                                  "2",
                                                  "250",
                                                  "-1",
                                                  "1.5",
                                                  "9223372036854775807",
                                                  "9223372036854775808",
                                                  "true",
                                                  "null",
                                                  "SUCCESS",
                                                  "-created_at",
                                                  "greet",
                                                  "%F0%9F%A6%8B",
                                                  "%E5%A4%9C%E8%9B%BE",
                                                  "%FF%FE",
                                                  "%00",
                                                  "%",
                                                  "%2e%2e%2f",
                                                  "'%20OR%201=1--",
                                                  "%3Cscript%3E",
                                                  "5-000102030405",
                                                  std::string(3000, 'a')};
    return one_of(k_texts);
  }

  Json value() {
    static const std::vector<Json> k_values{nullptr,
                                            true,
                                            0,
                                            1,
                                            250,
                                            -1,
                                            1.5,
                                            INT64_MAX,
                                            UINT64_MAX,
                                            1e300,
                                            "",
                                            "greet",
                                            "hello",
                                            "夜蛾 🦋",
                                            "a\nb\u0000c",
                                            std::string(3000, 'x'),
                                            Json::array(),
                                            Json::array({1, "2"}),
                                            Json::object(),
                                            {{"a", {{"b", nullptr}}}}};
    return one_of(k_values);
  }

  // Mostly a body of fields that are known, now and then anything.
  std::string body(const Json& schema) {
    if (!maybe() && !maybe()) {
      static const std::vector<std::string> k_bodies{"",
                                                     "{",
                                                     "[]",
                                                     "null",
                                                     R"("text")",
                                                     "{\"a\": \xFF}",
                                                     std::string(2000, '['),
                                                     R"({"name": "a", "name": "b"})",
                                                     std::string(100'000, ' ')};
      return one_of(k_bodies);
    }
    Json body = Json::object();
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [name, of] : properties.items()) {
      if (maybe()) {
        body[name] = value();
      }
    }
    if (!maybe() && !maybe()) {
      body["unknown"] = value();
    }
    return body.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

 private:
  std::mt19937 random_;
};

// Any route may give these.
const std::set<int> k_everywhere{400, 404, 405, 413, 415, 421, 429, 431};

class PropertyTest : public testing::Test {
 protected:
  PropertyTest() {
    site_.serve();
    (void)site_.make("greet", false);
    document_ = site_.get("/openapi.json").json();
  }

  std::string target_of(std::string path, const Json& operation) {
    if (const std::size_t at = path.find("{id}"); at != std::string::npos) {
      path.replace(at, 4, sender_.maybe() ? "1" : sender_.text());
    }
    std::string query;
    const Json parameters = operation.value("parameters", Json::array());
    for (const Json& parameter : parameters) {
      if (parameter["in"] == "query" && sender_.maybe()) {
        query += (query.empty() ? "?" : "&") + parameter["name"].get<std::string>() + "=" +
                 sender_.text();
      }
    }
    return path + query;
  }

  void send(const std::string& path, const std::string& method, const Json& operation) {
    const std::string target = target_of(path, operation);
    const Json::json_pointer schema("/requestBody/content/application~1json/schema");
    const bool takes_body = operation.contains(schema);
    const std::string body = takes_body ? sender_.body(operation[schema]) : std::string();
    std::string upper = method;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return static_cast<char>(c - 32); });
    const tests::HttpAnswer answer = site_.ask(upper, target, body);
    EXPECT_LT(answer.status, 500) << upper << ' ' << target << '\n' << body << '\n' << answer.body;
    EXPECT_GT(answer.status, 0) << upper << ' ' << target << '\n' << body;
    EXPECT_TRUE(operation["responses"].contains(std::to_string(answer.status)) ||
                k_everywhere.contains(answer.status))
        << upper << ' ' << target << ' ' << answer.status;
    if (answer.status >= 400) {
      EXPECT_TRUE(answer.json().contains("detail")) << answer.body;
    }
  }

  void send_to_all_routes() {
    for (const auto& [path, methods] : document_["paths"].items()) {
      if (path == "/api/v2/jobs/{id}/events") { // which has no end while the job goes on
        continue;
      }
      for (const auto& [method, operation] : methods.items()) {
        send(path, method, operation);
      }
    }
  }

  tests::ServingSite site_;
  Sender sender_{20240601};
  Json document_;
};

TEST_F(PropertyTest, NoRouteAnswersWithADefect) {
  constexpr int k_rounds = 12;
  for (int round = 0; round < k_rounds; ++round) {
    send_to_all_routes();
  }
  EXPECT_EQ(site_.get("/api/v2/status/").status, 200);
}

TEST_F(PropertyTest, MethodsThatAPathDoesNotHaveAreNotAllowed) {
  for (const auto& [path, methods] : document_["paths"].items()) {
    std::string target = path;
    if (const std::size_t at = target.find("{id}"); at != std::string::npos) {
      target.replace(at, 4, "1");
    }
    for (const char* const method : {"PUT", "OPTIONS", "TRACE", "BREW"}) {
      const int status = site_.ask(method, target).status;
      EXPECT_TRUE(status == 405 || status == 400) << method << ' ' << target << ' ' << status;
    }
  }
}

} // namespace
} // namespace nightshift

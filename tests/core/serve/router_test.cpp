// SPDX-License-Identifier: Apache-2.0

#include "core/serve/api_error.hpp"
#include "core/serve/router.hpp"

#include <gtest/gtest.h>

namespace nightshift::serve {
namespace {

Response echo(const Call& call) {
  return json_response({{"id", call.id}, {"query", call.query}, {"body", call.body}});
}

Router router() {
  return Router({looking_route("/jobs/", "list", "All", echo)
                     .with_query({{"limit", FieldKind::integer, "", 1, 9}}),
                 changing_route("POST", "/jobs/", "make", "Make one", echo)
                     .with_body({{"name", FieldKind::text, "", 1, 9}})
                     .answering({201, 409}),
                 looking_route("/jobs/{id}/", "show", "One", echo).answering({200, 404}),
                 looking_route("/jobs/{id}/events", "follow", "Its events", echo)
                     .for_all()
                     .of_type("text/event-stream")});
}

Request request(std::string method, std::string path, std::string body = {},
                std::string type = "application/json") {
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.body = std::move(body);
  request.headers["content-type"] = std::move(type);
  return request;
}

int status_of(const Request& asked) {
  try {
    const Router table = router();
    return Router::call(table.find(asked), asked).status;
  } catch (const ApiError& error) {
    return error.status();
  }
}

TEST(Router, FindsARouteWithAndWithoutItsLastSlash) {
  const Router table = router();
  EXPECT_EQ(table.find(request("GET", "/jobs")).route->name, "list");
  EXPECT_EQ(table.find(request("GET", "/jobs/12")).id, 12);
  EXPECT_EQ(table.find(request("HEAD", "/jobs/12/")).route->name, "show");
  EXPECT_EQ(table.find(request("GET", "/jobs/12/events")).route->name, "follow");
}

TEST(Router, WhatIsNoNumberIsNoJob) {
  for (const char* const path :
       {"/jobs/x/", "/jobs/-1/", "/jobs/1.0/", "/jobs/99999999999999999999/", "/jobs//",
        "/jobs/../jobs/1/", "/", "//jobs/"}) {
    EXPECT_EQ(status_of(request("GET", path)), 404) << path;
  }
}

TEST(Router, SaysWhatIsAllowedWhereTheMethodIsNot) {
  try {
    const Router table = router();
    (void)table.find(request("DELETE", "/jobs/"));
    FAIL();
  } catch (const ApiError& error) {
    const Response response = error.response();
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(response.headers.front(),
              (std::pair<std::string, std::string>("Allow", "GET, HEAD, POST")));
  }
}

TEST(Router, ABodyIsJsonAndSaysSo) {
  EXPECT_EQ(status_of(request("POST", "/jobs/", R"({"name": "a"})")), 200);
  EXPECT_EQ(
      status_of(request("POST", "/jobs/", R"({"name": "a"})", "application/json; charset=utf-8")),
      200);
  EXPECT_EQ(status_of(request("POST", "/jobs/", "name=a", "application/x-www-form-urlencoded")),
            415);
  EXPECT_EQ(status_of(request("POST", "/jobs/", R"({"name": "a"})", "text/plain")), 415);
  EXPECT_EQ(status_of(request("POST", "/jobs/", R"({"name": )")), 400);
  EXPECT_EQ(status_of(request("POST", "/jobs/", R"(["name"])")), 400);
  EXPECT_EQ(status_of(request("POST", "/jobs/", "{\"name\": \"\xFF\"}")), 400);
}

TEST(Openapi, TellsOfEveryRouteOfTheTable) {
  const Router table = router();
  const Json document = openapi_document(table.routes(), "1.0");
  EXPECT_EQ(document["openapi"], "3.1.0");
  for (const Route& route : table.routes()) {
    const std::string method = route.method == "GET" ? "get" : "post";
    const Json operation = document["paths"][std::string(route.path)][method];
    EXPECT_EQ(operation["operationId"], route.name);
    EXPECT_FALSE(operation["responses"].empty());
  }
  const Json post = document["paths"]["/jobs/"]["post"];
  const Json schema = post["requestBody"]["content"]["application/json"]["schema"];
  EXPECT_EQ(schema["properties"]["name"]["maxLength"], 9);
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(document["paths"]["/jobs/{id}/"]["get"]["parameters"][0]["in"], "path");
  EXPECT_EQ(document["paths"]["/jobs/{id}/events"]["get"]["security"], Json::array());
}

} // namespace
} // namespace nightshift::serve

// SPDX-License-Identifier: Apache-2.0
//
// One table says what can be asked: it routes, it checks what comes, and /openapi.json is made from
// it, so that none of the three can say otherwise than the others.

#pragma once

#include "core/serve/fields.hpp"
#include "core/serve/message.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::serve {

// Who may look, and who may change.
enum class Role : std::uint8_t { nobody, read, run };

// A request that was found right.
struct Call {
  const Request& request;
  std::int64_t id = 0; // of a path with {id}
  Json query;          // checked; see `check_query`
  Json body;           // checked; an object
};

struct Route {
  using Work = std::function<Response(const Call&)>;

  std::string_view method;
  std::string_view path; // "/api/v2/jobs/{id}/"; the last '/' may be left out in a request
  std::string_view name; // operationId
  std::string_view summary;
  Work work;
  Role role = Role::read; // that it takes; `nobody`: anybody may
  std::vector<Field> query = {};
  std::vector<Field> body = {};
  bool takes_body = false;
  std::vector<int> statuses = {200}; // of answers, beside those that any route may give
  std::string_view type = "application/json";

  // The same route, but for what is said here.
  [[nodiscard]] Route for_all() &&;
  [[nodiscard]] Route with_query(std::vector<Field> fields) &&;
  [[nodiscard]] Route with_body(std::vector<Field> fields) &&;
  [[nodiscard]] Route without_body() &&;
  [[nodiscard]] Route answering(std::vector<int> all) &&;
  [[nodiscard]] Route of_type(std::string_view other) &&;
};

// A GET that the role `read` may ask.
[[nodiscard]] Route looking_route(std::string_view path, std::string_view name,
                                  std::string_view summary, Route::Work work);

// What changes something takes the role `run`, and may have a body.
[[nodiscard]] Route changing_route(std::string_view method, std::string_view path,
                                   std::string_view name, std::string_view summary,
                                   Route::Work work);

class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  // The route of a request, and its {id}. Throws `ApiError`: 404, or 405 with what is allowed.
  struct Match {
    const Route* route;
    std::int64_t id;
  };

  [[nodiscard]] Match find(const Request& request) const;

  // Check query and body, and do the work. Throws `ApiError`.
  [[nodiscard]] static Response call(const Match& match, const Request& request);

  [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  std::vector<Route> routes_;
};

// The OpenAPI document of the table.
[[nodiscard]] Json openapi_document(const std::vector<Route>& routes, std::string_view version);

} // namespace nightshift::serve

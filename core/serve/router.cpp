// SPDX-License-Identifier: Apache-2.0

#include "core/serve/router.hpp"

#include "core/serve/api_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace nightshift::serve {
namespace {

constexpr std::string_view k_id = "{id}";

std::string_view without_last_slash(std::string_view path) {
  return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

std::optional<std::int64_t> parse_id(std::string_view text) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && id >= 0 ? std::optional(id) : std::nullopt;
}

// The id, or 0 where the route has none; nothing if the path is another.
std::optional<std::int64_t> match(std::string_view route, std::string_view path) {
  route = without_last_slash(route);
  path = without_last_slash(path);
  const std::size_t at = route.find(k_id);
  if (at == std::string_view::npos) {
    return route == path ? std::optional<std::int64_t>(0) : std::nullopt;
  }
  const std::string_view rest = route.substr(at + k_id.size());
  if (path.size() < at + rest.size() || path.substr(0, at) != route.substr(0, at) ||
      !path.ends_with(rest)) {
    return std::nullopt;
  }
  return parse_id(path.substr(at, path.size() - at - rest.size()));
}

bool is_json(std::string_view type) {
  const std::string_view media = type.substr(0, type.find(';'));
  return media.substr(0, media.find_last_not_of(' ') + 1) == "application/json";
}

Json parse_body(const Request& request) {
  if (request.body.empty()) {
    return Json::object();
  }
  if (!is_json(request.header("content-type"))) {
    throw ApiError(415, "unsupported_media_type",
                   "the body must be JSON, with the header Content-Type: application/json");
  }
  Json body = Json::parse(request.body, nullptr, false);
  if (body.is_discarded()) {
    throw ApiError(400, "invalid", "the body is no valid JSON");
  }
  return body;
}

} // namespace

Route Route::for_all() && {
  role = Role::nobody;
  return std::move(*this);
}

Route Route::with_query(std::vector<Field> fields) && {
  query = std::move(fields);
  return std::move(*this);
}

Route Route::with_body(std::vector<Field> fields) && {
  body = std::move(fields);
  return std::move(*this);
}

Route Route::without_body() && {
  takes_body = false;
  return std::move(*this);
}

Route Route::answering(std::vector<int> all) && {
  statuses = std::move(all);
  return std::move(*this);
}

Route Route::of_type(std::string_view other) && {
  type = other;
  return std::move(*this);
}

Route looking_route(std::string_view path, std::string_view name, std::string_view summary,
                    Route::Work work) {
  return {"GET", path, name, summary, std::move(work)};
}

Route changing_route(std::string_view method, std::string_view path, std::string_view name,
                     std::string_view summary, Route::Work work) {
  Route route{method, path, name, summary, std::move(work), Role::run};
  route.takes_body = true;
  return route;
}

Router::Match Router::find(const Request& request) const {
  std::vector<std::string_view> allowed;
  for (const Route& route : routes_) {
    const auto id = match(route.path, request.path);
    if (!id) {
      continue;
    }
    if (route.method == request.method || (route.method == "GET" && request.method == "HEAD")) {
      return {&route, *id};
    }
    allowed.push_back(route.method);
    if (route.method == "GET") {
      allowed.emplace_back("HEAD");
    }
  }
  if (allowed.empty()) {
    throw not_found("there is nothing here; /openapi.json tells what there is");
  }
  throw ApiError(405, "method_not_allowed",
                 fmt::format("this can be asked with {} only", fmt::join(allowed, ", ")))
      .with_header("Allow", fmt::format("{}", fmt::join(allowed, ", ")));
}

Response Router::call(const Match& match, const Request& request) {
  const Route& route = *match.route;
  Json query = check_query(route.query, request.query);
  const Json body = parse_body(request);
  return route.work({request, match.id, std::move(query), check_body(route.body, body)});
}

namespace {

constexpr std::string_view describe(int status) {
  switch (status) {
  case 200:
    return "Done";
  case 201:
    return "Made";
  case 204:
    return "Done; nothing to tell";
  case 304:
    return "Not changed since";
  case 400:
    return "Fields are wrong: all of them are named";
  case 401:
    return "A token is needed";
  case 403:
    return "The token's role does not allow it";
  case 404:
    return "There is no such thing";
  case 405:
    return "Not with this method";
  case 409:
    return "Its state does not allow it";
  case 412:
    return "It has changed since (If-Match)";
  case 413:
    return "The body is too large";
  case 415:
    return "The body is no JSON";
  case 421:
    return "This server does not answer to that Host";
  case 422:
    return "The idempotency key was used for another request";
  case 429:
    return "Too many at once; see Retry-After";
  default:
    return "See the body's detail";
  }
}

Json parameter(const Field& field) {
  Json json{{"name", field.name}, {"in", "query"}, {"schema", schema_of(field)}};
  if (field.kind == FieldKind::words) {
    json["explode"] = false;
    json["style"] = "form";
  }
  return json;
}

Json parameters_of(const Route& route) {
  Json parameters = Json::array();
  if (route.path.find(k_id) != std::string_view::npos) {
    parameters.push_back({{"name", "id"},
                          {"in", "path"},
                          {"required", true},
                          {"schema", {{"type", "integer"}, {"minimum", 0}}}});
  }
  for (const Field& field : route.query) {
    parameters.push_back(parameter(field));
  }
  return parameters;
}

Json responses_of(const Route& route) {
  Json responses = Json::object();
  const auto add = [&](int status) {
    Json response{{"description", describe(status)}};
    if (status >= 400) {
      response["content"] = {
          {"application/json", {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}};
    } else if (status == 200 || status == 201) {
      response["content"] = {{std::string(route.type), Json::object()}};
    }
    responses[std::to_string(status)] = std::move(response);
  };
  std::vector<int> statuses = route.statuses;
  if (statuses.empty() || statuses.front() >= 300) {
    statuses.push_back(200);
  }
  statuses.insert(statuses.end(), {400, 421});
  if (route.role != Role::nobody) {
    statuses.insert(statuses.end(), {401, 403});
  }
  if (route.takes_body) {
    statuses.insert(statuses.end(), {413, 415});
  }
  std::sort(statuses.begin(), statuses.end());
  for (const int status : statuses) {
    add(status);
  }
  return responses;
}

Json operation_of(const Route& route) {
  Json operation{{"operationId", route.name},
                 {"summary", route.summary},
                 {"parameters", parameters_of(route)}};
  if (route.takes_body) {
    Json properties = Json::object();
    for (const Field& field : route.body) {
      properties[std::string(field.name)] = schema_of(field);
    }
    operation["requestBody"] = {{"content",
                                 {{"application/json",
                                   {{"schema",
                                     {{"type", "object"},
                                      {"properties", std::move(properties)},
                                      {"additionalProperties", false}}}}}}}};
  }
  operation["responses"] = responses_of(route);
  operation["security"] = route.role == Role::nobody
                              ? Json::array()
                              : Json::array({{{"token", Json::array()}}, Json::object()});
  operation["x-role"] =
      route.role == Role::nobody ? Json() : Json(route.role == Role::run ? "run" : "read");
  return operation;
}

Json lower_case(std::string_view method) {
  std::string text(method);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(c + 32); });
  return text;
}

} // namespace

Json openapi_document(const std::vector<Route>& routes, std::string_view version) {
  Json paths = Json::object();
  for (const Route& route : routes) {
    paths[std::string(route.path)][lower_case(route.method).get<std::string>()] =
        operation_of(route);
  }
  const Json text{{"type", "string"}};
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Nightshift"},
            {"version", version},
            {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas",
             {{"Error",
               {{"type", "object"},
                {"required", {"detail", "code"}},
                {"properties",
                 {{"detail", text},
                  {"code", text},
                  {"fields",
                   {{"type", "object"},
                    {"additionalProperties", {{"type", "array"}, {"items", text}}}}}}}}}}},
            {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

} // namespace nightshift::serve

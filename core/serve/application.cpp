// SPDX-License-Identifier: Apache-2.0

#include "core/serve/application.hpp"

#include "core/base/text.hpp"
#include "core/catalogue/open_catalogue.hpp"
#include "core/runner/version.hpp"
#include "core/serve/api_error.hpp"
#include "core/serve/page_files.hpp"
#include "core/serve/paging.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <utility>

namespace nightshift::serve {
namespace {

// Scripts and styles of our own, in files of their own, and nothing from anywhere else.
constexpr const char* k_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

void add_guards(Response& response) {
  response.headers.insert(response.headers.end(),
                          {{"Content-Security-Policy", k_policy},
                           {"X-Content-Type-Options", "nosniff"},
                           {"Referrer-Policy", "no-referrer"},
                           {"Cross-Origin-Opener-Policy", "same-origin"},
                           {"Cross-Origin-Resource-Policy", "same-origin"},
                           {"Cache-Control", response.stream ? "no-store" : "no-cache"}});
}

Tokens tokens_of(const ServeSettings& settings) {
  return settings.token_file ? Tokens(*settings.token_file) : Tokens();
}

std::string_view role_text(Role role) {
  return role == Role::run ? "run" : role == Role::read ? "read" : "nobody";
}

bool changes_something(const Request& request) {
  return request.method != "GET" && request.method != "HEAD";
}

} // namespace

Application::Application(const ServeSettings& settings,
                         std::function<void(const std::string&)> tell)
    : tell_(std::move(tell)),
      state_dir_(settings.state_dir),
      catalogue_{settings.catalogue, settings.state_dir},
      access_(tokens_of(settings), settings.hosts),
      index_(state_dir_),
      files_(settings.jobs_dir, catalogue_),
      starter_({settings.state_dir, settings.plugin_folders}),
      keys_(settings.state_dir / "serve" / "keys"),
      activities_(catalogue_),
      sources_{state_dir_, settings.catalogue, index_, records_, followers_,
               files_,     starter_,           keys_},
      router_(all_routes()) {
  for (const std::string& problem : files_.offers().problems) {
    tell_("nightshift: warning: " + problem);
  }
}

std::vector<Route> Application::all_routes() {
  std::vector<Route> routes;
  const auto add = [&routes](std::vector<Route> more) {
    std::move(more.begin(), more.end(), std::back_inserter(routes));
  };
  add(job_routes(sources_));
  add(job_change_routes(sources_));
  add(catalogue_routes(catalogue_, activities_, files_));
  add(own_routes());
  add(page_routes());
  return routes;
}

std::vector<Route> Application::own_routes() {
  return {looking_route("/api/v2/status/", "getStatus",
                        "How the server is, and how many jobs there are",
                        [this](const Call& call) { return status(call); }),
          looking_route("/metrics", "getMetrics", "Figures for Prometheus",
                        [this](const Call&) { return metrics(); })
              .of_type("text/plain; version=0.0.4"),
          looking_route("/openapi.json", "getOpenApi", "This description", [this](const Call&) {
            return json_response(openapi_document(router_.routes(), k_version));
          }).for_all()};
}

Response Application::status(const Call& call) {
  const JobIndex::Jobs jobs = index_.jobs();
  Json counts = Json::object();
  for (const auto& [status, count] : count_by_status(*jobs)) {
    counts[std::string(status)] = count;
  }
  const auto up = std::chrono::duration_cast<std::chrono::seconds>(system_now() - started_);
  return json_response({{"name", "nightshift"},
                        {"version", k_version},
                        {"started", utc_text(started_)},
                        {"uptime_seconds", up.count()},
                        {"role", role_text(access_.role_of(call.request))},
                        {"jobs", std::move(counts)},
                        {"running_here", starter_.running()},
                        {"followers", followers_.count()},
                        {"job_files", files_.has_folder()},
                        {"catalogue", describe_catalogue(catalogue_.uri, catalogue_.base_folder)}});
}

Response Application::metrics() {
  const HttpServer* const server = server_;
  Response response;
  response.type = "text/plain; version=0.0.4";
  response.body = shared(requests_.text() + figures_text(*index_.jobs()) +
                         (server != nullptr ? figures_text(server->figures()) : "") +
                         process_figures_text(started_));
  return response;
}

Response Application::routed(Request& request, std::string_view& name) {
  access_.check(request, Role::nobody);
  auto target = parse_target(request.target);
  if (!target) {
    throw ApiError(400, "invalid", "the request's path is malformed");
  }
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  const Router::Match match = router_.find(request);
  name = match.route->name;
  access_.check(request, match.route->role);
  return Router::call(match, request);
}

Response Application::answer(Request request) {
  const auto begun = std::chrono::steady_clock::now();
  std::string_view name;
  Response response;
  try {
    response = routed(request, name);
  } catch (...) { // of an answer, whatever went wrong; told just below if it is a defect
    const ApiError error = error_of_current_exception();
    response = error.response();
    if (error.status() >= 500) {
      tell_(fmt::format("nightshift: error: {} {}: {}", one_line(request.method),
                        one_line(request.target), one_line(error.what())));
    }
  }
  requests_.count(name, response.status, std::chrono::steady_clock::now() - begun);
  tell_of(request, response);
  add_guards(response);
  return response;
}

void Application::tell_of(const Request& request, const Response& response) const {
  if (changes_something(request) && response.status < 400) {
    tell_(fmt::format("nightshift: {} {} {}", one_line(request.method), one_line(request.target),
                      response.status));
  }
}

Response Application::refuse(int status, const std::string& why) const {
  Response response = ApiError(status, "refused", why).response();
  if (status == 503) {
    response.headers.emplace_back("Retry-After", "1");
  }
  add_guards(response);
  return response;
}

} // namespace nightshift::serve

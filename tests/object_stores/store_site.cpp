// SPDX-License-Identifier: Apache-2.0

#include "tests/object_stores/store_site.hpp"

#include "core/catalogue/open_catalogue.hpp"
#include "core/record/state_dir.hpp"
#include "tests/support/catalogue_views.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace nightshift::tests {
namespace {

ViewTable captures_view(const std::filesystem::path& state) {
  const auto catalogue = open_catalogue("sqlite:catalogue.db", state);
  return read_view(*catalogue, {View::captures, {}, {}});
}

std::string described(const std::string& printable_key, std::size_t size) {
  return fmt::format("{} of {} bytes", printable_key, size);
}

} // namespace

ProgramResult StoreSite::run(const Route& route, const std::string& state,
                             std::vector<std::pair<std::string, std::string>> environment) {
  ProgramSettings settings;
  settings.environment = std::move(environment);
  const std::vector<std::string> arguments = prepare(route, state, settings);
  return run_program(arguments, settings);
}

Program StoreSite::start(const Route& route, const std::string& state) {
  ProgramSettings settings;
  const std::vector<std::string> arguments = prepare(route, state, settings);
  return Program(arguments, settings);
}

ProgramResult StoreSite::doctor(const Route& route, const std::vector<std::string>& more) {
  ProgramSettings settings;
  std::vector<std::string> arguments = prepare(route, "state", settings);
  arguments.front() = "doctor";
  arguments.insert(arguments.end(), {"--source", "store"});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_program(arguments, settings);
}

std::vector<std::string> StoreSite::prepare(const Route& route, const std::string& state,
                                            ProgramSettings& settings) {
  place_.write("jobs.yaml", fmt::format(R"(version: 1
sources:
  store: {{uri: "s3://{}", endpoint_url: "{}"{}}}
deployments:
  - {{id: 1, name: "North", project: {{id: 1, name: "Ridge"}}, source: store}}
jobs:
  - {{name: "Sync", type: data_storage_sync, for_each: deployments}}
)",
                                        route.bucket, route.facts.endpoint_url, route.options));
  const auto set = [&](const char* name, const std::string& value) {
    if (!value.empty()) {
      settings.environment.emplace_back(name, value);
    }
  };
  set("AWS_ACCESS_KEY_ID", route.facts.access_key_id);
  set("AWS_SECRET_ACCESS_KEY", route.facts.secret_access_key);
  set("AWS_SESSION_TOKEN", route.facts.session_token);
  set("AWS_REGION", route.facts.region);
  return {"run", (place_ / "jobs.yaml").string(), "--state-dir", (place_ / state).string()};
}

std::vector<std::string> StoreSite::captures(const std::string& state,
                                             const std::string& which) const {
  const ViewTable table = captures_view(place_ / state);
  const auto keys = table.column("path");
  const auto sizes = table.column("size");
  const auto states = table.column("state");
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < keys.size(); ++at) {
    if (states[at] == which) {
      lines.push_back(described(keys[at], std::stoul(sizes[at])));
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> StoreSite::catalogue(const std::string& state) const {
  const auto catalogue = open_catalogue("sqlite:catalogue.db", place_ / state);
  return equality_of(*catalogue);
}

Json StoreSite::record(const std::string& state) const {
  const StateDir state_dir(place_ / state);
  std::ifstream text(state_dir.existing_job(state_dir.job_ids().back()).record());
  return Json::parse(text);
}

void StoreSite::forget(const std::string& state) const {
  std::filesystem::remove_all(place_ / state);
}

void StoreSite::copy(const std::string& state, const std::string& to) const {
  forget(to);
  std::filesystem::copy(place_ / state, place_ / to, std::filesystem::copy_options::recursive);
}

std::vector<std::string> captures_of(const Bucket& bucket) {
  std::vector<std::string> lines;
  for (const auto& [key, content] : bucket.objects()) {
    lines.push_back(described(printable_key(key), content.size()));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

Route route_to(const Bucket& bucket, std::string options) {
  return {bucket.store().facts(), bucket.name(), std::move(options)};
}

} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0

#include "core/serve/catalogue_api.hpp"

#include "core/catalogue/open_catalogue.hpp"
#include "core/serve/api_error.hpp"
#include "core/serve/charts.hpp"
#include "core/serve/paging.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace nightshift::serve {
namespace {

constexpr std::int64_t k_largest_id = INT64_MAX;
constexpr std::int64_t k_longest_cursor = 16'384;

struct CatalogueSources {
  const CatalogueAt& catalogue;
  ActivityCache& activities;
  JobFiles& files;
};

// As a sync would leave it that has not been: what the job files say of it.
Json document_of(const Deployment& deployment) {
  Json document{{"id", deployment.id},
                {"name", deployment.name},
                {"details", fmt::format("/api/v2/deployments/{}/", deployment.id)},
                {"project",
                 {{"id", deployment.project.id},
                  {"name", deployment.project.name},
                  {"details", fmt::format("/api/v2/projects/{}/", deployment.project.id)},
                  {"user_permissions", Json::array()}}},
                {"source", deployment.source},
                {"subdir", deployment.subdir},
                {"regex", deployment.regex},
                {"time_zone", deployment.time_zone},
                {"latitude", deployment.latitude ? Json(*deployment.latitude) : Json()},
                {"longitude", deployment.longitude ? Json(*deployment.longitude) : Json()},
                {"captures_count", 0},
                {"events_count", 0},
                {"first_capture_timestamp", nullptr},
                {"last_capture_timestamp", nullptr},
                {"data_source_total_files", 0},
                {"data_source_total_size", nullptr},
                {"missing_count", 0},
                {"undated_count", 0},
                {"duplicate_timestamps", 0},
                {"data_source_last_checked", nullptr},
                {"user_permissions", Json::array()}};
  return document;
}

// Those of the catalogue, and those that are only in job files so far, by their ids.
std::vector<Json> all_deployments(const CatalogueSources& sources) {
  std::map<std::int64_t, Json> all;
  for (const JobOffer& offer : sources.files.offers().jobs) {
    if (offer.deployment) {
      all.try_emplace(offer.deployment->id, document_of(*offer.deployment));
    }
  }
  for (Json& document : deployment_documents(sources.catalogue)) {
    const auto id = document.at("id").get<std::int64_t>();
    all[id] = std::move(document);
  }
  std::vector<Json> documents;
  documents.reserve(all.size());
  for (auto& [id, document] : all) {
    documents.push_back(std::move(document));
  }
  return documents;
}

Json deployment_of(const CatalogueSources& sources, std::int64_t id) {
  if (auto documents = deployment_documents(sources.catalogue, id); !documents.empty()) {
    return std::move(documents.front());
  }
  for (const JobOffer& offer : sources.files.offers().jobs) {
    if (offer.deployment && offer.deployment->id == id) {
      return document_of(*offer.deployment);
    }
  }
  throw not_found(fmt::format("there is no deployment {}", id));
}

Response page_of(const Call& call, const std::vector<Json>& documents) {
  const PageRange range = page_range(call.query);
  std::vector<std::string> results;
  for (std::size_t at = range.offset; at < std::min(documents.size(), range.offset + range.limit);
       ++at) {
    results.push_back(documents[at].dump(2, ' ', false, Json::error_handler_t::replace));
  }
  return tagged_by_content(call.request,
                           page_response(call.request, range, documents.size(), results));
}

Response list(const CatalogueSources& sources, const Call& call) {
  std::vector<Json> documents = all_deployments(sources);
  if (const auto project = call.query.find("project"); project != call.query.end()) {
    std::erase_if(documents, [&](const Json& document) {
      return document.at("project").at("id") != *project;
    });
  }
  return page_of(call, documents);
}

Response show(const CatalogueSources& sources, const Call& call) {
  return tagged_by_content(call.request, json_response(deployment_of(sources, call.id)));
}

Response sessions(const CatalogueSources& sources, const Call& call) {
  (void)deployment_of(sources, call.id);
  return page_of(call, session_documents(sources.catalogue, call.id));
}

// A cursor is bytes of a key, which may be any.
std::string to_cursor(const CapturePageQuery::After& after) {
  std::string text = fmt::format("{}-", after.folder.size());
  for (const char c : after.folder + after.name) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return text;
}

CapturePageQuery::After from_cursor(const std::string& text) {
  const ApiError wrong = bad_fields(Json{{"cursor", Json::array({"is none that was given out"})}});
  std::size_t folder = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, folder);
  if (error != std::errc{} || rest == end || *rest != '-' || (end - rest - 1) % 2 != 0) {
    throw wrong;
  }
  std::string bytes;
  for (const char* at = rest + 1; at != end; at += 2) {
    unsigned value = 0;
    const auto [stop, bad] = std::from_chars(at, at + 2, value, 16);
    if (bad != std::errc{} || stop != at + 2) {
      throw wrong;
    }
    bytes += static_cast<char>(value);
  }
  if (folder > bytes.size()) {
    throw wrong;
  }
  return {bytes.substr(0, folder), bytes.substr(folder)};
}

Json capture_document(const CaptureRow& row) {
  return {{"path", row.path},
          {"timestamp", row.timestamp ? Json(*row.timestamp) : Json()},
          {"size", row.size},
          {"last_modified", row.last_modified},
          {"state", row.missing_since ? "missing" : "present"},
          {"missing_since", row.missing_since ? Json(*row.missing_since) : Json()}};
}

Response captures(const CatalogueSources& sources, const Call& call) {
  (void)deployment_of(sources, call.id);
  CapturePageQuery query;
  query.deployment_id = call.id;
  query.limit = call.query.value("limit", query.limit);
  if (const auto cursor = call.query.find("cursor"); cursor != call.query.end()) {
    query.after = from_cursor(cursor->get<std::string>());
  }
  CapturePage page;
  try {
    page = read_capture_page(sources.catalogue.uri, sources.catalogue.base_folder, query);
  } catch (const JobError& error) {
    if (error.code() != error_code::k_not_found) {
      throw;
    }
  }
  Json results = Json::array();
  for (const CaptureRow& row : page.rows) {
    results.push_back(capture_document(row));
  }
  const Json next =
      page.next ? Json(target_with(call.request, "cursor", to_cursor(*page.next))) : Json();
  return json_response({{"next", next}, {"results", std::move(results)}});
}

std::shared_ptr<const Activity> activity_of(const CatalogueSources& sources, std::int64_t id) {
  return sources.activities.get(deployment_of(sources, id));
}

Response activity(const CatalogueSources& sources, const Call& call) {
  return tagged_by_content(call.request,
                           json_response(to_document(*activity_of(sources, call.id))));
}

Response svg_response(const Call& call, std::string svg) {
  Response response;
  response.type = "image/svg+xml";
  response.body =
      shared(svg.empty() ? "<svg xmlns=\"http://www.w3.org/2000/svg\"/>" : std::move(svg));
  return tagged_by_content(call.request, std::move(response));
}

Response heat_map(const CatalogueSources& sources, const Call& call) {
  return svg_response(call, heat_map_svg(*activity_of(sources, call.id)));
}

Response nights(const CatalogueSources& sources, const Call& call) {
  return svg_response(call, nights_svg(*activity_of(sources, call.id)));
}

Response project(const CatalogueSources& sources, const Call& call) {
  Json deployments = Json::array();
  std::string name;
  for (const Json& deployment : all_deployments(sources)) {
    if (deployment.at("project").at("id") == call.id) {
      name = deployment.at("project").at("name").get<std::string>();
      deployments.push_back({{"id", deployment.at("id")},
                             {"name", deployment.at("name")},
                             {"details", deployment.at("details")}});
    }
  }
  if (deployments.empty()) {
    throw not_found(fmt::format("there is no project {}", call.id));
  }
  return json_response({{"id", call.id},
                        {"name", name},
                        {"details", fmt::format("/api/v2/projects/{}/", call.id)},
                        {"deployments", std::move(deployments)},
                        {"user_permissions", Json::array()}});
}

} // namespace

std::shared_ptr<const Activity> ActivityCache::get(const Json& deployment) {
  const auto id = deployment.at("id").get<std::int64_t>();
  const std::string fields = to_line(deployment);
  const std::scoped_lock lock(mutex_);
  const auto known = entries_.find(id);
  if (known != entries_.end() && known->second.fields == fields) {
    return known->second.activity;
  }
  auto activity = std::make_shared<Activity>();
  if (deployment.at("captures_count") != 0) {
    *activity = to_activity(read_hour_counts(catalogue_.uri, catalogue_.base_folder, id));
  }
  if (entries_.size() >= k_most && known == entries_.end()) {
    entries_.erase(entries_.begin());
  }
  entries_[id] = {fields, activity};
  return activity;
}

std::vector<Route> catalogue_routes(const CatalogueAt& catalogue, ActivityCache& activities,
                                    JobFiles& files) {
  const auto bound = [&](Response (*work)(const CatalogueSources&, const Call&)) {
    return [sources = CatalogueSources{catalogue, activities, files}, work](const Call& call) {
      return work(sources, call);
    };
  };
  std::vector<Field> of_list = paging_fields();
  of_list.push_back({"project", FieldKind::integer, "Only those of this project", 0, k_largest_id});
  const std::vector<Field> of_captures{
      paging_fields().front(),
      {"cursor", FieldKind::text, "Where to go on; see \"next\"", 1, k_longest_cursor}};
  return {
      looking_route("/api/v2/deployments/", "listDeployments",
                    "All deployments with their cached fields", bound(list))
          .with_query(of_list)
          .answering({200, 304}),
      looking_route("/api/v2/deployments/{id}/", "getDeployment",
                    "A deployment with its cached fields", bound(show))
          .answering({200, 304, 404}),
      looking_route("/api/v2/deployments/{id}/captures/", "listCaptures",
                    "A deployment's captures, in the order of their keys", bound(captures))
          .with_query(of_captures)
          .answering({200, 404}),
      looking_route("/api/v2/deployments/{id}/sessions/", "listSessions",
                    "A deployment's sessions, in the order of time", bound(sessions))
          .with_query(paging_fields())
          .answering({200, 304, 404}),
      looking_route("/api/v2/deployments/{id}/activity/", "getActivity",
                    "Captures by night and hour, from noon to noon, and the gaps between nights",
                    bound(activity))
          .answering({200, 304, 404}),
      looking_route("/api/v2/deployments/{id}/heat_map.svg", "getHeatMap",
                    "Captures by night and hour as a picture", bound(heat_map))
          .answering({200, 304, 404})
          .of_type("image/svg+xml"),
      looking_route("/api/v2/deployments/{id}/nights.svg", "getNights",
                    "Captures per night as a picture", bound(nights))
          .answering({200, 304, 404})
          .of_type("image/svg+xml"),
      looking_route("/api/v2/projects/{id}/", "getProject", "A project and its deployments",
                    bound(project))
          .answering({200, 404})};
}

} // namespace nightshift::serve

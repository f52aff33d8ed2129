// SPDX-License-Identifier: Apache-2.0

#include "core/base/file_watch.hpp"
#include "core/record/job_recorder.hpp"
#include "core/record/lost_job.hpp"
#include "core/record/owner_lock.hpp"
#include "core/runner/cancel_job.hpp"
#include "core/runner/edit_job.hpp"
#include "core/runner/garbage.hpp"
#include "core/serve/api_error.hpp"
#include "core/serve/jobs_api.hpp"
#include "core/serve/paging.hpp"

#include <nightshift/error.hpp>
#include <nightshift/job_status.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace nightshift::serve {
namespace {

constexpr const char* k_default_type = "data_storage_sync";
constexpr std::int64_t k_longest_name = 255;
constexpr std::int64_t k_longest_delay = 86'400; // seconds
constexpr std::int64_t k_largest = INT64_MAX;
constexpr std::chrono::seconds k_cancel_patience{5};
constexpr std::chrono::seconds k_owner_patience{10};
constexpr std::chrono::milliseconds k_look_for_owner{50}; // where nothing tells of a change

template <class Value>
std::optional<Value> optional_at(const Json& fields, const char* name) {
  const auto found = fields.find(name);
  return found != fields.end() && !found->is_null() ? std::optional(found->get<Value>())
                                                    : std::nullopt;
}

JobEdit edit_from(const Json& body) {
  JobEdit edit;
  edit.name = optional_at<std::string>(body, "name");
  if (const auto delay = optional_at<std::int64_t>(body, "delay")) {
    edit.delay = std::chrono::seconds(*delay);
  }
  if (body.contains("limit")) {
    edit.limit = optional_at<std::int64_t>(body, "limit");
  }
  edit.shuffle = optional_at<bool>(body, "shuffle");
  return edit;
}

// A process that has told its job's end still holds the job for a moment.
void let_owner_leave(const JobFolder& folder) {
  FileWatch watch;
  watch.add(folder.path);
  const auto end = std::chrono::steady_clock::now() + k_owner_patience;
  while (lock_state(folder.owner()) == LockState::held && std::chrono::steady_clock::now() < end &&
         is_final(read_job_record(folder).status)) {
    watch.wait(k_look_for_owner);
  }
}

// The job of the request, if it is still in the state that the request is for.
JobFolder changeable_job(const Sources& sources, const Call& call) {
  JobFolder folder = job_of(sources, call.id);
  let_owner_leave(folder);
  check_if_match(call.request, sources.records.get(folder).etag);
  return folder;
}

void expect(const JobRecord& job, bool allowed, std::string_view why_not) {
  if (!allowed) {
    throw conflict(fmt::format("job {} is {}: {}", job.id, to_string(job.status), why_not));
  }
}

void begin(const Sources& sources, const JobFolder& folder, JobStarter::How how,
           JobStarter::Place place) {
  try {
    sources.starter.begin(folder, how, std::move(place));
  } catch (const JobError& error) {
    throw conflict(error.what());
  }
}

OfferWish wish_from(const Json& body) {
  OfferWish wish{optional_at<std::string>(body, "definition"),
                 optional_at<std::string>(body, "job_type_key"),
                 optional_at<std::int64_t>(body, "deployment_id"),
                 optional_at<std::int64_t>(body, "project_id")};
  if (!wish.definition && !wish.type) {
    wish.type = k_default_type;
  }
  return wish;
}

Response made(const Sources& sources, std::int64_t id) {
  Response response = job_response(sources, job_of(sources, id), 201);
  response.headers.emplace_back("Location", fmt::format("/api/v2/jobs/{}/", id));
  return response;
}

// As if it had never been made, unless it was begun after all.
void take_back(const Sources& sources, const JobFolder& folder) noexcept {
  try {
    finalise_ended(folder, {JobStatus::revoked, "cancelled", "the request that made it failed"},
                   nullptr);
    if (read_job_record(folder).attempts.empty()) {
      remove_job(sources.state_dir, folder);
    }
  } catch (const std::exception&) { // it stays, where it is seen and can be removed
  }
}

// Its id. Where there is a place for it, it is begun; if anything fails, there is no job.
std::int64_t make_job(const Sources& sources, const JobOffer& offer, const JobEdit& edit,
                      std::optional<JobStarter::Place> place) {
  const JobFolder folder = job_of(sources, create_job(sources, offer));
  try {
    if (!edit.empty()) {
      edit_job(folder, edit);
    }
    if (place) {
      begin(sources, folder, JobStarter::How::start, *std::move(place));
    }
  } catch (...) { // handed on
    take_back(sources, folder);
    throw;
  }
  return folder.id;
}

Response post_job(const Sources& sources, const Call& call) {
  return sources.keys.once(call.request, [&] {
    const JobOffer offer = find_offer(sources.files, wish_from(call.body));
    std::optional<JobStarter::Place> place;
    if (call.query.value("start_now", false)) {
      place.emplace(sources.starter.reserve());
    }
    return made(sources, make_job(sources, offer, edit_from(call.body), std::move(place)));
  });
}

Response patch_job(const Sources& sources, const Call& call) {
  const JobFolder folder = changeable_job(sources, call);
  edit_job(folder, edit_from(call.body));
  return job_response(sources, folder);
}

Response run_job(const Sources& sources, const Call& call) {
  return sources.keys.once(call.request, [&] {
    const JobFolder folder = changeable_job(sources, call);
    const JobRecord job = look_at_job(folder);
    expect(job, job.status == JobStatus::created, "only a job that is CREATED can be run");
    begin(sources, folder, JobStarter::How::start, sources.starter.reserve());
    return job_response(sources, folder);
  });
}

Response retry_job(const Sources& sources, const Call& call) {
  return sources.keys.once(call.request, [&] {
    const JobFolder folder = changeable_job(sources, call);
    const JobRecord job = look_at_job(folder);
    expect(job, is_final(job.status), "only a job that has ended can be retried");
    begin(sources, folder, JobStarter::How::retry, sources.starter.reserve());
    return job_response(sources, folder);
  });
}

Response cancel(const Sources& sources, const Call& call) {
  const JobFolder folder = changeable_job(sources, call);
  const JobRecord job = look_at_job(folder);
  expect(job, !is_final(job.status), "it has ended already");
  const auto reason = call.body.value("reason", std::string("asked for over HTTP"));
  const CancelResult result = cancel_job(folder, make_cancel_request(reason), k_cancel_patience);
  if (result.answer == CancelAnswer::ended) {
    throw conflict(fmt::format("job {} has ended meanwhile, it is {}", folder.id,
                               to_string(result.record.status)));
  }
  // Unanswered, the request stays, and is heeded later.
  return job_response(sources, folder, result.answer == CancelAnswer::unanswered ? 202 : 200);
}

Response delete_job(const Sources& sources, const Call& call) {
  const JobFolder folder = changeable_job(sources, call);
  const JobRecord job = look_at_job(folder);
  expect(job, is_final(job.status), "only a job that has ended can be removed");
  remove_job(sources.state_dir, folder);
  Response response;
  response.status = 204;
  response.type.clear();
  return response;
}

Json offer_document(const JobOffer& offer) {
  const auto& deployment = offer.deployment;
  return {{"name", offer.name},
          {"definition", offer.definition_name},
          {"job_type_key", offer.type},
          {"deployment_id", deployment ? Json(deployment->id) : Json()},
          {"deployment_name", deployment ? Json(deployment->name) : Json()},
          {"project_id", deployment ? Json(deployment->project.id) : Json()},
          {"file", offer.file.filename().string()}};
}

Response list_offers(const Sources& sources, const Call&) {
  const JobOffers offers = sources.files.offers();
  Json results = Json::array();
  for (const JobOffer& offer : offers.jobs) {
    results.push_back(offer_document(offer));
  }
  return json_response(
      {{"count", results.size()}, {"results", std::move(results)}, {"problems", offers.problems}});
}

// At once where that is possible: a job each time, since a sync that has nothing to do is short.
Response sync_deployment(const Sources& sources, const Call& call) {
  return sources.keys.once(call.request, [&] {
    OfferWish wish;
    wish.type = k_default_type;
    wish.deployment = call.id;
    const JobOffer offer = find_offer(sources.files, wish);
    const std::int64_t id = make_job(sources, offer, {}, sources.starter.reserve());
    return json_response({{"job_id", id}, {"project_id", offer.deployment->project.id}});
  });
}

const Field k_name_field{"name", FieldKind::text, "What to call it", 1, k_longest_name};
const Field k_delay_field{"delay", FieldKind::integer, "Seconds of pretended work first", 0,
                          k_longest_delay};
const Field k_limit_field{
    "limit", FieldKind::integer, "At most so many captures; null: all", 1, k_largest, {}, true};
const Field k_shuffle_field{"shuffle", FieldKind::flag,
                            "With a limit: a random sample instead of the first ones"};

std::vector<Field> job_fields() {
  return {k_name_field,
          k_delay_field,
          k_limit_field,
          k_shuffle_field,
          {"project_id", FieldKind::integer, "Of the deployment; checked", 0, k_largest, {}, true},
          {"deployment_id", FieldKind::integer, "For which deployment", 0, k_largest, {}, true},
          {"job_type_key", FieldKind::text, "Of which type (default: data_storage_sync)", 1,
           k_longest_name},
          {"definition", FieldKind::text, "By which definition, or of which name, in a job file", 1,
           k_longest_name}};
}

} // namespace

std::int64_t create_job(const Sources& sources, const JobOffer& offer) {
  return sources.starter.create(offer.file, offer.name);
}

JobOffer find_offer(JobFiles& files, const OfferWish& wish) {
  if (!files.has_folder()) {
    throw bad_fields({{"definition", {"this server has no job files: start it with --jobs-dir"}}});
  }
  std::vector<JobOffer> offers = files.offers().jobs;
  const auto narrow = [&](const char* field, bool given, const char* none, auto fits) {
    std::erase_if(offers, [&](const JobOffer& offer) { return given && !fits(offer); });
    if (offers.empty()) {
      throw bad_fields({{field, {none}}});
    }
  };
  narrow("definition", wish.definition.has_value(), "no job file has such a definition",
         [&](const JobOffer& offer) {
           return offer.definition_name == wish.definition || offer.name == wish.definition;
         });
  narrow("job_type_key", wish.type.has_value(), "no job file has a job of this type",
         [&](const JobOffer& offer) { return offer.type == wish.type; });
  narrow("deployment_id", wish.deployment.has_value(), "no job file has such a job for it",
         [&](const JobOffer& offer) {
           return offer.deployment && offer.deployment->id == wish.deployment;
         });
  narrow("project_id", wish.project.has_value(), "the deployment is not in this project",
         [&](const JobOffer& offer) {
           return offer.deployment && offer.deployment->project.id == wish.project;
         });
  const bool several_deployments =
      std::any_of(offers.begin(), offers.end(), [&](const JobOffer& offer) {
        return offer.definition_name == offers.front().definition_name &&
               offer.name != offers.front().name;
      });
  if (several_deployments && !wish.deployment) {
    throw bad_fields({{"deployment_id", {"say which: there is such a job for several"}}});
  }
  if (offers.size() > 1) {
    throw bad_fields({{"definition", {"say which: several job definitions fit"}}});
  }
  return offers.front();
}

std::vector<Route> job_change_routes(const Sources& sources) {
  const auto bound = [&sources](Response (*work)(const Sources&, const Call&)) {
    return [&sources, work](const Call& call) { return work(sources, call); };
  };
  const std::vector<Field> reason{
      {"reason", FieldKind::text, "What for; recorded with the job", 0, k_longest_name}};
  return {changing_route("POST", "/api/v2/jobs/", "createJob",
                         "Make a job from a definition in a job file", bound(post_job))
              .with_query({{"start_now", FieldKind::flag, "Run it at once"}})
              .with_body(job_fields())
              .answering({201, 409, 422, 429}),
          changing_route("PATCH", "/api/v2/jobs/{id}/", "editJob",
                         "Change a job: its name, and while it is CREATED what it does",
                         bound(patch_job))
              .with_body({k_name_field, k_delay_field, k_limit_field, k_shuffle_field})
              .answering({200, 404, 409, 412}),
          changing_route("DELETE", "/api/v2/jobs/{id}/", "removeJob", "Remove a job that has ended",
                         bound(delete_job))
              .without_body()
              .answering({204, 404, 409, 412}),
          changing_route("POST", "/api/v2/jobs/{id}/run/", "runJob", "Run a job that is CREATED",
                         bound(run_job))
              .answering({200, 404, 409, 412, 422, 429}),
          changing_route("POST", "/api/v2/jobs/{id}/retry/", "retryJob",
                         "Run a job that has ended once more", bound(retry_job))
              .answering({200, 404, 409, 412, 422, 429}),
          changing_route("POST", "/api/v2/jobs/{id}/cancel/", "cancelJob", "Have a job stop",
                         bound(cancel))
              .with_body(reason)
              .answering({200, 202, 404, 409, 412}),
          changing_route("POST", "/api/v2/deployments/{id}/sync/", "syncDeployment",
                         "Sync a deployment's captures now", bound(sync_deployment))
              .answering({200, 409, 422, 429}),
          looking_route("/api/v2/definitions/", "listDefinitions",
                        "The jobs that can be made: those of the job files", bound(list_offers))};
}

} // namespace nightshift::serve

// SPDX-License-Identifier: Apache-2.0

#include "core/serve/jobs_api.hpp"

#include "core/base/file.hpp"
#include "core/record/job_document.hpp"
#include "core/record/lost_job.hpp"
#include "core/serve/api_error.hpp"
#include "core/serve/paging.hpp"

#include <nightshift/error.hpp>
#include <nightshift/job_status.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <utility>

namespace nightshift::serve {
namespace {

constexpr std::int64_t k_any_id = INT64_MAX;
constexpr std::int64_t k_longest_search = 255;
constexpr std::int64_t k_most_log_lines = 5000; // as Antenna takes it
constexpr std::size_t k_most_followers = 400;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// Which jobs a query asks for.
bool matches(const Json& query, const JobSummary& job) {
  const auto has = [&](const char* name, const auto& equals) {
    const auto found = query.find(name);
    return found == query.end() || equals(*found);
  };
  const auto any_of = [](const Json& words, std::string_view word) {
    return std::any_of(words.begin(), words.end(), [&](const Json& one) { return one == word; });
  };
  return has("status", [&](const Json& v) { return any_of(v, to_string(job.status)); }) &&
         has("deployment", [&](const Json& v) { return job.deployment && v == *job.deployment; }) &&
         has("project", [&](const Json& v) { return job.project && v == *job.project; }) &&
         has("job_type", [&](const Json& v) { return v == job.type; }) &&
         has("search", [&](const Json& v) {
           return lower(job.name).find(lower(v.get<std::string>())) != std::string::npos;
         });
}

using Less = std::function<bool(const JobSummary*, const JobSummary*)>;

template <class Key>
Less by(Key key) {
  return [key](const JobSummary* a, const JobSummary* b) {
    return std::pair(key(*a), a->id) < std::pair(key(*b), b->id);
  };
}

Less order_of(std::string_view name) {
  if (name == "id") {
    return by([](const JobSummary& job) { return job.id; });
  }
  if (name == "name") {
    return by([](const JobSummary& job) -> const std::string& { return job.name; });
  }
  if (name == "status") {
    return by([](const JobSummary& job) { return job.status; });
  }
  if (name == "updated_at") {
    return by([](const JobSummary& job) { return job.updated; });
  }
  if (name == "started_at") {
    return by([](const JobSummary& job) { return job.started; });
  }
  if (name == "finished_at") {
    return by([](const JobSummary& job) { return job.finished; });
  }
  return by([](const JobSummary& job) { return job.created; });
}

void sort(std::vector<const JobSummary*>& jobs, std::string_view order) {
  const bool descending = order.starts_with('-');
  const Less less = order_of(descending ? order.substr(1) : order);
  std::sort(jobs.begin(), jobs.end(), [&](const JobSummary* a, const JobSummary* b) {
    return descending ? less(b, a) : less(a, b);
  });
}

Response list(const Sources& sources, const Call& call) {
  const JobIndex::Jobs jobs = sources.index.jobs();
  std::vector<const JobSummary*> found;
  for (const JobSummary& job : *jobs) {
    if (matches(call.query, job)) {
      found.push_back(&job);
    }
  }
  sort(found, call.query.value("ordering", std::string("-created_at")));
  const PageRange range = page_range(call.query);
  std::vector<std::string> results;
  for (std::size_t at = range.offset; at < std::min(found.size(), range.offset + range.limit);
       ++at) {
    if (const auto folder = sources.state_dir.find_job(found[at]->id)) {
      results.push_back(list_entry(*sources.records.get(*folder).text));
    }
  }
  return tagged_by_content(call.request, page_response(call.request, range, found.size(), results));
}

Response show(const Sources& sources, const Call& call) {
  const RecordText record = sources.records.get(job_of(sources, call.id));
  Response response;
  response.body = record.text;
  if (const auto limit = call.query.find("logs_limit"); limit != call.query.end()) {
    response.body = shared(with_logs_limit(*record.text, limit->get<std::size_t>()));
    return tagged_by_content(call.request, std::move(response));
  }
  return tagged(call.request, std::move(response), record.etag);
}

Json or_null(const std::optional<double>& number) {
  return number ? Json(*number) : Json();
}

Json or_null(const std::optional<TimePoint>& time) {
  return time ? Json(utc_text(*time)) : Json();
}

// What the record has no room for: earlier attempts, and where the time went.
Response history(const Sources& sources, const Call& call) {
  const JobRecord job = look_at_job(job_of(sources, call.id));
  Json attempts = Json::array();
  for (const AttemptRecord& attempt : job.attempts) {
    attempts.push_back({{"number", attempt.number},
                        {"status", to_string(attempt.status)},
                        {"reason", text_or_null(attempt.reason)},
                        {"started", utc_text(attempt.started)},
                        {"finished", or_null(attempt.finished)},
                        {"host", attempt.host},
                        {"pid", attempt.pid},
                        {"error", error_document(attempt.error)}});
  }
  Json stages = Json::array();
  for (const StageRecord& stage : job.stages) {
    stages.push_back({{"key", stage.key},
                      {"name", stage.name},
                      {"wall_seconds", or_null(stage.wall_seconds)},
                      {"cpu_seconds", or_null(stage.cpu_seconds)}});
  }
  return json_response(
      {{"id", job.id}, {"attempts", std::move(attempts)}, {"stages", std::move(stages)}});
}

// The lines of failed.jsonl, of which there may be very many.
Response failed(const Sources& sources, const Call& call) {
  const JobFolder folder = job_of(sources, call.id);
  const PageRange range = page_range(call.query);
  std::vector<std::string> results;
  std::size_t count = 0;
  std::ifstream lines(folder.quarantine());
  for (std::string line; std::getline(lines, line);) {
    if (!Json::accept(line)) { // half a line, at the end
      continue;
    }
    if (count >= range.offset && results.size() < range.limit) {
      results.push_back(std::move(line));
    }
    ++count;
  }
  return page_response(call.request, range, count, results);
}

std::uint64_t last_event_id(const Request& request) {
  const std::string_view text = request.header("last-event-id");
  std::uint64_t sequence = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sequence);
  if (!text.empty() && (error != std::errc{} || end != text.data() + text.size())) {
    throw ApiError(400, "invalid", "the header Last-Event-ID must be the number of an event");
  }
  return sequence;
}

Response follow(const Sources& sources, const Call& call) {
  const JobFolder folder = job_of(sources, call.id);
  const std::uint64_t sequence = call.query.value("after", last_event_id(call.request));
  const JobRecord job = look_at_job(folder);
  Response response;
  if (is_final(job.status) && sequence >= job.last_sequence) { // a browser then asks no more
    response.status = 204;
    response.type.clear();
    return response;
  }
  if (sources.followers.count() >= k_most_followers) {
    throw ApiError(429, "too_many_followers", "too many follow jobs already")
        .with_header("Retry-After", "5");
  }
  response.type = "text/event-stream";
  response.stream = sources.followers.follow(folder, sequence);
  return response;
}

std::vector<Field> list_fields() {
  std::vector<Field> fields{
      {"status",
       FieldKind::words,
       "Only jobs with one of these",
       0,
       0,
       {k_job_status_names.begin(), k_job_status_names.end()}},
      {"deployment", FieldKind::integer, "Only jobs of this deployment", 0, k_any_id},
      {"project", FieldKind::integer, "Only jobs of this project", 0, k_any_id},
      {"job_type", FieldKind::text, "Only jobs of the type with this key", 1, k_longest_search},
      {"search", FieldKind::text, "Only jobs with this in their name", 0, k_longest_search},
      {"ordering",
       FieldKind::text,
       "By what, with '-' the last first",
       0,
       0,
       {"id", "-id", "name", "-name", "status", "-status", "created_at", "-created_at",
        "updated_at", "-updated_at", "started_at", "-started_at", "finished_at", "-finished_at"}}};
  const std::vector<Field> paging = paging_fields();
  fields.insert(fields.end(), paging.begin(), paging.end());
  return fields;
}

// As Antenna's own links have it.
Field format_field() {
  return {"format", FieldKind::text, "Both give JSON", 0, 0, {"json", "api"}};
}

} // namespace

JobFolder job_of(const Sources& sources, std::int64_t id) {
  const auto folder = sources.state_dir.find_job(id);
  if (!folder || id <= 0) {
    throw not_found(fmt::format("there is no job {}", id));
  }
  return *folder;
}

Response job_response(const Sources& sources, const JobFolder& folder, int status) {
  const RecordText record = sources.records.get(folder);
  Response response;
  response.status = status;
  response.headers = {{"ETag", record.etag}};
  response.body = record.text;
  return response;
}

std::vector<Route> job_routes(const Sources& sources) {
  const auto bound = [&sources](Response (*work)(const Sources&, const Call&)) {
    return [&sources, work](const Call& call) { return work(sources, call); };
  };
  const auto with_format = [](std::vector<Field> fields) {
    fields.push_back(format_field());
    return fields;
  };
  return {
      looking_route("/api/v2/jobs/", "listJobs", "All jobs, newest first, without their logs",
                    bound(list))
          .with_query(with_format(list_fields()))
          .answering({200, 304}),
      looking_route("/api/v2/jobs/{id}/", "getJob", "A job's record", bound(show))
          .with_query(
              with_format({{"logs_limit", FieldKind::integer,
                            "Only the newest so many lines of its logs", 1, k_most_log_lines}}))
          .answering({200, 304, 404}),
      looking_route("/api/v2/jobs/{id}/history/", "getJobHistory",
                    "A job's attempts, and how long its stages took", bound(history))
          .answering({200, 404}),
      looking_route("/api/v2/jobs/{id}/failed/", "listFailedObjects",
                    "The objects that could not be examined", bound(failed))
          .with_query(paging_fields())
          .answering({200, 404}),
      looking_route("/api/v2/jobs/{id}/events", "followJob",
                    "A job's events as they happen (Server-Sent Events); the header Last-Event-ID "
                    "goes on after "
                    "that event",
                    bound(follow))
          .with_query({{"after", FieldKind::integer, "Go on after this event", 0, k_any_id}})
          .answering({200, 204, 404, 429})
          .of_type("text/event-stream")};
}

} // namespace nightshift::serve

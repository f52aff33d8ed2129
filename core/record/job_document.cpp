// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace nightshift {
namespace {

constexpr const char* k_schema = "nightshift.job/1";

Json local_or_null(const std::optional<TimePoint>& time) {
  return time ? Json(local_text(*time)) : Json();
}

Json utc_or_null(const std::optional<TimePoint>& time) {
  return time ? Json(utc_text(*time)) : Json();
}

// "9.562144", "9.0": seconds as Antenna prints a float.
Json duration_text(const JobRecord& record) {
  if (!record.started || !record.finished) {
    return {};
  }
  const auto microseconds = (*record.finished - *record.started).count();
  std::string text = fmt::format("{}.{:06}", microseconds / 1'000'000, microseconds % 1'000'000);
  while (text.back() == '0' && text[text.size() - 2] != '.') {
    text.pop_back();
  }
  return text;
}

// A whole number stays one, as Antenna's integer fields want.
Json number(double value) {
  const double rounded = std::round(value);
  return rounded == value ? Json(static_cast<std::int64_t>(rounded)) : Json(value);
}

std::string link(const JobRecord& record, std::string_view kind, std::int64_t id) {
  return fmt::format("{}/api/v2/{}/{}/", record.api_base_url, kind, id);
}

Json party(const JobRecord& record, std::string_view kind, std::int64_t id,
           const std::string& name) {
  return {{"id", id},
          {"name", name},
          {"details", link(record, kind, id)},
          {"user_permissions", Json::array()}};
}

Json stage_document(const StageRecord& stage) {
  Json parameters = Json::array();
  for (const StageRecord::Parameter& parameter : stage.parameters) {
    parameters.push_back({{"name", parameter.name},
                          {"key", parameter.key},
                          {"category", "default"},
                          {"value", parameter.value}});
  }
  return {{"status", to_string(stage.status)},
          {"progress", stage.progress},
          {"key", stage.key},
          {"name", stage.name},
          {"params", std::move(parameters)}};
}

struct LogDocuments {
  Json lines = Json::array();
  Json errors = Json::array();
};

LogDocuments log_documents(const JobRecord& record) {
  LogDocuments documents;
  std::for_each(record.log.rbegin(), record.log.rend(), [&](const LogLine& line) {
    documents.lines.push_back(fmt::format("[{}] {} {}", local_log_text(line.time),
                                          to_string(line.severity), line.message));
    if (line.severity >= Severity::error) {
      documents.errors.push_back(line.message);
    }
  });
  return documents;
}

Json counts_document(const JobRecord& record) {
  Json counts = Json::object();
  for (std::size_t i = 0; i < k_counter_names.size(); ++i) {
    counts[std::string(k_counter_names[i])] = record.total(static_cast<Counter>(i));
  }
  return counts;
}

Json progress_document(const JobRecord& record) {
  std::int64_t done = 0;
  std::int64_t total = 0;
  for (const StageRecord& stage : record.stages) {
    if (stage.status != JobStatus::created) {
      done = stage.done;
      total = stage.total;
    }
  }
  const auto seconds = record.seconds(record.updated);
  const auto known =
      static_cast<double>(record.total(Counter::listed) + record.total(Counter::passed_over));
  return {{"done", done},
          {"total", total > 0 ? Json(total) : Json()},
          {"rate", seconds && *seconds > 0 ? Json(std::round(known / *seconds)) : Json()}};
}

// The first objects that could not be examined; all of them are in the file.
Json failed_document(const JobRecord& record) {
  if (record.failed_items.empty()) {
    return {};
  }
  Json first = Json::array();
  for (const FailedItem& item : record.failed_items) {
    first.push_back({{"key", item.key}, {"reason", item.why}});
  }
  return {{"count", record.total(Counter::failed)},
          {"file", "failed.jsonl"},
          {"first", std::move(first)}};
}

Json runner_document(const JobRecord& record) {
  const Json none;
  const Json& facts = record.attempts.empty() ? none : record.attempts.back().facts;
  const auto fact = [&](const char* key) {
    return facts.is_object() && facts.contains(key) ? facts[key] : Json();
  };
  return {{"schema", k_schema},
          {"run", text_or_null(record.run)},
          {"attempt", record.attempts.size()},
          {"reason", text_or_null(record.reason)},
          {"error", error_document(record.error)},
          {"times_utc",
           {{"created", utc_text(record.created)},
            {"started", utc_or_null(record.started)},
            {"finished", utc_or_null(record.finished)},
            {"heartbeat", utc_text(record.updated)}}},
          {"progress", progress_document(record)},
          {"counts", counts_document(record)},
          {"failed", failed_document(record)},
          {"retry_at", utc_or_null(record.retry_at)},
          {"host", fact("host")},
          {"pid", fact("pid")},
          {"threads", fact("threads")},
          {"scheduler", fact("scheduler")},
          {"shard", nullptr},
          {"plugins", fact("plugins")},
          {"seed", record.seed},
          {"definition", record.definition_name},
          {"definition_sha256", fact("definition_sha256")},
          {"events", "events.jsonl"},
          {"last_event", record.last_sequence},
          {"log_truncated", record.log_truncated}};
}

} // namespace

Json error_document(const std::optional<ErrorRecord>& error) {
  if (!error) {
    return {};
  }
  return {{"class", error->error_class}, {"code", error->code}, {"message", error->message}};
}

Json to_document(const JobRecord& record) {
  Json stages = Json::array();
  for (const StageRecord& stage : record.stages) {
    stages.push_back(stage_document(stage));
  }
  const LogDocuments logs = log_documents(record);
  const Json project = record.deployment ? party(record, "projects", record.deployment->project.id,
                                                 record.deployment->project.name)
                                         : Json();
  const Json deployment = record.deployment ? party(record, "deployments", record.deployment->id,
                                                    record.deployment->name)
                                            : Json();
  return {{"id", record.id},
          {"details", link(record, "jobs", record.id)},
          {"name", record.name},
          {"delay", number(record.delay_seconds)},
          {"limit", record.limit ? Json(*record.limit) : Json()},
          {"shuffle", record.shuffle},
          {"project", project},
          {"deployment", deployment},
          {"source_image_collection", nullptr},
          {"source_image_single", nullptr},
          {"pipeline", nullptr},
          {"status", to_string(record.status)},
          {"created_at", local_text(record.created)},
          {"updated_at", local_text(record.updated)},
          {"started_at", local_or_null(record.started)},
          {"finished_at", local_or_null(record.finished)},
          {"duration", duration_text(record)},
          {"progress",
           {{"summary", {{"status", to_string(record.status)}, {"progress", record.progress()}}},
            {"stages", std::move(stages)},
            {"errors", Json::array()},
            {"logs", logs.lines}}},
          {"logs", {{"stdout", logs.lines}, {"stderr", logs.errors}}},
          {"job_type", {{"name", record.type_name}, {"key", record.type_key}}},
          {"data_export", nullptr},
          {"dispatch_mode", "internal"},
          {"result", nullptr},
          {"user_permissions", Json::array()},
          {"runner", runner_document(record)}};
}

} // namespace nightshift

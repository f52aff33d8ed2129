// SPDX-License-Identifier: Apache-2.0

#include "core/record/event.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace nightshift {
namespace {

constexpr std::array<std::string_view, 14> k_kind_names{
    "job.created", "job.attempt",    "job.status",   "stage.added", "stage.started",
    "progress",    "stage.finished", "stage.failed", "item.failed", "retry",
    "log",         "stalled",        "heartbeat",    "job.edited"};

constexpr std::array<std::string_view, 5> k_severity_names{"DEBUG", "INFO", "WARN", "ERROR",
                                                           "FATAL"};
constexpr int k_version = 1;

template <std::size_t Size>
std::optional<std::size_t> index_of(const std::array<std::string_view, Size>& names,
                                    std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found != names.end() ? std::optional(static_cast<std::size_t>(found - names.begin()))
                              : std::nullopt;
}

} // namespace

std::string_view to_string(EventKind kind) noexcept {
  return k_kind_names[static_cast<std::size_t>(kind)];
}

std::optional<EventKind> event_kind_from(std::string_view text) noexcept {
  const auto index = index_of(k_kind_names, text);
  return index ? std::optional(static_cast<EventKind>(*index)) : std::nullopt;
}

Json to_json(const Event& event) {
  Json json{{"v", k_version},
            {"seq", event.sequence},
            {"ts", utc_text(event.time)},
            {"sev", k_severity_names[static_cast<std::size_t>(event.severity)]},
            {"event", to_string(event.kind)},
            {"job", event.job}};
  if (!event.stage.empty()) {
    json["stage"] = event.stage;
  }
  if (!event.message.empty()) {
    json["msg"] = event.message;
  }
  if (!event.attributes.empty()) {
    json["attrs"] = event.attributes;
  }
  return json;
}

std::optional<Event> event_from_json(const Json& json) {
  try {
    const auto kind = event_kind_from(json.at("event").get<std::string>());
    const auto time = parse_utc(json.at("ts").get<std::string>());
    const auto severity = index_of(k_severity_names, json.at("sev").get<std::string>());
    if (json.at("v").get<int>() != k_version || !kind || !time || !severity) {
      return std::nullopt;
    }
    Event event;
    event.kind = *kind;
    event.sequence = json.at("seq").get<std::uint64_t>();
    event.time = *time;
    event.severity = static_cast<Severity>(*severity);
    event.job = json.at("job").get<std::int64_t>();
    event.stage = json.value("stage", std::string());
    event.message = json.value("msg", std::string());
    event.attributes = json.value("attrs", Json::object());
    return event;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

} // namespace nightshift

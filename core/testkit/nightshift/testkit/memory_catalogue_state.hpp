// SPDX-License-Identifier: Apache-2.0
//
// What a `MemoryCatalogue` keeps, and how its views show it.

#pragma once

#include <nightshift/catalogue.hpp>
#include <nightshift/key.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::testkit {

struct MemoryCapture {
  std::int64_t size = 0;
  std::int64_t last_modified = 0;
  std::string etag;
  CaptureTime time;
  bool missing = false;

  friend bool operator==(const MemoryCapture&, const MemoryCapture&) = default;
};

struct MemoryFolder {
  std::int64_t id = 0;
  std::optional<Fingerprint> fingerprint;
  std::uint64_t rules_hash = 0;
  std::optional<std::int64_t> version;
  std::map<std::string, MemoryCapture, std::less<>> captures; // by name

  [[nodiscard]] std::int64_t present() const {
    return std::count_if(captures.begin(), captures.end(),
                         [](const auto& each) { return !each.second.missing; });
  }
};

// The times that changed in a folder since the last regroup; none if only something else did.
using MemoryDirt = std::optional<TimeSpan>;

struct MemoryListing {
  std::uint64_t hash = 0;
  std::chrono::sys_seconds began;
  std::map<std::string, std::string, std::less<>> until; // by the range's `after`
  std::set<std::string, std::less<>> again;              // folders
};

struct MemoryDeployment {
  Deployment settings;
  CachedFields cached;
  std::optional<std::chrono::sys_seconds> last_checked;
  std::optional<GroupingRule> rule;                         // of the last regroup
  std::map<std::string, MemoryFolder, std::less<>> folders; // by path
  std::map<std::string, MemoryDirt, std::less<>> dirty;     // by the folder's path
  std::vector<Session> sessions;                            // ascending
  std::optional<MemoryListing> listing;                     // that was not finished
};

namespace detail {

// What a catalogue and its merges and regroups share.
struct MemoryState {
  std::mutex mutex;
  std::map<std::int64_t, MemoryDeployment> deployments;
  std::int64_t last_folder_id = 0;
  std::int64_t last_session_id = 0;
  std::vector<std::string> calls;
};

// By the name of the folder and then of the capture: only what is present and dated.
template <class Visit>
void for_each_time(const MemoryDeployment& deployment, Visit visit) {
  for (const auto& [path, folder] : deployment.folders) {
    for (const auto& [name, capture] : folder.captures) {
      if (!capture.missing && capture.time.dated()) {
        visit(folder, capture.time.wall_time());
      }
    }
  }
}

inline bool overlap(const TimeSpan& a, const TimeSpan& b) {
  return a.start <= b.end && b.start <= a.end;
}

using Row = std::vector<std::optional<std::string>>;

inline std::string text_of(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}", std::chrono::sys_seconds(time.time_since_epoch()));
}

inline std::string text_of(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", time);
}

inline std::string text_of(std::int64_t number) {
  return fmt::format("{}", number);
}

inline std::string text_of(double number) {
  return fmt::format("{}", number);
}

template <class Value>
std::optional<std::string> text_of(const std::optional<Value>& value) {
  return value ? std::optional(text_of(*value)) : std::nullopt;
}

inline std::vector<std::string> columns_of(View view) {
  switch (view) {
  case View::deployments:
    return {"id",
            "project_id",
            "name",
            "source",
            "subdir",
            "regex",
            "time_zone",
            "latitude",
            "longitude",
            "captures_count",
            "events_count",
            "first_capture_timestamp",
            "last_capture_timestamp",
            "data_source_total_files",
            "data_source_total_size",
            "missing_count",
            "undated_count",
            "duplicate_timestamps",
            "data_source_last_checked"};
  case View::sessions:
    return {"id", "deployment_id", "night", "start", "end", "captures_count"};
  case View::captures:
    return {"project_id", "deployment_id",      "path",  "timestamp", "size", "last_modified",
            "checksum",   "checksum_algorithm", "state", "session_id"};
  case View::undated:
    break;
  }
  return {"deployment_id", "path", "reason"};
}

inline Row deployment_row(const MemoryDeployment& deployment) {
  const Deployment& settings = deployment.settings;
  const CachedFields& cached = deployment.cached;
  return {text_of(settings.id),
          text_of(settings.project.id),
          settings.name,
          settings.source,
          settings.subdir,
          settings.regex,
          settings.time_zone,
          text_of(settings.latitude),
          text_of(settings.longitude),
          text_of(cached.captures_count),
          text_of(cached.events_count),
          text_of(cached.first_capture_timestamp),
          text_of(cached.last_capture_timestamp),
          text_of(cached.data_source_total_files),
          text_of(cached.data_source_total_size),
          text_of(cached.missing_count),
          text_of(cached.undated_count),
          text_of(cached.duplicate_timestamps),
          text_of(deployment.last_checked)};
}

inline Row session_row(const MemoryDeployment& deployment, const Session& session) {
  return {text_of(session.id),
          text_of(deployment.settings.id),
          text_of(WallTime(night_of(session))).substr(0, 10),
          text_of(session.span.start),
          text_of(session.span.end),
          text_of(session.captures)};
}

inline std::optional<std::string> session_at(const MemoryDeployment& deployment,
                                             const MemoryCapture& capture) {
  for (const Session& session : deployment.sessions) {
    if (capture.time.dated() && !capture.missing &&
        session.span.start <= capture.time.wall_time() &&
        capture.time.wall_time() <= session.span.end) {
      return text_of(session.id);
    }
  }
  return std::nullopt;
}

inline std::optional<std::string> algorithm_of(std::string_view etag) {
  if (etag.empty()) {
    return std::nullopt;
  }
  const bool md5 =
      etag.size() == 32 && etag.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return md5 ? "md5" : "etag";
}

inline Row capture_row(const MemoryDeployment& deployment, const std::string& path,
                       const MemoryCapture& capture) {
  const auto modified =
      std::chrono::floor<std::chrono::seconds>(std::chrono::sys_time<std::chrono::nanoseconds>(
          std::chrono::nanoseconds(capture.last_modified)));
  return {text_of(deployment.settings.project.id),
          text_of(deployment.settings.id),
          path,
          capture.time.dated() ? std::optional(text_of(capture.time.wall_time())) : std::nullopt,
          text_of(capture.size),
          text_of(modified),
          capture.etag.empty() ? std::nullopt : std::optional(capture.etag),
          algorithm_of(capture.etag),
          capture.missing ? "missing" : "present",
          session_at(deployment, capture)};
}

inline std::vector<Row> rows_of(View view, const MemoryDeployment& deployment) {
  if (view == View::deployments) {
    return {deployment_row(deployment)};
  }
  std::vector<Row> rows;
  if (view == View::sessions) {
    for (const Session& session : deployment.sessions) {
      rows.push_back(session_row(deployment, session));
    }
    return rows;
  }
  for (const auto& [folder, content] : deployment.folders) {
    for (const auto& [name, capture] : content.captures) {
      const std::string path = printable_key(folder) + printable_key(name);
      if (view == View::captures) {
        rows.push_back(capture_row(deployment, path, capture));
      } else if (!capture.missing && !capture.time.dated()) {
        rows.push_back(
            {text_of(deployment.settings.id), path, std::string(to_string(capture.time.source))});
      }
    }
  }
  return rows;
}

} // namespace detail

} // namespace nightshift::testkit

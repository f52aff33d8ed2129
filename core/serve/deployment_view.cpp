// SPDX-License-Identifier: Apache-2.0

#include "core/serve/deployment_view.hpp"

#include "core/catalogue/open_catalogue.hpp"

#include <nightshift/catalogue.hpp>
#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

namespace nightshift::serve {
namespace {

// Columns of the views that are numbers; the others are texts.
const std::set<std::string_view>& number_columns() {
  static const std::set<std::string_view> k_columns{"id",
                                                    "project_id",
                                                    "deployment_id",
                                                    "latitude",
                                                    "longitude",
                                                    "captures_count",
                                                    "events_count",
                                                    "data_source_total_files",
                                                    "data_source_total_size",
                                                    "missing_count",
                                                    "undated_count",
                                                    "duplicate_timestamps"};
  return k_columns;
}

Json value_of(std::string_view column, const std::optional<std::string>& text) {
  if (!text) {
    return {};
  }
  return number_columns().contains(column) ? Json::parse(*text, nullptr, false) : Json(*text);
}

// The rows of a view, none where there is no catalogue yet.
std::vector<Json> rows_of(const CatalogueAt& catalogue, const ViewQuery& query) {
  std::vector<std::string> columns;
  std::vector<Json> rows;
  const auto take_header = [&](std::span<const std::string> names) {
    columns.assign(names.begin(), names.end());
  };
  const auto take_row = [&](ViewRow row) {
    Json json = Json::object();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      json[columns[i]] = value_of(columns[i], row[i]);
    }
    rows.push_back(std::move(json));
  };
  try {
    read_catalogue(catalogue.uri, catalogue.base_folder, query, take_header, take_row);
  } catch (const JobError& error) {
    if (error.code() != error_code::k_not_found) {
      throw;
    }
  }
  return rows;
}

Json deployment_document(const Json& row, const std::string& project) {
  const auto id = row.at("id").get<std::int64_t>();
  const auto project_id = row.at("project_id").get<std::int64_t>();
  Json document{{"id", id},
                {"name", row.at("name")},
                {"details", fmt::format("/api/v2/deployments/{}/", id)},
                {"project",
                 {{"id", project_id},
                  {"name", project},
                  {"details", fmt::format("/api/v2/projects/{}/", project_id)},
                  {"user_permissions", Json::array()}}}};
  for (const auto& [key, value] : row.items()) {
    if (key != "id" && key != "name" && key != "project_id") {
      document[key] = value;
    }
  }
  document["user_permissions"] = Json::array();
  return document;
}

constexpr std::int64_t k_hours = 24;

} // namespace

std::vector<Json> deployment_documents(const CatalogueAt& catalogue,
                                       std::optional<std::int64_t> id) {
  ViewQuery query;
  query.view = View::deployments;
  query.deployment_id = id;
  std::vector<Json> documents = rows_of(catalogue, query);
  const auto names =
      documents.empty() ? std::map<std::int64_t, std::string>() : project_names(catalogue);
  for (Json& row : documents) {
    const auto name = names.find(row.at("project_id").get<std::int64_t>());
    row = deployment_document(row, name != names.end() ? name->second : "");
  }
  return documents;
}

std::vector<Json> session_documents(const CatalogueAt& catalogue, std::int64_t deployment_id) {
  ViewQuery query;
  query.view = View::sessions;
  query.deployment_id = deployment_id;
  return rows_of(catalogue, query);
}

std::map<std::int64_t, std::string> project_names(const CatalogueAt& catalogue) {
  std::map<std::int64_t, std::string> names;
  try {
    for (const ProjectRow& project : read_projects(catalogue.uri, catalogue.base_folder)) {
      names[project.id] = project.name;
    }
  } catch (const JobError& error) {
    if (error.code() != error_code::k_not_found) {
      throw;
    }
  }
  return names;
}

std::int64_t Activity::span() const {
  return empty() ? 0 : (nights.back().date - nights.front().date).count() + 1;
}

std::vector<Activity::Gap> Activity::gaps() const {
  constexpr std::chrono::days k_day{1};
  std::vector<Gap> gaps;
  for (std::size_t i = 1; i < nights.size(); ++i) {
    if (nights[i].date - nights[i - 1].date > k_day) {
      gaps.push_back({nights[i - 1].date + k_day, nights[i].date - k_day});
    }
  }
  return gaps;
}

// An hour belongs to the night whose noon came before it.
Activity to_activity(const std::vector<HourCount>& hours) {
  Activity activity;
  for (const HourCount& hour : hours) {
    const std::int64_t after_noon = hour.hour - k_hours / 2;
    const std::int64_t day = after_noon / k_hours - (after_noon % k_hours < 0 ? 1 : 0);
    const std::chrono::sys_days date{std::chrono::days(day)};
    if (activity.empty() || activity.nights.back().date != date) {
      activity.nights.push_back({date, {}, 0});
    }
    Activity::Night& night = activity.nights.back();
    night.hours[static_cast<std::size_t>(after_noon - day * k_hours)] += hour.captures;
    night.captures += hour.captures;
  }
  return activity;
}

Json to_document(const Activity& activity) {
  Json nights = Json::array();
  for (const Activity::Night& night : activity.nights) {
    nights.push_back(
        {{"night", date_text(night.date)}, {"captures", night.captures}, {"hours", night.hours}});
  }
  Json gaps = Json::array();
  for (const Activity::Gap& gap : activity.gaps()) {
    gaps.push_back({{"first", date_text(gap.first)},
                    {"last", date_text(gap.last)},
                    {"nights", (gap.last - gap.first).count() + 1}});
  }
  return {{"first_hour", k_hours / 2}, {"nights", std::move(nights)}, {"gaps", std::move(gaps)}};
}

std::string date_text(std::chrono::sys_days date) {
  const std::chrono::year_month_day day(date);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

} // namespace nightshift::serve

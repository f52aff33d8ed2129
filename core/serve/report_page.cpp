// SPDX-License-Identifier: Apache-2.0

#include "core/serve/report_page.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/catalogue/open_catalogue.hpp"
#include "core/record/lost_job.hpp"
#include "core/runner/run_folder.hpp"
#include "core/runner/views.hpp"
#include "core/serve/charts.hpp"
#include "core/serve/html_parts.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <vector>

namespace nightshift::serve {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_largest_report = std::size_t{256} << 20U;
constexpr std::size_t k_last_jobs = 20;

// Runs sort by their names, which begin with their times.
std::string last_run(const StateDir& state_dir) {
  std::string last;
  std::error_code error;
  for (fs::directory_iterator entry(state_dir.path() / "runs", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name > last && fs::exists(RunFolder::report_of(entry->path()), ignored)) {
      last = name;
    }
  }
  if (last.empty()) {
    throw permanent_error(error_code::k_not_found,
                          fmt::format("no run has ended in {}", state_dir.path().string()));
  }
  return last;
}

// A name, and no way to elsewhere.
fs::path report_file(const StateDir& state_dir, const std::string& run) {
  const bool plain = !run.empty() && run.find('/') == std::string::npos && run.front() != '.';
  fs::path file = RunFolder::report_of(state_dir.path() / "runs" / run);
  std::error_code ignored;
  if (!plain || !fs::exists(file, ignored)) {
    throw permanent_error(error_code::k_not_found,
                          fmt::format("there is no run {} that has ended in {}", one_line(run),
                                      state_dir.path().string()));
  }
  return file;
}

Json read_report(const fs::path& file) {
  Json report = Json::parse(read_file(file, k_largest_report), nullptr, false);
  if (!report.is_object() || !report.contains("jobs") || !report["jobs"].is_array()) {
    throw permanent_error(error_code::k_bad_data,
                          fmt::format("{} is no report of a run", file.string()));
  }
  return report;
}

std::string text_of(const Json& json) {
  return json.is_null() ? "–" : json.is_string() ? html(json.get<std::string>()) : json.dump();
}

std::string number_of(const Json& json) {
  return json.is_number() ? grouped(json.get<std::int64_t>()) : "–";
}

std::string seconds_of(const Json& json) {
  return json.is_number() ? fmt::format("{:.2f} s", json.get<double>()) : "–";
}

std::string bytes_of(const Json& json) {
  return json.is_number() ? size_label(json.get<std::int64_t>()) : "–";
}

const Json& at(const Json& json, const std::string& pointer) {
  static const Json k_none;
  const Json::json_pointer path(pointer);
  return json.contains(path) ? json[path] : k_none;
}

std::string run_summary(const Json& report) {
  return tiles_html({{"Jobs", number_of(at(report, "/summary/jobs/total"))},
                     {"Succeeded", number_of(at(report, "/summary/jobs/success"))},
                     {"Failed", number_of(at(report, "/summary/jobs/failure"))},
                     {"Revoked", number_of(at(report, "/summary/jobs/revoked"))},
                     {"New", number_of(at(report, "/summary/counts/new"))},
                     {"Changed", number_of(at(report, "/summary/counts/changed"))},
                     {"Missing", number_of(at(report, "/summary/counts/missing"))},
                     {"Took", seconds_of(at(report, "/wall_s"))},
                     {"Memory", bytes_of(at(report, "/resources/max_rss_bytes"))}});
}

// "2025-01-14T21:48:29Z" as people write it.
std::string time_of(const Json& value) {
  constexpr std::size_t k_date = 10;
  std::string text = text_of(value);
  if (text.size() > k_date && text[k_date] == 'T') {
    text[k_date] = ' ';
  }
  if (text.ends_with('Z')) {
    text.replace(text.size() - 1, 1, " UTC");
  }
  return text;
}

std::string run_facts(const Json& report) {
  return "<section class=\"card\">" +
         facts_html({{"Began", time_of(at(report, "/started"))},
                     {"Ended", time_of(at(report, "/finished"))},
                     {"Exit code", text_of(at(report, "/exit_code")) + " (" +
                                       text_of(at(report, "/exit_name")) + ")"},
                     {"Job file", text_of(at(report, "/job_file/path"))},
                     {"Host", text_of(at(report, "/environment/host"))},
                     {"Version", text_of(at(report, "/environment/version"))}}) +
         "</section>\n";
}

std::string run_jobs(const Json& report) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& job : report.at("jobs")) {
    const std::string id = text_of(at(job, "/id"));
    rows.push_back(
        {badge_html(at(job, "/status").get<std::string>(), job.value("reason", Json()).is_string()
                                                               ? job["reason"].get<std::string>()
                                                               : std::string()),
         fmt::format("<a href=\"#job-{}\">{}</a>", id, text_of(at(job, "/name"))),
         number_of(at(job, "/counts/new")), number_of(at(job, "/counts/changed")),
         number_of(at(job, "/counts/missing")), number_of(at(job, "/counts/failed")),
         seconds_of(at(job, "/wall_s"))});
  }
  return "<section class=\"card\"><h2>Jobs</h2>" +
         table_html("Jobs", {"Status", "Job", "New", "Changed", "Missing", "Failed", "Took"},
                    rows) +
         "</section>\n";
}

Activity activity_of(const CatalogueAt& catalogue, std::int64_t deployment_id) {
  try {
    return to_activity(read_hour_counts(catalogue.uri, catalogue.base_folder, deployment_id));
  } catch (const JobError& error) {
    if (error.code() != error_code::k_not_found) {
      throw;
    }
    return {};
  }
}

std::string deployment_section(const CatalogueAt& catalogue, const Json& deployment) {
  const auto id = deployment.at("id").get<std::int64_t>();
  return tiles_html({{"Captures", number_of(deployment.at("captures_count"))},
                     {"Sessions", number_of(deployment.at("events_count"))},
                     {"Size", bytes_of(deployment.at("data_source_total_size"))},
                     {"Missing", number_of(deployment.at("missing_count"))},
                     {"Undated", number_of(deployment.at("undated_count"))}}) +
         activity_html(activity_of(catalogue, id));
}

std::string sessions_section(const CatalogueAt& catalogue, std::int64_t deployment_id) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& session : session_documents(catalogue, deployment_id)) {
    rows.push_back({text_of(session.at("night")), time_of(session.at("start")),
                    time_of(session.at("end")), number_of(session.at("captures_count"))});
  }
  return fmt::format(
      "<section class=\"card\"><h3>Sessions: {}</h3>{}</section>\n",
      grouped(static_cast<std::int64_t>(rows.size())),
      rows.empty() ? "" : table_html("Sessions", {"Night", "From", "To", "Captures"}, rows));
}

std::string last_jobs_section(const StateDir& state_dir, std::int64_t deployment_id) {
  JobQuery query;
  query.deployments = {deployment_id};
  query.most = k_last_jobs;
  std::vector<std::vector<std::string>> rows;
  for (const JobSummary& job : list_jobs(state_dir, query, [](std::int64_t) {})) {
    rows.push_back({badge_html(to_string(job.status), job.reason),
                    html(fmt::format("#{} {}", job.id, one_line(job.name))),
                    job.started ? local_log_text(*job.started) : "–",
                    job.seconds() ? fmt::format("{:.2f} s", *job.seconds()) : "–"});
  }
  return rows.empty() ? ""
                      : "<section class=\"card\"><h3>Last jobs</h3>" +
                            table_html("Last jobs", {"Status", "Job", "Began", "Took"}, rows) +
                            "</section>\n";
}

// Jobs that were removed since are in the run's own report only.
std::string job_sections(const StateDir& state_dir, const CatalogueAt& catalogue,
                         const Json& report) {
  std::string text;
  std::set<std::int64_t> shown;
  for (const Json& job : report.at("jobs")) {
    const auto folder = state_dir.find_job(job.at("id").get<std::int64_t>());
    if (!folder) {
      continue;
    }
    const JobRecord record = look_at_job(*folder);
    text += job_html(record);
    if (!record.deployment || !shown.insert(record.deployment->id).second) {
      continue;
    }
    for (const Json& deployment : deployment_documents(catalogue, record.deployment->id)) {
      text += deployment_section(catalogue, deployment);
    }
  }
  return text;
}

} // namespace

std::string run_report_html(const StateDir& state_dir, const CatalogueAt& catalogue,
                            const std::optional<std::string>& run) {
  const std::string name = run ? *run : last_run(state_dir);
  const Json report = read_report(report_file(state_dir, name));
  const std::string title = "Nightshift: run " + name;
  return document_html(title, fmt::format("<h1>{}</h1>\n", html(title)) + run_summary(report) +
                                  run_facts(report) + run_jobs(report) +
                                  job_sections(state_dir, catalogue, report));
}

std::string deployment_report_html(const StateDir& state_dir, const CatalogueAt& catalogue,
                                   std::int64_t deployment_id) {
  const std::vector<Json> deployments = deployment_documents(catalogue, deployment_id);
  if (deployments.empty()) {
    throw permanent_error(
        error_code::k_not_found,
        fmt::format("the catalogue has no deployment {}; see \"nightshift catalogue deployments\"",
                    deployment_id));
  }
  const Json& deployment = deployments.front();
  const std::string title = deployment.at("name").get<std::string>();
  return document_html(
      title, fmt::format("<h1>{}</h1>\n<p class=\"quiet\">#{} · {} · last sync {}</p>\n",
                         html(title), deployment_id, text_of(deployment.at("project").at("name")),
                         time_of(deployment.at("data_source_last_checked"))) +
                 deployment_section(catalogue, deployment) +
                 sessions_section(catalogue, deployment_id) +
                 last_jobs_section(state_dir, deployment_id));
}

} // namespace nightshift::serve

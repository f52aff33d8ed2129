// SPDX-License-Identifier: Apache-2.0

#include "core/runner/preview_view.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace nightshift {
namespace {

constexpr const char* k_plan_schema = "nightshift.plan/1";
constexpr std::size_t k_widest_name = 48;
constexpr std::array k_columns{Counter::added, Counter::changed, Counter::missing,
                               Counter::undated};

std::string sessions_text(const SessionChanges& sessions) {
  std::string text;
  const auto add = [&text](std::int64_t count, const char* word) {
    if (count != 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(count), word);
    }
  };
  add(sessions.added, "new");
  add(sessions.changed, "changed");
  add(sessions.gone, "gone");
  return text.empty() ? "-" : text;
}

// "would fail (mass_loss): ..."; "" for a success.
std::string verdict(const JobPreview& job) {
  switch (job.outcome) {
  case JobPreview::Outcome::success:
    return {};
  case JobPreview::Outcome::failure:
    return fmt::format("would fail ({}): {}", job.reason, one_line(job.message));
  case JobPreview::Outcome::skipped:
    return fmt::format("would be skipped ({}): {}", job.reason, one_line(job.message));
  case JobPreview::Outcome::untried:
  case JobPreview::Outcome::unfinished:
    break;
  }
  return fmt::format("not known: {}", one_line(job.message));
}

std::string job_lines(const JobPreview& job, std::size_t width) {
  std::string text = fmt::format("{:<{}}", one_line(job.name), width);
  const bool tried =
      job.outcome == JobPreview::Outcome::success || job.outcome == JobPreview::Outcome::failure;
  for (const Counter column : k_columns) {
    text += fmt::format("  {:>9}", tried ? grouped(job.counter(column)) : "-");
  }
  text += fmt::format("  {}\n", tried ? sessions_text(job.sessions) : "-");
  if (const std::string why = verdict(job); !why.empty()) {
    text += fmt::format("    {}\n", why);
  }
  if (const std::int64_t passed_over = job.counter(Counter::passed_over); passed_over != 0) {
    text += fmt::format("    {} passed over: what was written to in place among them is not seen\n",
                        grouped(passed_over));
  }
  for (const std::string& warning : job.warnings) {
    text += fmt::format("    {}\n", one_line(warning));
  }
  return text;
}

SessionChanges all_sessions(const Preview& preview) {
  SessionChanges all;
  for (const JobPreview& job : preview.jobs) {
    all.added += job.sessions.added;
    all.changed += job.sessions.changed;
    all.gone += job.sessions.gone;
  }
  return all;
}

std::int64_t sum(const Preview& preview, Counter counter) {
  std::int64_t all = 0;
  for (const JobPreview& job : preview.jobs) {
    all += job.counter(counter);
  }
  return all;
}

std::string closing_line(const Preview& preview) {
  const auto count = [&](JobPreview::Outcome outcome) {
    return std::count_if(preview.jobs.begin(), preview.jobs.end(),
                         [&](const JobPreview& job) { return job.outcome == outcome; });
  };
  std::string text =
      fmt::format("{} job{}: {} would succeed", preview.jobs.size(),
                  preview.jobs.size() == 1 ? "" : "s", count(JobPreview::Outcome::success));
  for (const auto& [outcome, word] :
       {std::pair{JobPreview::Outcome::failure, "would fail"},
        std::pair{JobPreview::Outcome::skipped, "would be skipped"},
        std::pair{JobPreview::Outcome::untried, "cannot be tried"},
        std::pair{JobPreview::Outcome::unfinished, "not looked at to the end"}}) {
    if (const auto jobs = count(outcome); jobs != 0) {
      text += fmt::format(", {} {}", jobs, word);
    }
  }
  return text + "; nothing was written\n";
}

Json sessions_document(const SessionChanges& sessions) {
  return {{"new", sessions.added}, {"changed", sessions.changed}, {"gone", sessions.gone}};
}

Json job_document(const JobPreview& job) {
  Json counts = Json::object();
  for (std::size_t i = 0; i < k_counter_names.size(); ++i) {
    counts[std::string(k_counter_names[i])] = job.counters[i];
  }
  const Json deployment =
      job.deployment ? Json{{"id", job.deployment->id}, {"name", job.deployment->name}} : Json();
  return {{"name", job.name},
          {"definition", job.definition_name},
          {"type", job.type},
          {"deployment", deployment},
          {"outcome", to_string(job.outcome)},
          {"reason", text_or_null(job.reason)},
          {"message", text_or_null(job.message)},
          {"counts", std::move(counts)},
          {"sessions", sessions_document(job.sessions)},
          {"warnings", job.warnings}};
}

} // namespace

std::string to_text(const Preview& preview) {
  std::size_t width = std::string_view("JOB").size();
  for (const JobPreview& job : preview.jobs) {
    width = std::max(width, std::min(one_line(job.name).size(), k_widest_name));
  }
  std::string text = fmt::format("{:<{}}  {:>9}  {:>9}  {:>9}  {:>9}  {}\n", "JOB", width, "NEW",
                                 "CHANGED", "MISSING", "UNDATED", "SESSIONS");
  for (const JobPreview& job : preview.jobs) {
    text += job_lines(job, width);
  }
  if (!preview.problem.empty()) {
    text += fmt::format("a run would be refused: {}\n", one_line(preview.problem));
  } else if (!preview.catalogue.empty() && !preview.catalogue_exists) {
    text += fmt::format("{} would be made\n", preview.catalogue);
  }
  return text + closing_line(preview);
}

Json to_document(const Preview& preview) {
  Json jobs = Json::array();
  for (const JobPreview& job : preview.jobs) {
    jobs.push_back(job_document(job));
  }
  Json totals = Json::object();
  for (std::size_t i = 0; i < k_counter_names.size(); ++i) {
    totals[std::string(k_counter_names[i])] = sum(preview, static_cast<Counter>(i));
  }
  return {{"schema", k_plan_schema},
          {"catalogue", text_or_null(preview.catalogue)},
          {"catalogue_exists", preview.catalogue_exists},
          {"problem", text_or_null(preview.problem)},
          {"jobs", std::move(jobs)},
          {"totals",
           {{"counts", std::move(totals)}, {"sessions", sessions_document(all_sessions(preview))}}},
          {"exit_code", static_cast<int>(preview.exit_code)}};
}

} // namespace nightshift

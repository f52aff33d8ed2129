// SPDX-License-Identifier: Apache-2.0

#include "core/serve/html_parts.hpp"

#include "core/base/text.hpp"
#include "core/record/report.hpp"
#include "core/serve/charts.hpp"
#include "core/serve/page_files.hpp"

#include <nightshift/job_status.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace nightshift::serve {
namespace {

constexpr std::size_t k_log_lines = 50;

std::string_view kind_of(std::string_view status) {
  if (status == "SUCCESS") {
    return "good";
  }
  if (status == "FAILURE") {
    return "bad";
  }
  return status == "REVOKED" || status == "CANCELING" ? "warn" : status == "CREATED" ? "" : "live";
}

std::string seconds_text(const std::optional<double>& seconds) {
  return seconds ? fmt::format("{:.2f} s", *seconds) : "–";
}

std::string card(std::string_view title, std::string_view body) {
  return fmt::format("<section class=\"card\"><h3>{}</h3>{}</section>\n", html(title), body);
}

std::string stages_html(const JobRecord& job) {
  std::string text;
  for (const StageRecord& stage : job.stages) {
    std::string parameters;
    for (const StageRecord::Parameter& parameter : stage.parameters) {
      parameters +=
          fmt::format("<span>{}: {}</span>", html(parameter.name), grouped(parameter.value));
    }
    text += fmt::format(
        "<div class=\"stage\"><div class=\"stage-head\"><strong>{0}</strong><span>{1} {2}</span>"
        "</div><div class=\"bar\"><progress class=\"{3}\" max=\"1\" value=\"{4:.3f}\" "
        "aria-label=\"Progress of {0}\"></progress><span>{5:.1f}%</span></div>"
        "<div class=\"stage-params\">{6}</div></div>",
        html(stage.name), badge_html(to_string(stage.status), ""), seconds_text(stage.wall_seconds),
        kind_of(to_string(stage.status)), stage.progress, stage.progress * 100, parameters);
  }
  return text.empty() ? "" : card("Stages", text);
}

std::string attempts_html(const JobRecord& job) {
  std::vector<std::vector<std::string>> rows;
  for (const AttemptRecord& attempt : job.attempts) {
    rows.push_back({std::to_string(attempt.number),
                    badge_html(to_string(attempt.status), attempt.reason),
                    local_log_text(attempt.started),
                    attempt.finished ? local_log_text(*attempt.finished) : "–",
                    html(fmt::format("{}, pid {}", one_line(attempt.host), attempt.pid)),
                    attempt.error ? html(one_line(attempt.error->message)) : "–"});
  }
  return rows.empty() ? ""
                      : card("Attempts",
                             table_html("Attempts",
                                        {"#", "Status", "Began", "Ended", "Where", "Why"}, rows));
}

std::string failed_html(const JobRecord& job) {
  std::vector<std::vector<std::string>> rows;
  for (const FailedItem& item : job.failed_items) {
    rows.push_back({html(one_line(item.key)), html(one_line(item.why))});
  }
  if (rows.empty()) {
    return "";
  }
  const auto count =
      std::max(job.total(Counter::failed), static_cast<std::int64_t>(job.failed_items.size()));
  return card(fmt::format("Could not be examined: {}", grouped(count)),
              table_html("Objects that could not be examined", {"Key", "Why"}, rows));
}

std::string log_html(const JobRecord& job) {
  std::string lines;
  const std::size_t first = job.log.size() - std::min(job.log.size(), k_log_lines);
  for (std::size_t at = first; at < job.log.size(); ++at) {
    const LogLine& line = job.log[at];
    const bool bad = line.severity >= Severity::error;
    lines += fmt::format("<div class=\"{}\">[{}] {} {}</div>", bad ? "bad" : "",
                         local_log_text(line.time), to_string(line.severity),
                         html(one_line(line.message)));
  }
  return lines.empty() ? ""
                       : card(first == 0 ? "Log" : "The end of its log",
                              fmt::format("<div class=\"log\">{}</div>", lines));
}

} // namespace

std::string document_html(std::string_view title, std::string_view body) {
  return fmt::format("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n"
                     "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n"
                     "<main>\n{}</main>\n</body>\n</html>\n",
                     html(title), style_sheet(), body);
}

std::string tiles_html(const Facts& tiles) {
  std::string text;
  for (const auto& [name, value] : tiles) {
    text += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", html(name), value);
  }
  return fmt::format("<dl class=\"tiles\">{}</dl>\n", text);
}

std::string facts_html(const Facts& facts) {
  std::string text;
  for (const auto& [name, value] : facts) {
    text += fmt::format("<dt>{}</dt><dd>{}</dd>", html(name), value);
  }
  return fmt::format("<dl class=\"facts\">{}</dl>\n", text);
}

std::string table_html(std::string_view caption, const std::vector<std::string_view>& columns,
                       const std::vector<std::vector<std::string>>& rows) {
  std::string head;
  for (const std::string_view column : columns) {
    head += fmt::format("<th scope=\"col\">{}</th>", html(column));
  }
  std::string body;
  for (const std::vector<std::string>& row : rows) {
    body += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      body += fmt::format("<td data-label=\"{}\">{}</td>", html(columns[i]), row[i]);
    }
    body += "</tr>\n";
  }
  return fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">"
                     "<table{3}><caption class=\"unseen\">{0}</caption><thead><tr>{1}</tr></thead>"
                     "<tbody>\n{2}</tbody></table></div>\n",
                     html(caption), head, body, columns.size() > 3 ? " class=\"list\"" : "");
}

std::string badge_html(std::string_view status, std::string_view reason) {
  return fmt::format("<span class=\"badge {}\">{}{}</span>", kind_of(status), html(status),
                     reason.empty() ? "" : fmt::format(" ({})", html(reason)));
}

std::string job_html(const JobRecord& job) {
  std::string text =
      fmt::format("<h2 id=\"job-{0}\">{1} <span class=\"quiet\">#{0}</span></h2>\n"
                  "<p>{2}</p>\n",
                  job.id, html(one_line(job.name)), badge_html(to_string(job.status), job.reason));
  if (job.error) {
    text +=
        fmt::format("<div class=\"problem\"><p>{}</p></div>\n", html(one_line(job.error->message)));
  }
  const std::string counts = counts_text(job);
  text +=
      card("About",
           facts_html({{"Deployment", job.deployment ? html(one_line(job.deployment->name)) : "–"},
                       {"Type", html(job.type_name)},
                       {"Captures", counts.empty() ? "–" : html(counts)},
                       {"Began", job.started ? local_log_text(*job.started) : "–"},
                       {"Took", seconds_text(job.seconds(job.updated))}}));
  return text + stages_html(job) + attempts_html(job) + failed_html(job) + log_html(job);
}

std::string activity_html(const Activity& activity) {
  if (activity.empty()) {
    return "<p class=\"quiet\">There are no captures with a time.</p>\n";
  }
  const auto scroll = [](std::string_view label, const std::string& svg) {
    return fmt::format(R"(<div class="scroll" tabindex="0" role="region" aria-label="{}">{}</div>)",
                       label, svg);
  };
  std::vector<std::vector<std::string>> gaps;
  for (const Activity::Gap& gap : activity.gaps()) {
    gaps.push_back(
        {date_text(gap.first), date_text(gap.last), grouped((gap.last - gap.first).count() + 1)});
  }
  return card("Captures by hour and night",
              scroll("Captures by hour and night", heat_map_svg(activity))) +
         card("Captures per night", scroll("Captures per night", nights_svg(activity))) +
         card("Gaps", gaps.empty() ? "<p class=\"quiet\">None.</p>"
                                   : table_html("Gaps", {"From", "To", "Nights"}, gaps));
}

} // namespace nightshift::serve

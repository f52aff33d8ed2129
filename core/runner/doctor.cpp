// SPDX-License-Identifier: Apache-2.0

#include "core/runner/doctor.hpp"

#include "core/base/cpu_budget.hpp"
#include "core/base/text.hpp"
#include "core/catalogue/open_catalogue.hpp"
#include "core/runner/doctor_sources.hpp"
#include "core/runner/doctor_state.hpp"
#include "core/runner/environment.hpp"
#include "core/runner/file_secrets.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace nightshift {
namespace {

constexpr const char* k_doctor_schema = "nightshift.doctor/1";

// What an examination needs to know of a job file.
struct Site {
  std::optional<JobFile> file;
  std::optional<std::filesystem::path>
      state_dir; // nothing: the job file would say, but for mistakes
  std::string catalogue = "sqlite:catalogue.db";
};

// `findings` gets what is wrong with the job file.
Site find_site(const DoctorOptions& options, std::vector<Finding>& findings) {
  Site site;
  if (options.job_file) {
    try {
      site.file = read_job_file(options.job_file->job_file, options.job_file->overrides);
      site.catalogue = site.file->catalogue;
    } catch (const JobError& error) {
      findings.push_back({"job file", false, error.what()});
    } catch (const JobFileError& error) {
      findings.push_back({"job file", false, error.what()});
    }
  }
  if (site.file || !options.job_file) {
    site.state_dir =
        find_state_dir(options.state_dir, site.file ? site.file->state_dir : std::nullopt).path();
  }
  return site;
}

Finding examine_job_file(const JobFileOptions& options, PluginRegistry& registry) {
  try {
    const PlannedFile file = plan_job_file(options, registry, PlanFor::preview);
    return {"job file", true,
            fmt::format("{}: {} job{}, no mistakes", options.job_file.string(),
                        file.plan.jobs.size(), file.plan.jobs.size() == 1 ? "" : "s")};
  } catch (const std::exception& error) { // JobFileError, PlanError, JobError
    return {"job file", false, error.what()};
  }
}

Finding examine_threads(std::optional<int> asked) {
  const CpuBudget budget = cpu_budget(asked);
  std::string limits;
  for (const CpuBudget::Limit& limit : budget.limits) {
    limits += fmt::format("{}{} {}", limits.empty() ? "" : ", ", limit.source, limit.threads);
  }
  return {"threads", true, fmt::format("{}, by {} ({})", budget.threads, budget.source, limits)};
}

Finding examine_scheduler() {
  const Json facts = scheduler_facts();
  return {"scheduler", true,
          facts.is_object()
              ? fmt::format("in {} job {}", facts.value("kind", ""), facts.value("job_id", ""))
              : "not in a batch job"};
}

void examine_plugins(const DoctorOptions& options, PluginRegistry& registry,
                     std::vector<Finding>& findings) {
  registry.load_all();
  for (const std::filesystem::path& folder : options.plugin_folders) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) {
      findings.push_back({"plugins", false,
                          fmt::format("{} is no folder; correct --plugin-dir, or install the "
                                      "program's plugins there",
                                      folder.string())});
    }
  }
  for (const PluginInfo& plugin : registry.plugins()) {
    findings.push_back({"plugin " + plugin.name, true,
                        fmt::format("{} {}", plugin.version, plugin.path.string())});
  }
  for (const PluginError& problem : registry.problems()) {
    findings.push_back({"plugin", false, problem.what()});
  }
  if (registry.plugins().empty() && registry.problems().empty()) {
    findings.push_back({"plugins", false,
                        "there are none, so nothing can be run; name their folder with "
                        "--plugin-dir"});
  }
}

Finding examine_catalogue_of(const std::string& uri, const std::filesystem::path& state_dir) {
  try {
    check_catalogue(uri, state_dir);
    const CatalogueState state = examine_catalogue(uri, state_dir);
    const std::string name = describe_catalogue(uri, state_dir);
    switch (state) {
    case CatalogueState::absent:
      return {"catalogue", true, name + " would be made by the first run"};
    case CatalogueState::whole:
      return {"catalogue", true, name + " is whole"};
    case CatalogueState::to_be_recovered:
      break;
    }
    return {"catalogue", true,
            name + " was left in the midst of writing; the next run recovers it"};
  } catch (const JobError& error) {
    return {"catalogue", false, error.what()};
  }
}

void hide_secrets(const JobFile& file, std::vector<Finding>& findings) {
  const std::vector<PutIn> secrets = secrets_of(file);
  for (Finding& finding : findings) {
    finding.text = without_secrets(std::move(finding.text), secrets);
  }
}

std::string coloured_word(bool good, bool coloured) {
  const std::string word = good ? "ok   " : "wrong";
  return coloured ? fmt::format("\x1B[{}m{}\x1B[0m", good ? "32" : "1;31", word) : word;
}

// Several lines, as those of a job file's mistakes, below each other.
std::string indented(const std::string& text, std::size_t width) {
  std::string lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines += lines.empty() ? "" : '\n' + std::string(width, ' ');
    lines += one_line(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

} // namespace

std::vector<Finding> examine(const DoctorOptions& options, PluginRegistry& registry) {
  std::vector<Finding> findings;
  const Site site = find_site(options, findings);
  if (site.state_dir) {
    for (Finding& finding : examine_state_dir(*site.state_dir)) {
      findings.push_back(std::move(finding));
    }
  } else {
    findings.push_back({"state directory", false,
                        "not looked at, nor the catalogue: the job file says where they are; "
                        "correct it first"});
  }
  findings.push_back(examine_threads(options.threads));
  findings.push_back(examine_scheduler());
  examine_plugins(options, registry, findings);
  if (site.state_dir) {
    findings.push_back(examine_catalogue_of(site.catalogue, *site.state_dir));
  }
  if (site.file) {
    findings.push_back(examine_job_file(*options.job_file, registry));
    for (Finding& finding : examine_sources(*site.file)) {
      findings.push_back(std::move(finding));
    }
  }
  if (site.file) {
    hide_secrets(*site.file, findings);
  }
  return findings;
}

bool all_good(const std::vector<Finding>& findings) {
  return std::all_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.good; });
}

std::string to_text(const std::vector<Finding>& findings, bool coloured) {
  std::size_t width = 0;
  for (const Finding& finding : findings) {
    width = std::max(width, finding.check.size());
  }
  std::string text;
  for (const Finding& finding : findings) {
    constexpr std::size_t k_word = 5;
    constexpr std::size_t k_gaps = 4;
    text += fmt::format("{}  {:<{}}  {}\n", coloured_word(finding.good, coloured),
                        one_line(finding.check), width,
                        indented(finding.text, k_word + k_gaps + width));
  }
  return text;
}

Json to_document(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"check", finding.check}, {"good", finding.good}, {"text", finding.text}});
  }
  return {{"schema", k_doctor_schema}, {"good", all_good(findings)}, {"findings", std::move(list)}};
}

} // namespace nightshift

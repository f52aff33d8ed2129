// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_teller.hpp"

#include "core/base/hash.hpp"
#include "core/base/text.hpp"
#include "core/runner/environment.hpp"

#include <nightshift/units.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <utility>

namespace nightshift {

JobTeller::JobTeller(const PlannedJob& job, JobRecorder& recorder, const RunServices& services)
    : job_(job),
      recorder_(recorder),
      services_(services) {}

void JobTeller::attempt(int number) const {
  Json plugins = Json::array();
  for (const JobType* type : job_.work->stages) {
    const PluginInfo* plugin =
        services_.registry != nullptr ? services_.registry->plugin_of(type->info().key) : nullptr;
    if (plugin != nullptr) {
      plugins.push_back({{"stage", type->info().key},
                         {"name", plugin->name},
                         {"version", plugin->version},
                         {"sha256", plugin->sha256}});
    }
  }
  recorder_.emit(EventKind::job_attempt,
                 {{"attempt", number},
                  {"run", services_.run},
                  {"host", host_name()},
                  {"pid", process_id()},
                  {"threads", {{"n", services_.cpu.threads}, {"source", services_.cpu.source}}},
                  {"scheduler", scheduler_facts()},
                  {"plugins", std::move(plugins)},
                  {"definition_sha256", sha256(to_line(to_json(job_.setup)))}});
  recorder_.emit(EventKind::job_status, {{"status", to_string(JobStatus::pending)}});
  recorder_.log(Severity::info, fmt::format("Running {} (PENDING)", job_text()));
}

void JobTeller::stages() const {
  const auto delay = job_.setup.definition->delay;
  if (delay.count() > 0) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(delay).count();
    recorder_.emit(EventKind::stage_added,
                   {{"name", "Delay"},
                    {"parameters",
                     Json::array({{{"name", "Delay"}, {"key", k_delay_key}, {"value", seconds}}})}},
                   k_delay_key);
  }
  for (const JobType* type : job_.work->stages) {
    Json parameters = Json::array();
    for (const std::string& name : type->info().stage_parameters) {
      parameters.push_back({{"name", name}, {"key", key_from_name(name)}, {"value", 0}});
    }
    recorder_.emit(EventKind::stage_added,
                   {{"name", type->info().name}, {"parameters", std::move(parameters)}},
                   type->info().key);
  }
}

void JobTeller::opening() const {
  const JobTypeInfo& info = job_.work->type->info();
  if (!info.opening.empty()) {
    recorder_.log(Severity::info, expand(info.opening), info.key);
  }
}

void JobTeller::closing() const {
  const JobTypeInfo& info = job_.work->type->info();
  if (!info.closing.empty()) {
    recorder_.log(Severity::info, expand(info.closing), info.key);
  }
}

void JobTeller::stopping(StopReason reason) const {
  if (reason == StopReason::interrupted || reason == StopReason::checkpoint) {
    recorder_.log(Severity::warning,
                  fmt::format("Stopping: what is open is finished first, within {}; INT aborts it",
                              print_duration(services_.grace)));
  }
}

void JobTeller::stalled(const std::string& stage, const std::vector<ThreadPlace>& places) const {
  constexpr std::size_t k_most_shown = 16;
  const RunLimits& limits = job_.setup.definition->limits;
  std::string text =
      fmt::format("Nothing has moved for {}; ", print_duration(limits.stall_timeout));
  text += limits.cancel_stalled ? "the job is stopped." : "the job goes on.";
  text += " Threads:";
  Json threads = Json::array();
  for (const ThreadPlace& place : places) {
    threads.push_back(to_json(place));
    if (threads.size() <= k_most_shown) {
      text += fmt::format("{} {}", threads.size() == 1 ? "" : ";", to_text(place));
    }
  }
  if (threads.size() > k_most_shown) {
    text += fmt::format("; and {} more", threads.size() - k_most_shown);
  }
  recorder_.emit_logged(EventKind::stalled, Severity::warning, std::move(text),
                        {{"seconds", std::chrono::duration<double>(limits.stall_timeout).count()},
                         {"threads", std::move(threads)}},
                        stage);
}

void JobTeller::status(JobStatus status, const JobOutcome* outcome) const {
  Json attributes{{"status", to_string(status)}};
  if (outcome != nullptr && !outcome->reason.empty()) {
    attributes["reason"] = outcome->reason;
  }
  if (outcome != nullptr && outcome->error) {
    attributes["error"] = {{"class", outcome->error->error_class},
                           {"code", outcome->error->code},
                           {"message", outcome->error->message}};
  }
  if (is_final(status)) {
    attributes["run"] = services_.run;
  }
  recorder_.emit_logged(
      EventKind::job_status, Severity::info,
      fmt::format("Changing status of job {} to {}", recorder_.folder().id, to_string(status)),
      std::move(attributes), {});
}

void JobTeller::retry(const JobOutcome& outcome, int next, std::chrono::milliseconds delay) const {
  const double seconds = std::chrono::duration<double>(delay).count();
  recorder_.log(Severity::warning, outcome.error->message);
  status(JobStatus::retry, &outcome);
  recorder_.emit_logged(
      EventKind::retry, Severity::warning,
      fmt::format("Trying again in {:.1f} s (attempt {} of {})", seconds, next,
                  job_.setup.definition->limits.attempts),
      {{"attempt", next}, {"delay_s", seconds}, {"at", utc_text(system_now() + delay)}}, {});
}

void JobTeller::end(const JobOutcome& outcome) const {
  const JobRecorder::Together together(recorder_);
  if (outcome.error && outcome.status == JobStatus::failure) {
    recorder_.log(Severity::error, outcome.error->message);
  } else if (outcome.error) {
    recorder_.log(Severity::warning, outcome.error->message);
  }
  status(outcome.status, &outcome);
  recorder_.log(Severity::info,
                fmt::format("Finished {} ({})", job_text(), to_string(outcome.status)));
}

std::string JobTeller::job_text() const {
  return fmt::format("job #{} \"{}\"", recorder_.folder().id, job_.setup.name);
}

std::string JobTeller::expand(const std::string& text) const {
  std::string expanded = text;
  const auto replace = [&expanded](std::string_view placeholder, const std::string& value) {
    for (auto at = expanded.find(placeholder); at != std::string::npos;
         at = expanded.find(placeholder, at + value.size())) {
      expanded.replace(at, placeholder.size(), value);
    }
  };
  replace("{job.name}", job_.setup.name);
  if (const Deployment* deployment = job_.setup.deployment.get()) {
    replace("{deployment.id}", std::to_string(deployment->id));
    replace("{deployment.name}", deployment->name);
  }
  return expanded;
}

} // namespace nightshift

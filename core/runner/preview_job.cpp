// SPDX-License-Identifier: Apache-2.0

#include "core/runner/preview_job.hpp"

#include "core/base/regex.hpp"
#include "core/config/interpolation.hpp"
#include "core/runner/deployment_turn.hpp"
#include "core/runner/job_outcome.hpp"
#include "core/runner/stage_check.hpp"
#include "core/runner/tbb_executor.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace nightshift {
namespace {

constexpr std::size_t k_most_warnings = 10;

// The first of a job's warnings.
class Warnings {
 public:
  void add(std::string text) {
    const std::scoped_lock lock(mutex_);
    if (kept_.size() < k_most_warnings) {
      kept_.push_back(std::move(text));
    }
  }

  [[nodiscard]] std::vector<std::string> take() { return std::move(kept_); }

 private:
  std::mutex mutex_;
  std::vector<std::string> kept_;
};

class WarningLogger final : public Logger {
 public:
  explicit WarningLogger(Warnings& warnings) : warnings_(warnings) {}

  [[nodiscard]] bool enabled(Severity severity) const noexcept override {
    return severity >= Severity::warning;
  }

  void write(Severity severity, std::string_view message) noexcept override {
    if (enabled(severity)) {
      warnings_.add(std::string(message));
    }
  }

 private:
  Warnings& warnings_;
};

class PreviewHost final : public Host {
 public:
  explicit PreviewHost(Warnings& warnings) : warnings_(warnings) {}

  [[nodiscard]] std::unique_ptr<Pattern> compile(std::string_view regex) override {
    return compile_regex(regex);
  }

  void item_failed(std::string_view key, std::string_view why) override {
    warnings_.add(fmt::format("{}: {}", printable_key(key), why));
  }

 private:
  Warnings& warnings_;
};

// A deployment's sessions by id, each as the text of its other columns.
using Sessions = std::map<std::string, std::string, std::less<>>;

Sessions sessions_of(Catalogue& catalogue, std::int64_t deployment) {
  Sessions sessions;
  catalogue.read(
      {View::sessions, deployment, std::nullopt}, [](std::span<const std::string>) {},
      [&](ViewRow row) {
        std::string columns;
        for (std::size_t at = 1; at < row.size(); ++at) {
          columns += row[at].value_or("") + '\n';
        }
        sessions.emplace(row[0].value_or(""), std::move(columns));
      });
  return sessions;
}

SessionChanges changes(const Sessions& before, const Sessions& after) {
  SessionChanges found;
  for (const auto& [id, columns] : after) {
    const auto was = before.find(id);
    found.added += was == before.end() ? 1 : 0;
    found.changed += was != before.end() && was->second != columns ? 1 : 0;
  }
  found.gone = static_cast<std::int64_t>(before.size()) + found.added -
               static_cast<std::int64_t>(after.size());
  return found;
}

class Trial {
 public:
  Trial(const PlannedJob& job, const PreviewServices& services) : job_(job), services_(services) {}

  JobPreview run() {
    JobPreview preview = named_preview(job_);
    try {
      run_all(preview);
      preview.outcome = JobPreview::Outcome::success;
    } catch (...) { // a plugin may throw anything; all of it becomes an outcome
      take_failure(preview, outcome_of_current_exception());
    }
    preview.warnings = warnings_.take();
    hide_secrets(preview);
    return preview;
  }

 private:
  void run_all(JobPreview& preview) {
    const CpuShares::Holder share(*services_.shares);
    const auto& deployment = job_.setup.deployment;
    Catalogue* const catalogue = deployment ? services_.catalogue : nullptr;
    Sessions before;
    if (catalogue != nullptr) {
      if (auto busy = busy_deployment(services_.locks, deployment->id)) {
        warnings_.add(*std::move(busy));
      }
      before = sessions_of(*catalogue, deployment->id);
      catalogue->put_deployment(*deployment);
    }
    for (const JobType* type : job_.work->stages) {
      run_stage(*type, catalogue, preview);
    }
    if (catalogue != nullptr) {
      preview.sessions = changes(before, sessions_of(*catalogue, deployment->id));
    }
  }

  void run_stage(const JobType& type, Catalogue* catalogue, JobPreview& preview) {
    const JobInfo info = job_info(job_.setup, 0, 1, services_.allow_missing);
    WarningLogger log(warnings_);
    PreviewHost host(warnings_);
    StageProgress progress;
    const auto cpu = make_tbb_executor(*services_.shares, services_.stop);
    const auto io = make_storage_executor(services_.sources->of(job_.work->storage),
                                          *services_.shares, services_.stop);
    JobContext context{info, job_.work->parameters, log,      progress, services_.stop, *cpu, *io,
                       host, job_.work->storage,    catalogue};
    try {
      context.throw_if_stopped();
      type.run(context);
      context.throw_if_stopped();
    } catch (...) { // with what it had counted by then
      add_counters(preview, progress);
      throw;
    }
    add_counters(preview, progress);
    check_stage(progress, job_.setup.definition->limits);
  }

  static void add_counters(JobPreview& preview, const StageProgress& progress) {
    for (std::size_t i = 0; i < preview.counters.size(); ++i) {
      preview.counters[i] += progress.get(static_cast<Counter>(i));
    }
  }

  void take_failure(JobPreview& preview, const JobOutcome& outcome) const {
    const bool stopped = outcome.cancelled && services_.stop.stop_requested();
    preview.outcome = stopped ? JobPreview::Outcome::unfinished : JobPreview::Outcome::failure;
    preview.reason = stopped ? "interrupted" : outcome.error ? outcome.error->code : outcome.reason;
    preview.message = stopped         ? "the preview was stopped"
                      : outcome.error ? outcome.error->message
                                      : std::string();
  }

  // A plugin's texts may hold what was put into its params.
  void hide_secrets(JobPreview& preview) const {
    const std::vector<PutIn>& put_in = job_.work->put_in;
    preview.message = without_secrets(std::move(preview.message), put_in);
    for (std::string& warning : preview.warnings) {
      warning = without_secrets(std::move(warning), put_in);
    }
  }

  const PlannedJob& job_;
  const PreviewServices& services_;
  Warnings warnings_;
};

} // namespace

JobPreview named_preview(const PlannedJob& job) {
  JobPreview preview;
  preview.name = job.setup.name;
  preview.definition_name = job.setup.definition->name;
  preview.type = job.setup.definition->type;
  preview.deployment = job.setup.deployment;
  return preview;
}

JobPreview preview_job(const PlannedJob& job, const PreviewServices& services) {
  const auto untried = std::find_if(job.work->stages.begin(), job.work->stages.end(),
                                    [](const JobType* type) { return !type->info().can_be_tried; });
  if (untried != job.work->stages.end()) {
    JobPreview preview = named_preview(job);
    preview.outcome = JobPreview::Outcome::untried;
    preview.reason = "untried";
    preview.message = fmt::format("the job type {} does not say that it can be tried without "
                                  "being run",
                                  (*untried)->info().key);
    return preview;
  }
  return Trial(job, services).run();
}

} // namespace nightshift

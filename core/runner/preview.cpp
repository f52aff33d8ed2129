// SPDX-License-Identifier: Apache-2.0

#include "core/runner/preview.hpp"

#include "core/base/private_folder.hpp"
#include "core/catalogue/open_catalogue.hpp"
#include "core/config/interpolation.hpp"
#include "core/runner/plan_graph.hpp"
#include "core/runner/preview_job.hpp"
#include "core/runner/signals.hpp"
#include "core/runner/tbb_executor.hpp"
#include "core/runner/thread_plan.hpp"

#include <nightshift/error.hpp>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <deque>
#include <memory>
#include <stop_token>

namespace nightshift {
namespace {

// What INT and TERM do: the first has the preview stop, a second INT ends it there and then.
class PreviewInterrupts {
 public:
  explicit PreviewInterrupts(const PrivateFolder& folder)
      : folder_(folder),
        watcher_([this](int number) { take(number); }) {}

  [[nodiscard]] ExitCode exit_code() const noexcept { return exit_code_; }

  [[nodiscard]] std::stop_token stop_token() const noexcept { return stop_.get_token(); }

 private:
  void take(int number) {
    const ExitCode exit = number == SIGINT ? ExitCode::interrupted : ExitCode::terminated;
    if (exit_code_ == ExitCode::ok) {
      exit_code_ = exit;
      stop_.request_stop();
    } else if (number == SIGINT) {
      folder_.remove();
      _exit(static_cast<int>(exit));
    }
  }

  const PrivateFolder& folder_;
  std::atomic<ExitCode> exit_code_{ExitCode::ok};
  std::stop_source stop_;
  SignalWatcher watcher_; // last: it uses the others
};

// The catalogue as it is, or an empty one, in the folder.
std::unique_ptr<Catalogue> open_copy(const PlannedFile& file, const PrivateFolder& folder,
                                     const std::stop_token& stop, Preview& preview) {
  const std::filesystem::path& base = file.state_dir.path();
  const std::filesystem::path copy = folder.path() / "catalogue.db";
  preview.catalogue =
      without_secrets(describe_catalogue(file.plan.catalogue, base), file.plan.put_in);
  preview.catalogue_exists = copy_catalogue(file.plan.catalogue, base, copy, [&stop] {
    if (stop.stop_requested()) {
      throw cancelled_error();
    }
  });
  return open_catalogue("sqlite:" + copy.string(), folder.path());
}

JobPreview left_out(const PlannedJob& job, bool stopped) {
  JobPreview preview = named_preview(job);
  if (stopped) {
    preview.reason = "interrupted";
    preview.message = "the preview was stopped";
    return preview;
  }
  preview.outcome = JobPreview::Outcome::skipped;
  preview.reason = "needs";
  preview.message = "a job that this one needs would not succeed";
  return preview;
}

void preview_jobs(const Plan& plan, PreviewServices services, const PreviewOptions& options,
                  Preview& preview) {
  const ThreadPlan threads = plan_threads(options.jobs, options.threads, plan.jobs.size());
  CpuShares shares(threads.cpu.threads);
  services.shares = &shares;
  SourceShares sources(threads.io, threads.jobs);
  services.sources = &sources;
  const ThreadBudget budget(threads.most());
  preview.jobs.resize(plan.jobs.size());
  std::deque<CpuShares::Holder> source_shares; // all the while: the last of many gets no more
  for (const PlannedJob& job : plan.jobs) {
    source_shares.emplace_back(sources.of(job.work->storage));
  }
  JobGraph graph = make_plan_graph(plan, PlanFor::preview);
  graph.run(
      threads.jobs,
      [&](std::size_t index) {
        JobPreview& job = preview.jobs[index];
        job = services.stop.stop_requested() ? left_out(plan.jobs[index], true)
                                             : preview_job(plan.jobs[index], services);
        return job.outcome == JobPreview::Outcome::success ||
               job.outcome == JobPreview::Outcome::untried;
      },
      [&](std::size_t index) {
        preview.jobs[index] = left_out(plan.jobs[index], services.stop.stop_requested());
      });
}

} // namespace

std::string_view to_string(JobPreview::Outcome outcome) noexcept {
  switch (outcome) {
  case JobPreview::Outcome::success:
    return "success";
  case JobPreview::Outcome::failure:
    return "failure";
  case JobPreview::Outcome::skipped:
    return "skipped";
  case JobPreview::Outcome::untried:
    return "untried";
  case JobPreview::Outcome::unfinished:
    break;
  }
  return "unfinished";
}

Preview preview_job_file(const JobFileOptions& options, const PreviewOptions& preview_options,
                         PluginRegistry& registry) {
  const PlannedFile file = plan_job_file(options, registry, PlanFor::preview);
  const PrivateFolder folder("nightshift-plan-");
  const PreviewInterrupts interrupts(folder);
  Preview preview;
  if (file.plan.catalogue_problem) {
    preview.problem = without_secrets(file.plan.catalogue_problem->what(), file.plan.put_in);
  }
  PreviewServices services;
  services.allow_missing = preview_options.allow_missing;
  services.stop = interrupts.stop_token();
  try {
    const auto catalogue =
        file.plan.catalogue.empty() ? nullptr : open_copy(file, folder, services.stop, preview);
    services.catalogue = catalogue.get();
    if (catalogue != nullptr) {
      services.locks = catalogue_lock_folder(file.plan.catalogue, file.state_dir.path());
    }
    preview_jobs(file.plan, services, preview_options, preview);
  } catch (const JobError& error) {
    if (error.error_class() != ErrorClass::cancelled) {
      throw JobError(error.error_class(), error.code(),
                     without_secrets(error.what(), file.plan.put_in));
    }
    for (const PlannedJob& job : file.plan.jobs) {
      preview.jobs.push_back(left_out(job, true));
    }
  }
  preview.exit_code = interrupts.exit_code();
  return preview;
}

} // namespace nightshift

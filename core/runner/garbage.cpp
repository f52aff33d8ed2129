// SPDX-License-Identifier: Apache-2.0

#include "core/runner/garbage.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"
#include "core/runner/run_folder.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace nightshift {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_removed = ".removed-";
// A folder is there a moment before its run has it locked.
constexpr std::chrono::hours k_youngest_lost_run{1};

std::int64_t bytes_on_disk(const fs::path& path) {
  struct stat status {};

  return lstat(path.c_str(), &status) == 0 ? std::int64_t{status.st_blocks} * 512 : 0;
}

Garbage::Folder folder_at(const fs::path& path) {
  Garbage::Folder folder{path, bytes_on_disk(path)};
  std::error_code error;
  for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    folder.bytes += bytes_on_disk(entry->path());
  }
  return folder;
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    paths.push_back(entry->path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool is_removed(const fs::path& path) {
  return path.filename().native().starts_with(k_removed);
}

// Sorts the jobs, newest first, into those that stay and those that may go.
class JobSorter {
 public:
  JobSorter(const KeepRules& rules, TimePoint now, Garbage& garbage)
      : rules_(rules),
        now_(now),
        garbage_(garbage) {}

  void add(const JobFolder& folder) {
    const bool newest = seen_++ == 0;
    std::optional<JobSummary> summary;
    try {
      summary = read_job_summary(folder);
    } catch (const JobError&) {
      // A job that is just being made, or one of which nothing can be known: not for us to remove.
    }
    if (newest || !summary || !may_go(*summary)) {
      ++garbage_.kept_jobs;
      garbage_.unfinished_jobs += summary && is_final(summary->status) ? 0U : 1U;
      runs_.insert(summary ? summary->run : std::string());
      return;
    }
    garbage_.jobs.push_back({folder_at(folder.path), std::move(*summary)});
  }

  // Whether a job that stays was run by it.
  [[nodiscard]] bool keeps_run(const std::string& run) const { return runs_.contains(run); }

 private:
  [[nodiscard]] bool may_go(const JobSummary& job) const {
    const bool of_the_newest = rules_.jobs && seen_ <= *rules_.jobs;
    const bool young = rules_.age && (!job.finished || now_ - *job.finished < *rules_.age);
    return is_final(job.status) && !of_the_newest && !young;
  }

  const KeepRules& rules_;
  const TimePoint now_;
  Garbage& garbage_;
  std::size_t seen_ = 0;
  std::set<std::string, std::less<>> runs_;
};

TimePoint changed_at(const fs::path& path) {
  struct stat status {};

  if (stat(path.c_str(), &status) != 0) {
    return TimePoint::max();
  }
  return TimePoint(std::chrono::seconds(status.st_mtim.tv_sec));
}

bool run_may_go(const fs::path& run, const KeepRules& rules, TimePoint now) {
  if (RunFolder::is_alive(run)) {
    return false;
  }
  const fs::path report = RunFolder::report_of(run);
  std::error_code ignored;
  const bool ended = fs::exists(report, ignored);
  const auto age = now - changed_at(ended ? report : run);
  const auto least = rules.age.value_or(std::chrono::hours{0});
  return age >= (ended ? least : std::max(least, k_youngest_lost_run));
}

// Out of sight first, so that nobody ever finds half a job; false if it went meanwhile.
bool remove_folder(const Garbage::Folder& folder) {
  const fs::path& path = folder.path;
  const fs::path aside =
      is_removed(path)
          ? path
          : path.parent_path() / (std::string(k_removed) + path.filename().native() + '-' +
                                  std::to_string(system_now().time_since_epoch().count()));
  if (aside != path && std::rename(path.c_str(), aside.c_str()) != 0) {
    if (errno == ENOENT) {
      return false;
    }
    throw system_error(errno, fmt::format("cannot remove {}", path.string()));
  }
  std::error_code error;
  fs::remove_all(aside, error);
  if (error && error != std::errc::no_such_file_or_directory) {
    throw system_error(error.value(), fmt::format("cannot remove {}", aside.string()));
  }
  return true;
}

// As its owner, so that nobody takes it up meanwhile. The journal is never behind, as the record
// may be.
bool remove_job_at(const Garbage::Job& job) {
  const JobFolder folder{job.summary.id, job.path};
  auto owner = JobOwner::take_over(folder);
  if (!owner || !is_final(read_job_record(folder).status)) {
    throw transient_error(error_code::k_busy,
                          fmt::format("job {} is under way again and stays", job.summary.id));
  }
  owner->finish();
  return remove_folder(job);
}

// Drops those that could not be removed.
template <class Folder, class Remove>
void remove_all_of(std::vector<Folder>& folders, Remove remove,
                   std::vector<std::string>& problems) {
  std::erase_if(folders, [&](const Folder& folder) {
    try {
      return !remove(folder);
    } catch (const JobError& error) {
      problems.emplace_back(error.what());
      return true;
    }
  });
}

std::string count_text(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", grouped(static_cast<std::int64_t>(count)), what,
                     count == 1 ? "" : "s");
}

Json folder_document(const Garbage::Folder& folder) {
  return {{"path", folder.path.string()}, {"bytes", folder.bytes}};
}

} // namespace

std::int64_t Garbage::bytes() const noexcept {
  std::int64_t sum = 0;
  const auto add = [&sum](const auto& folders) {
    for (const Folder& folder : folders) {
      sum += folder.bytes;
    }
  };
  add(jobs);
  add(runs);
  add(left_overs);
  return sum;
}

Garbage find_garbage(const StateDir& state_dir, const KeepRules& rules, TimePoint now) {
  Garbage garbage;
  JobSorter jobs(rules, now, garbage);
  std::vector<std::int64_t> ids = state_dir.job_ids();
  for (; !ids.empty(); ids.pop_back()) {
    if (const auto folder = state_dir.find_job(ids.back())) {
      jobs.add(*folder);
    }
  }
  for (const fs::path& path : entries_of(state_dir.path() / "runs")) {
    if (is_removed(path)) {
      garbage.left_overs.push_back(folder_at(path));
    } else if (!jobs.keeps_run(path.filename().native()) && run_may_go(path, rules, now)) {
      garbage.runs.push_back(folder_at(path));
    }
  }
  for (const fs::path& path : entries_of(state_dir.path() / "jobs")) {
    if (is_removed(path)) {
      garbage.left_overs.push_back(folder_at(path));
    }
  }
  return garbage;
}

std::vector<std::string> remove_garbage(Garbage& garbage) {
  std::vector<std::string> problems;
  remove_all_of(garbage.jobs, remove_job_at, problems);
  remove_all_of(garbage.runs, remove_folder, problems);
  remove_all_of(garbage.left_overs, remove_folder, problems);
  return problems;
}

void remove_job(const StateDir& state_dir, const JobFolder& folder) {
  state_dir.retire_id(folder.id);
  Garbage::Job job{{folder.path, 0}, {}};
  job.summary.id = folder.id;
  (void)remove_job_at(job);
}

std::string to_text(const Garbage& garbage, bool removed) {
  constexpr std::size_t k_most_lines = 20;
  std::string text;
  for (const Garbage::Job& job : garbage.jobs) {
    if (&job - garbage.jobs.data() == k_most_lines) {
      text += fmt::format("  ... and {} more\n", garbage.jobs.size() - k_most_lines);
      break;
    }
    text +=
        fmt::format("  job {:<6} {:<8} {}  {}  {}\n", job.summary.id, to_string(job.summary.status),
                    local_log_text(job.summary.finished.value_or(job.summary.updated)),
                    size_label(job.bytes), one_line(job.summary.name));
  }
  text += fmt::format("{} {} and {}, {}", removed ? "removed" : "would remove",
                      count_text(garbage.jobs.size(), "job"),
                      count_text(garbage.runs.size(), "run"), size_label(garbage.bytes()));
  text +=
      fmt::format("; {} {}", count_text(garbage.kept_jobs, "job"), removed ? "kept" : "would stay");
  if (garbage.unfinished_jobs > 0) {
    text += fmt::format(", {} of them not over", garbage.unfinished_jobs);
  }
  return text + (removed ? "\n" : "; say --apply to do it\n");
}

Json to_document(const Garbage& garbage, bool removed) {
  Json jobs = Json::array();
  for (const Garbage::Job& job : garbage.jobs) {
    Json document = folder_document(job);
    document["id"] = job.summary.id;
    document["name"] = job.summary.name;
    document["status"] = to_string(job.summary.status);
    document["finished"] = job.summary.finished ? Json(utc_text(*job.summary.finished)) : Json();
    jobs.push_back(std::move(document));
  }
  const auto folders = [](const std::vector<Garbage::Folder>& all) {
    Json list = Json::array();
    for (const Garbage::Folder& folder : all) {
      list.push_back(folder_document(folder));
    }
    return list;
  };
  return {{"schema", "nightshift.gc/1"},
          {"removed", removed},
          {"jobs", std::move(jobs)},
          {"runs", folders(garbage.runs)},
          {"left_overs", folders(garbage.left_overs)},
          {"bytes", garbage.bytes()},
          {"kept_jobs", garbage.kept_jobs},
          {"unfinished_jobs", garbage.unfinished_jobs}};
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// Names end in their unit and timestamps are values, as Prometheus wants it; a sample's own
// timestamp is not allowed in such a file.

#include "core/runner/metrics.hpp"

#include "core/base/file.hpp"
#include "core/runner/exit_code.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <exception>
#include <map>
#include <set>
#include <utility>

namespace nightshift {
namespace {

constexpr std::size_t k_largest_file = 64 << 20;

struct Family {
  std::string_view name;
  std::string_view help;
};

enum RunFamily : std::uint8_t { k_run_last, k_run_success, k_run_duration, k_run_exit };

constexpr std::array<Family, 4> k_of_run{
    {{"nightshift_run_last_timestamp_seconds", "When the last run ended."},
     {"nightshift_run_last_success_timestamp_seconds", "When a run last ended with exit code 0."},
     {"nightshift_run_duration_seconds", "How long the last run took."},
     {"nightshift_run_exit_code", "The exit code of the last run."}}};

enum JobFamily : std::uint8_t { k_job_last, k_job_success, k_job_duration, k_job_exit };

constexpr std::array<Family, 4> k_of_job{
    {{"nightshift_job_last_timestamp_seconds", "When the job last ended."},
     {"nightshift_job_last_success_timestamp_seconds", "When the job last succeeded."},
     {"nightshift_job_duration_seconds", "How long the job took."},
     {"nightshift_job_exit_code", "The exit code that the job alone comes to."}}};

struct CountFamily {
  Counter counter;
  Family family;
};

constexpr std::array<CountFamily, 10> k_of_counts{
    {{Counter::listed, {"nightshift_job_listed_objects", "Objects listed."}},
     {Counter::added, {"nightshift_job_new_captures", "Captures that are new."}},
     {Counter::changed, {"nightshift_job_changed_captures", "Captures that have changed."}},
     {Counter::unchanged, {"nightshift_job_unchanged_captures", "Captures that are as before."}},
     {Counter::passed_over,
      {"nightshift_job_passed_over_captures", "Captures of folders that were not listed."}},
     {Counter::skipped, {"nightshift_job_skipped_objects", "Objects that are no captures."}},
     {Counter::failed, {"nightshift_job_failed_objects", "Objects that could not be examined."}},
     {Counter::missing, {"nightshift_job_missing_captures", "Captures newly found gone."}},
     {Counter::undated,
      {"nightshift_job_undated_captures", "New and changed captures without a time."}},
     {Counter::bytes, {"nightshift_job_size_bytes", "The size of the captures seen."}}}};

// In a label's value these three are escaped; bytes that are no UTF-8 would spoil the whole file.
std::string label_value(std::string_view text) {
  std::string value;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      value += "\xEF\xBF\xBD"; // U+FFFD
    } else if (text.front() == '\n') {
      value += R"(\n)";
    } else {
      value += text.front() == '\\' || text.front() == '"' ? "\\" : "";
      value += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return value;
}

std::string labels_of(const ReportedJob& job) {
  return fmt::format(R"({{name="{}",type="{}",deployment="{}"}})", label_value(job.name),
                     label_value(job.type_key),
                     job.deployment ? std::to_string(*job.deployment) : "");
}

double seconds_since_epoch(TimePoint time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

// What the run would have exited with, had it been of this job alone.
ExitCode exit_code_alone(const ReportedJob& job, int of_run) {
  if (job.status == JobStatus::revoked &&
      (job.reason == "interrupted" || job.reason == "checkpoint")) {
    return static_cast<ExitCode>(of_run);
  }
  return exit_code_of(job);
}

// Take what stands between the quotes away from the front; stops at what no label value may hold.
void skip_label_value(std::string_view& text) {
  while (!text.empty() && text.front() != '"') {
    const bool escape = text.front() == '\\';
    const std::size_t length = escape ? 2 : utf8_length(text);
    if (length == 0 || length > text.size() ||
        (escape && text[1] != '\\' && text[1] != '"' && text[1] != 'n')) {
      return;
    }
    text.remove_prefix(length);
  }
}

// The labels at the front, as `labels_of` writes them; nothing if these are none.
std::optional<std::string_view> labels_at_front(std::string_view text) {
  std::string_view rest = text;
  for (const std::string_view part : {"{name=\"", "\",type=\"", "\",deployment=\""}) {
    if (!rest.starts_with(part)) {
      return std::nullopt;
    }
    rest.remove_prefix(part.size());
    skip_label_value(rest);
  }
  return rest.starts_with("\"}") ? std::optional(text.substr(0, text.size() - rest.size() + 2))
                                 : std::nullopt;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

// All samples: a family's name, labels ("" or "{…}"), value.
class Samples {
 public:
  void set(const Family& family, const std::string& labels, double value) {
    values_[std::string(family.name)][labels] = value;
  }

  // Forget all about a job, but for when it last succeeded.
  void forget_last_run(const std::string& labels) {
    for (auto& [name, values] : values_) {
      if (name != k_of_job[k_job_success].name) {
        values.erase(labels);
      }
    }
  }

  void keep_jobs(const std::set<std::string>& kept) {
    for (auto& [name, values] : values_) {
      std::erase_if(values, [&](const auto& sample) {
        return !sample.first.empty() && !kept.contains(sample.first);
      });
    }
  }

  // Take in what an older file says, line by line.
  void read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  void write(const Family& family, std::string& text) const {
    const auto found = values_.find(std::string(family.name));
    if (found == values_.end() || found->second.empty()) {
      return;
    }
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", family.name, family.help);
    for (const auto& [labels, value] : found->second) {
      text += fmt::format("{}{} {}\n", family.name, labels, value);
    }
  }

 private:
  void read_line(std::string_view line) {
    const std::size_t end = std::min(line.find_first_of("{ "), line.size());
    const std::string_view name = line.substr(0, end);
    line.remove_prefix(end);
    const bool of_job = name.starts_with("nightshift_job_");
    const auto labels = of_job ? labels_at_front(line) : std::string_view();
    if (!labels || (!of_job && !name.starts_with("nightshift_run_"))) {
      return;
    }
    line.remove_prefix(labels->size());
    if (!line.starts_with(' ')) {
      return;
    }
    if (const auto value = number(line.substr(1))) {
      values_[std::string(name)][std::string(*labels)] = *value;
    }
  }

  std::map<std::string, std::map<std::string, double>> values_;
};

void add_run(Samples& samples, const RunMetrics& run) {
  const double ended = seconds_since_epoch(run.finished);
  samples.set(k_of_run[k_run_last], "", ended);
  samples.set(k_of_run[k_run_duration], "",
              std::chrono::duration<double>(run.finished - run.started).count());
  samples.set(k_of_run[k_run_exit], "", run.exit_code);
  if (run.exit_code == 0) {
    samples.set(k_of_run[k_run_success], "", ended);
  }
}

void add_job(Samples& samples, const ReportedJob& job, const RunMetrics& run) {
  const std::string labels = labels_of(job);
  const double ended = seconds_since_epoch(job.finished.value_or(run.finished));
  samples.forget_last_run(labels);
  samples.set(k_of_job[k_job_last], labels, ended);
  samples.set(k_of_job[k_job_exit], labels, static_cast<int>(exit_code_alone(job, run.exit_code)));
  if (job.started) {
    const std::chrono::duration<double> took = job.finished.value_or(run.finished) - *job.started;
    samples.set(k_of_job[k_job_duration], labels, took.count());
  }
  if (job.status == JobStatus::success) {
    samples.set(k_of_job[k_job_success], labels, ended);
  }
  for (const CountFamily& count : k_of_counts) {
    samples.set(count.family, labels, static_cast<double>(job.total(count.counter)));
  }
}

std::string text_of(const std::filesystem::path& file) {
  try {
    return read_file(file, k_largest_file);
  } catch (const JobError&) { // the first run, or a file that is no use: begin anew
    return {};
  }
}

} // namespace

std::string metrics_text(const RunMetrics& run, std::string_view previous) {
  Samples samples;
  samples.read(previous);
  std::set<std::string> jobs;
  add_run(samples, run);
  for (const ReportedJob& job : run.jobs) {
    add_job(samples, job, run);
    jobs.insert(labels_of(job));
  }
  if (run.all_jobs && !run.jobs.empty()) {
    samples.keep_jobs(jobs);
  }
  std::string text;
  for (const Family& family : k_of_run) {
    samples.write(family, text);
  }
  for (const Family& family : k_of_job) {
    samples.write(family, text);
  }
  for (const CountFamily& count : k_of_counts) {
    samples.write(count.family, text);
  }
  return text;
}

std::optional<std::string> write_metrics(const std::filesystem::path& file,
                                         const RunMetrics& run) noexcept {
  try {
    // node_exporter is another user, whatever our umask keeps from others.
    replace_public_file(file, metrics_text(run, text_of(file)));
    return std::nullopt;
  } catch (const std::exception& error) {
    return fmt::format("the metrics file was not written: {}", error.what());
  }
}

} // namespace nightshift

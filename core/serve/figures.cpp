// SPDX-License-Identifier: Apache-2.0

#include "core/serve/figures.hpp"

#include <nightshift/job_status.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <fstream>

namespace nightshift::serve {
namespace {

std::string family(std::string_view name, std::string_view kind, std::string_view help) {
  return fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind);
}

std::string single(std::string_view name, std::string_view kind, std::string_view help,
                   double value) {
  return family(name, kind, help) + fmt::format("{} {}\n", name, value);
}

double count_of(std::uint64_t number) {
  return static_cast<double>(number);
}

// Pages of memory that are in use.
double resident_bytes() {
  std::int64_t size = 0;
  std::int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

} // namespace

void RequestFigures::count(std::string_view route, int status, std::chrono::nanoseconds took) {
  const std::scoped_lock lock(mutex_);
  Of& of = all_[{std::string(route), status}];
  ++of.requests;
  of.seconds += std::chrono::duration<double>(took).count();
}

std::string RequestFigures::text() const {
  constexpr std::string_view k_requests = "nightshift_serve_requests_total";
  constexpr std::string_view k_seconds = "nightshift_serve_request_seconds_total";
  std::string requests = family(k_requests, "counter", "Requests answered.");
  std::string seconds = family(k_seconds, "counter", "Seconds spent making answers.");
  const std::scoped_lock lock(mutex_);
  for (const auto& [key, of] : all_) {
    const std::string labels =
        fmt::format(R"({{operation="{}",status="{}"}})", key.first, key.second);
    requests += fmt::format("{}{} {}\n", k_requests, labels, of.requests);
    seconds += fmt::format("{}{} {}\n", k_seconds, labels, of.seconds);
  }
  return requests + seconds;
}

std::string figures_text(const HttpFigures& http) {
  return single("nightshift_serve_connections_total", "counter", "Connections accepted.",
                count_of(http.connections)) +
         single("nightshift_serve_refused_connections_total", "counter",
                "Connections turned away since there were too many.", count_of(http.refused)) +
         single("nightshift_serve_timed_out_connections_total", "counter",
                "Connections closed since the other side was too slow.", count_of(http.timed_out)) +
         single("nightshift_serve_connections", "gauge", "Connections open.", count_of(http.open)) +
         single("nightshift_serve_followers", "gauge", "Streams of events open.",
                count_of(http.streams));
}

std::string figures_text(const std::vector<JobSummary>& jobs) {
  constexpr std::string_view k_name = "nightshift_serve_jobs";
  std::string text = family(k_name, "gauge", "Jobs recorded, by status.");
  for (const auto& [status, count] : count_by_status(jobs)) {
    text += fmt::format("{}{{status=\"{}\"}} {}\n", k_name, status, count);
  }
  return text;
}

std::string process_figures_text(TimePoint started) {
  return single("process_resident_memory_bytes", "gauge", "Resident memory.", resident_bytes()) +
         single("process_start_time_seconds", "gauge", "When the process was started.",
                std::chrono::duration<double>(started.time_since_epoch()).count());
}

std::map<std::string_view, std::size_t> count_by_status(const std::vector<JobSummary>& jobs) {
  std::map<std::string_view, std::size_t> counts;
  for (const JobSummary& job : jobs) {
    ++counts[to_string(job.status)];
  }
  return counts;
}

} // namespace nightshift::serve

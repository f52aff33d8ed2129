// SPDX-License-Identifier: Apache-2.0
//
// What the server counts of itself, in Prometheus's text format.

#pragma once

#include "core/record/job_summary.hpp"
#include "core/serve/http_server.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::serve {

// Requests answered so far. Safe to use from several threads.
class RequestFigures {
 public:
  // `route` is an operation's name, "" where there was none.
  void count(std::string_view route, int status, std::chrono::nanoseconds took);

  [[nodiscard]] std::string text() const;

 private:
  struct Of {
    std::uint64_t requests = 0;
    double seconds = 0;
  };

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, Of, std::less<>> all_;
};

[[nodiscard]] std::string figures_text(const HttpFigures& http);
[[nodiscard]] std::string figures_text(const std::vector<JobSummary>& jobs);

// Of the process: memory and start.
[[nodiscard]] std::string process_figures_text(TimePoint started);

// How many jobs have each status, by its word; those without any are left out.
[[nodiscard]] std::map<std::string_view, std::size_t>
count_by_status(const std::vector<JobSummary>& jobs);

} // namespace nightshift::serve

// SPDX-License-Identifier: Apache-2.0

#include "core/config/needs.hpp"

#include "core/config/suggester.hpp"

#include <nightshift/check_parameters.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace nightshift {

namespace {

std::vector<std::string> names_of(const std::vector<NeedingJob>& jobs) {
  std::vector<std::string> names;
  names.reserve(jobs.size());
  for (const NeedingJob& job : jobs) {
    names.push_back(job.name);
  }
  return names;
}

class NeedsCheck {
 public:
  NeedsCheck(const std::vector<NeedingJob>& jobs, AllJobs all, Diagnostics& diagnostics)
      : jobs_(jobs),
        all_(all),
        diagnostics_(diagnostics),
        names_(names_of(jobs)),
        visits_(jobs.size(), Visit::none) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      by_name_.emplace(jobs[i].name, i);
    }
  }

  void run() {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (visits_[i] == Visit::none) {
        visit(i);
      }
    }
  }

 private:
  enum class Visit : std::uint8_t { none, under_way, done };

  struct Step {
    std::size_t job;
    std::size_t next_need = 0;
  };

  // Depth first, on a stack of our own: a chain may be longer than the call stack bears.
  void visit(std::size_t start) {
    enter(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      const NeedingJob& job = jobs_[step.job];
      if (step.next_need == job.needs.size()) {
        visits_[step.job] = Visit::done;
        path_.pop_back();
        continue;
      }
      follow(step.job, job.needs[step.next_need++]);
    }
  }

  void enter(std::size_t job) {
    visits_[job] = Visit::under_way;
    path_.push_back({job});
  }

  void follow(std::size_t job, const Need& need) {
    const auto found = by_name_.find(need.name);
    if (found == by_name_.end()) {
      if (all_ == AllJobs::known) {
        diagnostics_.error(need.position,
                           fmt::format("there is no job {}", shown(Value(need.name))),
                           names_.suggest(need.name));
      }
    } else if (found->second == job) {
      diagnostics_.error(need.position,
                         fmt::format("the job {} needs itself", shown(Value(need.name))));
    } else if (visits_[found->second] == Visit::under_way) {
      report_circle(found->second, need.position);
    } else if (visits_[found->second] == Visit::none) {
      enter(found->second);
    }
  }

  void report_circle(std::size_t begin, SourcePosition position) {
    std::vector<std::string> names;
    for (const Step& step : path_) {
      if (!names.empty() || step.job == begin) {
        names.push_back(detail::one_short_line(jobs_[step.job].name));
      }
    }
    names.push_back(names.front());
    constexpr std::size_t k_most_shown = 12;
    if (names.size() > k_most_shown) {
      const auto middle = names.begin() + k_most_shown / 2;
      names.erase(middle, names.end() - k_most_shown / 2);
      names.insert(names.begin() + k_most_shown / 2, "…");
    }
    diagnostics_.error(position,
                       fmt::format("these jobs need each other: {}", fmt::join(names, " → ")));
  }

  const std::vector<NeedingJob>& jobs_;
  AllJobs all_;
  Diagnostics& diagnostics_;
  Suggester names_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::vector<Visit> visits_;
  std::vector<Step> path_;
};

} // namespace

void check_needs(const std::vector<NeedingJob>& jobs, AllJobs all, Diagnostics& diagnostics) {
  NeedsCheck(jobs, all, diagnostics).run();
}

} // namespace nightshift

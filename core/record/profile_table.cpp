// SPDX-License-Identifier: Apache-2.0

#include "core/record/profile_table.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift {
namespace {

// A stage, summed over the jobs that have it.
struct StageSum {
  std::string key;
  std::int64_t jobs = 0;
  double wall_seconds = 0;
  StageProfile profile;
};

std::vector<StageSum> sums_by_stage(const RunReport& report) {
  std::vector<StageSum> sums; // a run has few stages, in however many jobs
  for (const ReportedJob& job : report.jobs) {
    for (const ReportedStage& stage : job.stages) {
      if (!stage.profile) {
        continue;
      }
      auto sum = std::find_if(sums.begin(), sums.end(),
                              [&](const StageSum& other) { return other.key == stage.key; });
      if (sum == sums.end()) {
        sum = sums.insert(sums.end(), {stage.key, 0, 0, {}});
      }
      ++sum->jobs;
      sum->wall_seconds += stage.wall_seconds.value_or(0);
      sum->profile.add(*stage.profile);
    }
  }
  return sums;
}

std::string row(std::string_view name, const std::vector<std::string>& cells) {
  std::string line = fmt::format("{:<30}", name);
  for (const std::string& cell : cells) {
    line += fmt::format(" {:>7}", cell);
  }
  return line + '\n';
}

std::string seconds_text(double seconds) {
  return fmt::format("{:.2f} s", seconds);
}

std::string mebibytes(std::int64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

// "3 statx, 2 open", of what is not 0.
class Facts {
 public:
  void add(std::string fact) { text_ += (text_.empty() ? "" : ", ") + std::move(fact); }

  void add(std::int64_t count, std::string_view what) {
    if (count != 0) {
      add(fmt::format("{} {}", grouped(count), what));
    }
  }

  void add(double seconds, std::string_view what) {
    if (seconds != 0) {
      add(fmt::format("{} {}", seconds_text(seconds), what));
    }
  }

  // A line, or nothing where there are none.
  [[nodiscard]] std::string line() const { return text_.empty() ? "" : "  " + text_ + '\n'; }

 private:
  std::string text_;
};

std::string calls_line(const StageSum& sum) {
  const StageProfile& profile = sum.profile;
  Facts facts;
  facts.add(sum.jobs > 1 ? sum.jobs : 0, "jobs");
  facts.add(profile.tally(Tally::statx), "statx");
  facts.add(profile.tally(Tally::getdents64), "getdents64");
  facts.add(profile.tally(Tally::open), "open");
  facts.add(profile.tally(Tally::read), "read");
  facts.add(profile.tally(Tally::commits), "commits");
  return facts.line();
}

std::string store_lines(const StageProfile& profile) {
  Facts facts;
  facts.add(profile.tally(Tally::requests), "requests");
  facts.add(profile.tally(Tally::repeated), "of them again");
  if (const std::int64_t received = profile.tally(Tally::received_bytes); received != 0) {
    facts.add(mebibytes(received) + " received");
  }
  Facts waits;
  waits.add(profile.wait(Wait::request), "waiting for answers");
  waits.add(profile.wait(Wait::held_back), "held back by limits and pauses");
  return facts.line() + waits.line();
}

std::string queue_lines(const QueueProfile& queue) {
  return fmt::format("  queue {}: {} items, {:.1f} waiting on average, {} ({}) at most\n"
                     "    consumed in {} ({} CPU), idle {}, producers held back {}\n",
                     one_line(queue.name), grouped(queue.items), queue.mean_waiting,
                     grouped(queue.most_waiting), mebibytes(queue.most_bytes),
                     seconds_text(queue.consume_seconds), seconds_text(queue.consume_cpu_seconds),
                     seconds_text(queue.idle_seconds), seconds_text(queue.held_back_seconds));
}

std::string stage_lines(const StageSum& sum) {
  const StageProfile& profile = sum.profile;
  std::string text =
      row(one_line(sum.key),
          {seconds_text(sum.wall_seconds), seconds_text(profile.cpu_user_seconds),
           seconds_text(profile.cpu_system_seconds), seconds_text(profile.ready_seconds),
           seconds_text(profile.blocked_seconds()), grouped(profile.threads)});
  text += calls_line(sum) + store_lines(profile);
  for (const QueueProfile& queue : profile.queues) {
    text += queue_lines(queue);
  }
  return text;
}

std::string process_lines(const RunReport& report) {
  const RunProfile& profile = *report.profile;
  const double wall = std::chrono::duration<double>(report.finished - report.started).count();
  std::string text = row("the process", {seconds_text(wall), seconds_text(profile.own.user_seconds),
                                         seconds_text(profile.own.system_seconds)});
  const ProcessUse& own = profile.own;
  text += fmt::format("  {} at most, {} page faults ({} from disk), {} switches ({} forced)\n",
                      mebibytes(profile.peak_memory), grouped(own.minor_faults + own.major_faults),
                      grouped(own.major_faults),
                      grouped(own.voluntary_switches + own.involuntary_switches),
                      grouped(own.involuntary_switches));
  if (profile.io) {
    text += fmt::format("  {} calls that read, {} that write, {} from disk, {} to disk\n",
                        grouped(profile.io->reads), grouped(profile.io->writes),
                        mebibytes(profile.io->disk_read_bytes),
                        mebibytes(profile.io->disk_written_bytes));
  }
  const ProcessUse& children = profile.children;
  if (children.user_seconds + children.system_seconds > 0) {
    text += row("its children",
                {"", seconds_text(children.user_seconds), seconds_text(children.system_seconds)});
  }
  return text;
}

} // namespace

std::string profile_table(const RunReport& report) {
  if (!report.profile) {
    return {};
  }
  std::string text =
      row("where the time went", {"wall", "user", "system", "ready", "blocked", "threads"});
  for (const StageSum& sum : sums_by_stage(report)) {
    text += stage_lines(sum);
  }
  return text + process_lines(report);
}

} // namespace nightshift

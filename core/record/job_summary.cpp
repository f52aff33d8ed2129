// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_summary.hpp"

#include "core/base/file.hpp"
#include "core/record/job_recorder.hpp"

#include <fmt/format.h>

namespace nightshift {
namespace {

constexpr std::size_t k_largest_record = std::size_t{64} << 20U;

// An object as `to_page` writes it: a key a line, and the line of a member begins with as many
// blanks as the object is deep. No JSON text holds a newline but between its parts, so members are
// found without parsing what lies between them.
class Page {
 public:
  Page(std::string_view text, std::size_t depth)
      : text_(text),
        depth_(depth),
        indent_('\n' + std::string(2 * depth, ' ')) {}

  // The value of `key`, still as text; "" if there is none.
  [[nodiscard]] std::string_view text(std::string_view key) const {
    const std::string begin = fmt::format("{}\"{}\": ", indent_, key);
    const std::size_t at = text_.find(begin);
    if (at == std::string_view::npos) {
      return {};
    }
    const std::string_view rest = text_.substr(at + begin.size());
    // The next member, or the brace that ends the object, one step further out.
    const std::size_t next = rest.find(indent_ + '"');
    const std::size_t end = rest.find(indent_.substr(0, indent_.size() - 2) + '}');
    std::string_view value = rest.substr(0, std::min(next, end));
    if (value.ends_with(',')) {
      value.remove_suffix(1);
    }
    return value;
  }

  // Discarded if there is none.
  [[nodiscard]] Json value(std::string_view key) const {
    return Json::parse(text(key), nullptr, false);
  }

  [[nodiscard]] std::string string(std::string_view key) const {
    const Json found = value(key);
    return found.is_string() ? found.get<std::string>() : std::string();
  }

  [[nodiscard]] std::optional<TimePoint> time(std::string_view key) const {
    return parse_utc(string(key));
  }

  [[nodiscard]] Page object(std::string_view key) const { return {text(key), depth_ + 1}; }

 private:
  std::string_view text_;
  std::size_t depth_;
  std::string indent_;
};

} // namespace

std::optional<double> JobSummary::seconds() const noexcept {
  if (!started) {
    return std::nullopt;
  }
  return std::chrono::duration<double>(finished.value_or(updated) - *started).count();
}

JobSummary summary_of(const JobRecord& record) {
  JobSummary summary;
  summary.id = record.id;
  summary.name = record.name;
  summary.type = record.type_key;
  summary.run = record.run;
  summary.status = record.status;
  summary.reason = record.reason;
  if (record.deployment) {
    summary.deployment = record.deployment->id;
    summary.project = record.deployment->project.id;
  }
  summary.created = record.created;
  summary.updated = record.updated;
  summary.started = record.started;
  summary.finished = record.finished;
  return summary;
}

std::optional<JobSummary> parse_job_summary(std::string_view document) {
  const Page page(document, 1);
  const Page runner = page.object("runner");
  const Page times = runner.object("times_utc");
  const Json id = page.value("id");
  const auto status = job_status_from(page.string("status"));
  const auto created = times.time("created");
  const auto updated = times.time("heartbeat");
  if (!document.ends_with("}\n") || !id.is_number_integer() || !status || !created || !updated) {
    return std::nullopt;
  }
  JobSummary summary;
  summary.id = id.get<std::int64_t>();
  summary.name = page.string("name");
  summary.type = page.object("job_type").string("key");
  summary.run = runner.string("run");
  summary.status = *status;
  summary.reason = runner.string("reason");
  if (const Json deployment = page.object("deployment").value("id");
      deployment.is_number_integer()) {
    summary.deployment = deployment.get<std::int64_t>();
  }
  if (const Json project = page.object("project").value("id"); project.is_number_integer()) {
    summary.project = project.get<std::int64_t>();
  }
  summary.created = *created;
  summary.updated = *updated;
  summary.started = times.time("started");
  summary.finished = times.time("finished");
  return summary;
}

JobSummary read_job_summary(const JobFolder& folder) {
  try {
    if (const auto summary = parse_job_summary(read_file(folder.record(), k_largest_record))) {
      return *summary;
    }
  } catch (const JobError&) {
    // The journal knows as well.
  }
  return summary_of(read_job_record(folder));
}

} // namespace nightshift

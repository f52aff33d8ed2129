// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/app/job_argument.hpp"
#include "core/base/file.hpp"
#include "core/record/job_document.hpp"
#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"
#include "core/record/lost_job.hpp"
#include "core/runner/views.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <iostream>

namespace nightshift {
namespace {

constexpr std::size_t k_largest_record = 64 << 20;

struct ShowArguments {
  JobArgument job;
  bool json = false;
  bool rebuild = false;
};

// The record made anew from the journal, and put in the place of the one on disk: as the job's
// owner, since what another one tells meanwhile would be missing in it.
ExitCode rebuild(const JobFolder& folder) {
  (void)look_at_job(folder); // a lost one is finalised first
  auto owner = JobOwner::take_over(folder);
  if (!owner) {
    throw busy_job_error(folder);
  }
  JournalDamage damage;
  const JobRecord record = read_job_record(folder, &damage);
  const std::string document = to_page(to_document(record));
  replace_file(folder.record(), document, Durable::yes);
  if (record.status == JobStatus::created || is_final(record.status)) {
    owner->finish(); // else it is found as lost
  }
  print(document);
  if (damage.lines > 0 || damage.bytes > 0) {
    std::cerr << fmt::format("{}: {} lines ({} bytes) are no events and were left out\n",
                             folder.journal().string(), damage.lines, damage.bytes);
  }
  return ExitCode::ok;
}

// The record as it is on disk; made from the journal where a power cut took it.
std::string record_document(const JobFolder& folder, const JobRecord& record) {
  try {
    std::string document = read_file(folder.record(), k_largest_record);
    if (Json::accept(document)) {
      return document;
    }
  } catch (const JobError&) { // it is not there
  }
  return to_page(to_document(record));
}

ExitCode show(const ShowArguments& arguments) {
  const JobFolder folder = arguments.job.find();
  if (arguments.rebuild) {
    return rebuild(folder);
  }
  const JobRecord record = look_at_job(folder); // a lost one is finalised first
  print(arguments.json ? record_document(folder, record) : job_text(record));
  return ExitCode::ok;
}

} // namespace

void add_show_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand("show", "Show one job");
  const auto arguments = std::make_shared<ShowArguments>();
  add_job_argument(*sub, arguments->job);
  sub->add_flag("--json", arguments->json, "Print the record, job.json, as it is");
  sub->add_flag(
      "--rebuild", arguments->rebuild,
      "Make the record anew from the journal, store and print it; not while the job runs");
  sub->callback([arguments, &command] { command.work = [arguments] { return show(*arguments); }; });
}

} // namespace nightshift

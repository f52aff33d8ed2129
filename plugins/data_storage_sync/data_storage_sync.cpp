// SPDX-License-Identifier: Apache-2.0
//
// One bounded pipeline: the storage lists on many threads, each hands its folder parts to `take`,
// which recognises captures and reads their times there and then; what changed goes through a
// funnel to the merge, the one writer. A folder with the fingerprint it had last time goes no
// further than its fingerprint.

#include "plugins/data_storage_sync/data_storage_sync.hpp"

#include "plugins/data_storage_sync/capture_filter.hpp"
#include "plugins/data_storage_sync/capture_name.hpp"
#include "plugins/data_storage_sync/capture_sample.hpp"
#include "plugins/data_storage_sync/sort_by_name.hpp"
#include "plugins/data_storage_sync/sync_report.hpp"

#include <nightshift/error.hpp>
#include <nightshift/fingerprint.hpp>
#include <nightshift/funnel.hpp>
#include <nightshift/grouping.hpp>
#include <nightshift/key.hpp>
#include <nightshift/profiler.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

namespace nightshift::data_storage_sync {

namespace {

constexpr std::size_t k_bytes_in_flight = std::size_t{4} << 20U;

// A part on its way to the merge, or word that all before it make up a range.
struct Item {
  CapturePart captures;
  std::optional<KeyRange> proven = {};

  [[nodiscard]] std::size_t memory() const noexcept {
    return captures.part.memory() + captures.times.capacity() * sizeof(CaptureTime);
  }
};

// `what` is told of a pattern that does not compile.
std::unique_ptr<Pattern> compile(JobContext& context, const std::string& regex,
                                 std::string_view what) {
  if (regex.empty()) {
    return nullptr;
  }
  try {
    return context.host.compile(regex);
  } catch (const JobError& error) {
    throw JobError(error.error_class(), error.code(), fmt::format("{}: {}", what, error.what()));
  }
}

std::string prefix_of(const Deployment& deployment) {
  return join_prefix("", deployment.subdir);
}

bool is_quick(const Parameters& parameters) {
  return parameters.text("verify") == "quick";
}

MergeRules merge_rules(const JobContext& context) {
  const Parameters& parameters = context.parameters;
  MergeRules rules;
  rules.max_gap = grouping_rule(parameters).max_gap;
  rules.verify_full = parameters.text("verify") == "full";
  rules.sample = context.job.limit.has_value();
  rules.max_missing = parameters.share("max_missing");
  rules.allow_missing = context.job.allow_missing;
  // All that decides which objects are captures and when they were taken. Lengths keep neighbours
  // apart.
  std::string text = fmt::format("{}", k_capture_name_version);
  const auto add = [&text](const std::string& setting) {
    text += fmt::format(" {}:{}", setting.size(), setting);
  };
  for (const std::string& extension : parameters.texts("extensions")) {
    add(extension);
  }
  add(context.job.deployment->regex);
  add(parameters.text("exclude"));
  rules.rules_hash = hash_of(text);
  if (!rules.sample && !rules.verify_full) {
    rules.resume_within =
        std::chrono::floor<std::chrono::seconds>(parameters.duration("resume_within"));
    add(context.storage->identity());
    add(prefix_of(*context.job.deployment));
    add(is_quick(parameters) ? "quick" : "");
    rules.listing_hash = rules.resume_within.count() > 0 ? hash_of(text) : 0;
  }
  return rules;
}

// Empty objects are no captures: Antenna's last rule.
void leave_out_empty(FolderPart& part, SyncReport& report) {
  const auto count =
      std::erase_if(part.objects, [](const auto& object) { return object.size == 0; });
  report.skipped(Skip::empty_object, static_cast<std::int64_t>(count));
}

std::int64_t count_of(const FolderPart& part) noexcept {
  return static_cast<std::int64_t>(part.objects.size());
}

// The captures of a part.
CapturePart recognise(FolderPart part, const Fingerprint& fingerprint, SyncReport& report) {
  sort_by_name(part);
  const std::int64_t repeated = leave_out_repeated(part);
  CapturePart captures;
  captures.fingerprint = repeated == 0 ? fingerprint : fingerprint_of(part);
  report.skipped(Skip::repeated, repeated);
  captures.times.reserve(part.objects.size());
  for (const ObjectEntry& object : part.objects) {
    captures.times.push_back(parse_capture_name(part.name(object)));
  }
  report.dated(captures.times);
  captures.part = std::move(part);
  return captures;
}

// Nanoseconds since 1970-01-01T00:00:00Z, by the clock that file systems go by, which ticks more
// coarsely than any other: with no time to settle at all, what changed within this tick has not.
std::int64_t settled_before(const JobContext& context) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  const std::chrono::nanoseconds since_1970 =
      std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  return (since_1970 - context.parameters.duration("settled_after")).count();
}

// One sync from listing to merge.
class Sync {
 public:
  Sync(JobContext& context, const CaptureFilter& filter, const MergeRules& rules, Merge& merge,
       SyncReport& report)
      : context_(context),
        filter_(filter),
        rules_(rules),
        merge_(merge),
        report_(report) {}

  // Merge every capture that the storage lists.
  void merge_all() {
    const CutListing cut = merge_.resume().value_or(CutListing{});
    if (!cut.proven.empty()) {
      report_.resumed(cut);
    }
    auto take = [this](const Item& item) { write(item); };
    Funnel<Item, decltype(take)> funnel(k_bytes_in_flight, take,
                                        queue_meter(context_.host, "merge"));
    const auto prove = [&](const KeyRange& range) { funnel.push({{}, range}); };
    ListQuery query = all_captures();
    query.proven = cut.proven;
    query.again = cut.again;
    query.on_proven = RangeSink(prove);
    const auto is_known = [this](std::string_view folder, std::int64_t version) {
      return pass_over(folder, version);
    };
    if (is_quick(context_.parameters)) {
      query.known = {is_known, settled_before(context_)};
    }
    list(query, [&](FolderPart&& part) {
      const Fingerprint fingerprint = fingerprint_of(part);
      if (is_unchanged(part, fingerprint)) {
        report_.taken(count_of(part));
      } else {
        funnel.push({recognise(std::move(part), fingerprint, report_)});
      }
    });
  }

  // Merge only as many as the job's limit says.
  void merge_sample() {
    const JobInfo& job = context_.job;
    const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(*job.limit, 0));
    CaptureSample sample({limit, job.shuffle, job.seed});
    std::mutex mutex;
    std::int64_t seen = 0;
    list(all_captures(), [&](FolderPart&& part) {
      const std::scoped_lock lock(mutex);
      seen += count_of(part);
      sample.add(part);
    });
    const auto kept = static_cast<std::int64_t>(sample.size());
    report_.skipped(Skip::beyond_limit, seen - kept);
    report_.expect(kept);
    for (FolderPart& part : sample.take()) {
      context_.throw_if_stopped();
      const Fingerprint fingerprint = fingerprint_of(part);
      merge(recognise(std::move(part), fingerprint, report_));
    }
  }

 private:
  [[nodiscard]] ListQuery all_captures() const {
    return {prefix_of(*context_.job.deployment), filter_};
  }

  // Hand each part to `sink` once it is counted and holds only captures.
  template <class Sink>
  void list(const ListQuery& query, Sink sink) {
    const auto take = [&](FolderPart&& part) {
      context_.throw_if_stopped();
      report_.listed(part);
      leave_out_empty(part, report_);
      sink(std::move(part));
    };
    context_.storage->list(query, take, context_.io, context_.stop);
  }

  void write(const Item& item) {
    if (item.proven) {
      merge_.prove(*item.proven);
    } else {
      merge(item.captures);
    }
  }

  bool pass_over(std::string_view folder, std::int64_t version) {
    const auto captures = merge_.pass_over(folder, version);
    if (captures) {
      report_.passed_over(*captures);
    }
    return captures.has_value();
  }

  bool is_unchanged(const FolderPart& part, const Fingerprint& fingerprint) {
    const bool whole = part.first && part.last && part.coverage == FolderPart::Coverage::whole;
    const bool tells_version = part.version.has_value(); // of which the merge takes note
    return whole && !tells_version && !rules_.verify_full &&
           merge_.is_unchanged(part.folder, fingerprint, count_of(part));
  }

  void merge(const CapturePart& captures) {
    merge_.merge(captures);
    report_.merged(merge_.counts());
    report_.taken(count_of(captures.part));
  }

  JobContext& context_;
  const CaptureFilter& filter_;
  const MergeRules& rules_;
  Merge& merge_;
  SyncReport& report_;
};

JobTypeInfo make_info() {
  JobTypeInfo info;
  info.key = DataStorageSync::k_key;
  info.name = "Data storage sync";
  info.help = "Brings the catalogue's captures of a deployment to what its storage lists.";
  info.stages = {"data_storage_sync", "update_deployment_cache"};
  info.stage_parameters = {"Total files"};
  info.opening = "Syncing captures for deployment #{deployment.id} {deployment.name}";
  info.closing = "Finished syncing captures for deployment #{deployment.id} {deployment.name}";
  info.needs_deployment = true;
  info.can_be_tried = true;
  Value::List extensions;
  for (const std::string& extension : default_extensions()) {
    extensions.emplace_back(extension);
  }
  info.parameters = {
      {.key = "extensions",
       .type = ParameterType::texts,
       .fallback = std::move(extensions),
       .help = "What a capture's key ends with, in any case, with or without a dot; an empty list "
               "accepts every key."},
      {.key = "exclude",
       .type = ParameterType::regex,
       .help = "A key in which it is found is no capture."},
      {.key = "max_missing",
       .type = ParameterType::share,
       .fallback = "20%",
       .help = "The largest share of a deployment's captures that one sync may mark as missing.",
       .minimum = 0,
       .maximum = 1},
      {.key = "verify",
       .type = ParameterType::text,
       .fallback = "fingerprint",
       .help = "What proves a folder unchanged: its fingerprint; full, the comparison of every "
               "capture; or quick, the time of its own last change: it is then not even read, and "
               "captures that were written to in place are missed.",
       .choices = {"fingerprint", "full", "quick"}},
      {.key = "settled_after",
       .type = ParameterType::duration,
       .fallback = "10min",
       .help = "With verify: quick, a folder is only passed over if nothing in it had been written "
               "to for so long when it was last read.",
       .minimum = 0},
      {.key = "resume_within",
       .type = ParameterType::duration,
       .fallback = "1h",
       .help = "Where a listing of an object store was cut short, the next one goes on from there, "
               "if it began no longer ago than this; 0 is never.",
       .minimum = 0}};
  return info;
}

} // namespace

DataStorageSync::DataStorageSync() : info_(make_info()) {}

void DataStorageSync::run(JobContext& context) const {
  if (!context.job.deployment || context.storage == nullptr || context.catalogue == nullptr) {
    throw permanent_error(error_code::k_config,
                          "a data_storage_sync needs a deployment, its source and a catalogue: "
                          "name a deployment in the job's definition");
  }
  const Deployment& deployment = *context.job.deployment;
  const auto wanted = compile(context, deployment.regex, "the deployment's regex");
  const auto excluded = compile(context, context.parameters.text("exclude"), "exclude");
  const CaptureFilter filter(context.parameters.texts("extensions"), wanted.get(), excluded.get());
  const MergeRules rules = merge_rules(context);
  const auto merge = context.catalogue->open_merge(deployment.id, rules);
  SyncReport report(context, rules.sample ? 0 : merge->known_captures());
  Sync sync(context, filter, rules, *merge, report);
  if (rules.sample) {
    sync.merge_sample();
  } else {
    sync.merge_all();
  }
  report.end_listing();
  context.throw_if_stopped();
  report.reconcile(merge->counts()); // before anything is marked as missing
  report.finish(merge->finish());
}

} // namespace nightshift::data_storage_sync

// SPDX-License-Identifier: Apache-2.0
//
// What it costs to tell something. Items are events, or lines of a record's log.

#include "core/base/hash.hpp"
#include "core/record/job_document.hpp"
#include "core/record/journal.hpp"
#include "tests/support/temp_dir.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace nightshift::bench {
namespace {

Event progress_event() {
  Event event;
  event.kind = EventKind::progress;
  event.sequence = 17;
  event.time = system_now();
  event.job = 1102;
  event.stage = "data_storage_sync";
  event.attributes = {{"done", 5000},
                      {"total", 50'000},
                      {"fraction", 0.1},
                      {"counters", {{"listed", 5000}, {"new", 5000}, {"bytes", 1'500'000'000}}},
                      {"parameters", {5000}}};
  return event;
}

void json_of_event(benchmark::State& state) {
  const Event event = progress_event();
  for (auto _ : state) {
    benchmark::DoNotOptimize(to_line(to_json(event)));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(json_of_event);

void event_of_json(benchmark::State& state) {
  const std::string line = to_line(to_json(progress_event()));
  for (auto _ : state) {
    benchmark::DoNotOptimize(event_from_json(Json::parse(line)));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(event_of_json);

// A record with the longest log there may be.
void json_of_record(benchmark::State& state) {
  JobRecord record;
  record.id = 1102;
  record.name = "Sync captures for deployment 250";
  for (std::size_t i = 0; i < JobRecord::k_most_log_lines; ++i) {
    record.log.push_back({system_now(), Severity::info, "Processed 1000 files"});
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(to_page(to_document(record)));
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(JobRecord::k_most_log_lines));
}

BENCHMARK(json_of_record);

void journal_append(benchmark::State& state) {
  const tests::TempDir folder;
  Journal journal(folder.path() / "events.jsonl");
  const Event event = progress_event();
  for (auto _ : state) {
    journal.append(event);
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(journal_append);

void sha256_of_text(benchmark::State& state) {
  const std::string text(65'536, 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(sha256(text));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

BENCHMARK(sha256_of_text);

} // namespace
} // namespace nightshift::bench

// SPDX-License-Identifier: Apache-2.0

#include "core/record/profile.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <type_traits>
#include <utility>

namespace nightshift {
namespace {

template <class Owner>
struct CountField {
  const char* key;
  std::int64_t Owner::*member;
};

template <class Owner>
struct TimeField {
  const char* key; // ends with _s
  double Owner::*member;
};

constexpr std::array<CountField<StageProfile>, 6> k_stage_counts{
    {{"threads", &StageProfile::threads},
     {"minor_faults", &StageProfile::minor_faults},
     {"major_faults", &StageProfile::major_faults},
     {"voluntary_switches", &StageProfile::voluntary_switches},
     {"involuntary_switches", &StageProfile::involuntary_switches},
     {"peak_rss_bytes", &StageProfile::peak_memory}}};

constexpr std::array<TimeField<StageProfile>, 4> k_stage_times{
    {{"thread_s", &StageProfile::thread_seconds},
     {"cpu_user_s", &StageProfile::cpu_user_seconds},
     {"cpu_system_s", &StageProfile::cpu_system_seconds},
     {"ready_s", &StageProfile::ready_seconds}}};

constexpr std::array<CountField<QueueProfile>, 5> k_queue_counts{
    {{"items", &QueueProfile::items},
     {"bytes", &QueueProfile::bytes},
     {"most_waiting", &QueueProfile::most_waiting},
     {"most_bytes", &QueueProfile::most_bytes},
     {"held_back", &QueueProfile::held_back}}};

constexpr std::array<TimeField<QueueProfile>, 5> k_queue_times{
    {{"mean_waiting", &QueueProfile::mean_waiting},
     {"held_back_s", &QueueProfile::held_back_seconds},
     {"consume_s", &QueueProfile::consume_seconds},
     {"consume_cpu_s", &QueueProfile::consume_cpu_seconds},
     {"idle_s", &QueueProfile::idle_seconds}}};

constexpr std::array<CountField<ProcessIo>, 4> k_io_counts{
    {{"reads", &ProcessIo::reads},
     {"writes", &ProcessIo::writes},
     {"disk_read_bytes", &ProcessIo::disk_read_bytes},
     {"disk_written_bytes", &ProcessIo::disk_written_bytes}}};

constexpr std::array<TimeField<JobProfile>, 4> k_job_times{
    {{"waited_to_start_s", &JobProfile::waited_to_start_seconds},
     {"in_stages_s", &JobProfile::in_stages_seconds},
     {"cpu_user_s", &JobProfile::cpu_user_seconds},
     {"cpu_system_s", &JobProfile::cpu_system_seconds}}};

constexpr std::array<CountField<ProcessUse>, 4> k_use_counts{
    {{"minor_faults", &ProcessUse::minor_faults},
     {"major_faults", &ProcessUse::major_faults},
     {"voluntary_switches", &ProcessUse::voluntary_switches},
     {"involuntary_switches", &ProcessUse::involuntary_switches}}};

constexpr std::array<TimeField<ProcessUse>, 2> k_use_times{
    {{"cpu_user_s", &ProcessUse::user_seconds}, {"cpu_system_s", &ProcessUse::system_seconds}}};

// More digits would be noise of the arithmetic.
double to_microseconds(double seconds) {
  return std::round(seconds * 1e6) / 1e6;
}

template <class Owner>
void put(Json& json, const Owner& owner, const auto& fields) {
  for (const auto& field : fields) {
    if constexpr (std::is_same_v<decltype(field.member), double Owner::*>) {
      json[field.key] = to_microseconds(owner.*field.member);
    } else {
      json[field.key] = owner.*field.member;
    }
  }
}

template <class Number>
void take_number(Number& number, const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found != json.end() && found->is_number()) {
    number = found->get<Number>();
  }
}

template <class Owner>
void take(Owner& owner, const Json& json, const auto& fields) {
  for (const auto& field : fields) {
    take_number(owner.*field.member, json, field.key);
  }
}

Json io_document(const std::optional<ProcessIo>& io) {
  if (!io) {
    return {};
  }
  Json json = Json::object();
  put(json, *io, k_io_counts);
  return json;
}

Json queue_document(const QueueProfile& queue) {
  Json json{{"name", queue.name}};
  put(json, queue, k_queue_counts);
  put(json, queue, k_queue_times);
  return json;
}

QueueProfile queue_from(const Json& json) {
  QueueProfile queue;
  if (const auto name = json.find("name"); name != json.end() && name->is_string()) {
    queue.name = name->get<std::string>();
  }
  take(queue, json, k_queue_counts);
  take(queue, json, k_queue_times);
  return queue;
}

void add_queue(std::vector<QueueProfile>& queues, const QueueProfile& other) {
  const auto same = [&](const QueueProfile& queue) { return queue.name == other.name; };
  const auto found = std::find_if(queues.begin(), queues.end(), same);
  if (found == queues.end()) {
    queues.push_back(other);
    return;
  }
  const auto sum_waiting = found->mean_waiting * static_cast<double>(found->items) +
                           other.mean_waiting * static_cast<double>(other.items);
  found->items += other.items;
  found->mean_waiting = found->items > 0 ? sum_waiting / static_cast<double>(found->items) : 0;
  found->bytes += other.bytes;
  found->most_waiting = std::max(found->most_waiting, other.most_waiting);
  found->most_bytes = std::max(found->most_bytes, other.most_bytes);
  found->held_back += other.held_back;
  found->held_back_seconds += other.held_back_seconds;
  found->consume_seconds += other.consume_seconds;
  found->consume_cpu_seconds += other.consume_cpu_seconds;
  found->idle_seconds += other.idle_seconds;
}

Json use_document(const ProcessUse& use) {
  Json json = Json::object();
  put(json, use, k_use_times);
  put(json, use, k_use_counts);
  return json;
}

} // namespace

double StageProfile::blocked_seconds() const noexcept {
  return std::max(thread_seconds - cpu_user_seconds - cpu_system_seconds - ready_seconds, 0.0);
}

void StageProfile::add(const StageProfile& other) {
  threads = std::max(threads, other.threads);
  thread_seconds += other.thread_seconds;
  cpu_user_seconds += other.cpu_user_seconds;
  cpu_system_seconds += other.cpu_system_seconds;
  ready_seconds += other.ready_seconds;
  minor_faults += other.minor_faults;
  major_faults += other.major_faults;
  voluntary_switches += other.voluntary_switches;
  involuntary_switches += other.involuntary_switches;
  peak_memory = std::max(peak_memory, other.peak_memory);
  std::transform(tallies.begin(), tallies.end(), other.tallies.begin(), tallies.begin(),
                 std::plus<>{});
  std::transform(waits.begin(), waits.end(), other.waits.begin(), waits.begin(), std::plus<>{});
  for (const QueueProfile& queue : other.queues) {
    add_queue(queues, queue);
  }
}

RunProfile own_profile() {
  return {own_use(), use_of_children(), own_io(), own_peak_memory()};
}

Json to_document(const StageProfile& profile) {
  Json json = Json::object();
  put(json, profile, k_stage_times);
  put(json, profile, k_stage_counts);
  Json& counts = json["counts"] = Json::object();
  for (std::size_t i = 0; i < k_tally_names.size(); ++i) {
    counts[std::string(k_tally_names[i])] = profile.tallies[i];
  }
  json["blocked_s"] = to_microseconds(profile.blocked_seconds());
  Json& waits = json["waits"] = Json::object();
  for (std::size_t i = 0; i < k_wait_names.size(); ++i) {
    waits[std::string(k_wait_names[i])] = to_microseconds(profile.waits[i]);
  }
  Json& queues = json["queues"] = Json::array();
  for (const QueueProfile& queue : profile.queues) {
    queues.push_back(queue_document(queue));
  }
  json["process_io"] = io_document(profile.io);
  return json;
}

Json to_document(const JobProfile& profile) {
  Json json = Json::object();
  put(json, profile, k_job_times);
  return json;
}

Json to_document(const RunProfile& profile) {
  Json json = use_document(profile.own);
  json["peak_rss_bytes"] = profile.peak_memory;
  json["process_io"] = io_document(profile.io);
  json["children"] = use_document(profile.children);
  return json;
}

std::optional<StageProfile> stage_profile_from(const Json& json) {
  if (!json.is_object()) {
    return std::nullopt;
  }
  StageProfile profile;
  take(profile, json, k_stage_times);
  take(profile, json, k_stage_counts);
  for (std::size_t i = 0; i < k_tally_names.size(); ++i) {
    take_number(profile.tallies[i], member(json, "counts"), k_tally_names[i].data());
  }
  for (std::size_t i = 0; i < k_wait_names.size(); ++i) {
    take_number(profile.waits[i], member(json, "waits"), k_wait_names[i].data());
  }
  for (const Json& queue : member(json, "queues")) {
    profile.queues.push_back(queue_from(queue));
  }
  if (const Json& io = member(json, "process_io"); io.is_object()) {
    take(profile.io.emplace(), io, k_io_counts);
  }
  return profile;
}

} // namespace nightshift

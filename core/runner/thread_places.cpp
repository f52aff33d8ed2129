// SPDX-License-Identifier: Apache-2.0

#include "core/runner/thread_places.hpp"

#include <fmt/format.h>

#include <pthread.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace nightshift {
namespace {

struct NamedCall {
  long number;
  const char* name;
};

// Those that a stage waits in, as a rule.
constexpr std::array<NamedCall, 17> k_calls{{{SYS_read, "read"},
                                             {SYS_pread64, "pread64"},
                                             {SYS_write, "write"},
                                             {SYS_pwrite64, "pwrite64"},
                                             {SYS_fsync, "fsync"},
                                             {SYS_fdatasync, "fdatasync"},
                                             {SYS_openat, "openat"},
                                             {SYS_statx, "statx"},
                                             {SYS_getdents64, "getdents64"},
                                             {SYS_renameat2, "renameat2"},
                                             {SYS_fcntl, "fcntl"},
                                             {SYS_futex, "futex"},
                                             {SYS_ppoll, "ppoll"},
                                             {SYS_epoll_pwait, "epoll_pwait"},
                                             {SYS_recvfrom, "recvfrom"},
                                             {SYS_connect, "connect"},
                                             {SYS_clock_nanosleep, "clock_nanosleep"}}};

std::string first_line(const std::filesystem::path& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

template <class Number>
std::optional<Number> number_at_front(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} ? std::optional(number) : std::nullopt;
}

// "running", or the call's number and its arguments.
std::string system_call(const std::string& line) {
  const auto number = number_at_front<long>(line);
  if (!number || *number < 0) {
    return "";
  }
  const auto* const found =
      std::find_if(k_calls.begin(), k_calls.end(),
                   [&](const NamedCall& call) { return call.number == *number; });
  return found != k_calls.end() ? found->name : fmt::format("a system call ({})", *number);
}

// The letter behind the name, which may itself hold brackets.
char state(const std::string& stat) {
  const auto end = stat.rfind(") ");
  return end != std::string::npos && end + 2 < stat.size() ? stat[end + 2] : '?';
}

} // namespace

std::vector<ThreadPlace> thread_places(const std::filesystem::path& tasks) {
  std::vector<ThreadPlace> places;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(tasks, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto id = number_at_front<std::int64_t>(entry->path().filename().native());
    if (!id) {
      continue;
    }
    ThreadPlace place;
    place.id = *id;
    place.name = first_line(entry->path() / "comm");
    place.state = state(first_line(entry->path() / "stat"));
    place.wait_channel = first_line(entry->path() / "wchan");
    if (place.wait_channel == "0") {
      place.wait_channel.clear();
    }
    place.system_call = system_call(first_line(entry->path() / "syscall"));
    places.push_back(std::move(place));
  }
  std::sort(places.begin(), places.end(),
            [](const ThreadPlace& a, const ThreadPlace& b) { return a.id < b.id; });
  return places;
}

std::string to_text(const ThreadPlace& place) {
  std::string text = fmt::format("{} ({}): {}", place.name, place.id, place.state);
  if (!place.system_call.empty()) {
    text += ", in " + place.system_call;
  }
  if (!place.wait_channel.empty()) {
    text += ", at " + place.wait_channel;
  }
  return text;
}

Json to_json(const ThreadPlace& place) {
  return {{"id", place.id},
          {"name", place.name},
          {"state", std::string(1, place.state)},
          {"wait_channel", place.wait_channel},
          {"system_call", place.system_call}};
}

void name_thread(const std::string& name) noexcept {
  constexpr std::size_t k_most = 15;
  (void)pthread_setname_np(pthread_self(), name.substr(0, k_most).c_str());
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/record/state_dir.hpp"

#include "core/base/file.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string_view>
#include <system_error>

namespace nightshift {
namespace {

// The id that a folder's name is; nothing for any other name.
std::optional<std::int64_t> parse_id(const std::string& name) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
  const bool whole = error == std::errc{} && end == name.data() + name.size();
  return whole && id > 0 ? std::optional(id) : std::nullopt;
}

void make_folders(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    const JobError cause = system_error(error.value(), "");
    const bool is_place =
        cause.code() == error_code::k_io || cause.code() == error_code::k_not_found;
    throw permanent_error(
        is_place ? error_code::k_cannot_create : cause.code(),
        fmt::format("cannot make the folder {}: {}; name another place with --state-dir",
                    path.string(), error.message()));
  }
}

std::string random_hex() {
  std::random_device random;
  return fmt::format("{:08x}", random());
}

// The names in a folder that are ids, ascending; none if there is no folder.
std::vector<std::int64_t> ids_in(const std::filesystem::path& folder) {
  std::vector<std::int64_t> ids;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (const auto id = parse_id(entry->path().filename().string())) {
      ids.push_back(*id);
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw system_error(error.value(), fmt::format("cannot list {}", folder.string()));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

constexpr const char* k_hint = "last_id";
constexpr const char* k_retired = "removed_id";

// The id that was given out last, and how the folder of jobs looked after that: whoever changes it
// otherwise makes the hint void.
struct Hint {
  std::int64_t id = 0;
  std::int64_t changed_s = 0;
  std::int64_t changed_ns = 0;
  std::uint64_t links = 0;

  friend bool operator==(const Hint&, const Hint&) = default;
};

Hint hint_for(std::int64_t id, const std::filesystem::path& jobs) {
  struct stat status {};

  if (stat(jobs.c_str(), &status) != 0) {
    return {};
  }
  return {id, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_nlink};
}

// The id to go on from; 0 if that is not known.
std::int64_t read_hint(const std::filesystem::path& path, const std::filesystem::path& jobs) {
  Hint hint;
  std::ifstream(path) >> hint.id >> hint.changed_s >> hint.changed_ns >> hint.links;
  return hint.id > 0 && hint == hint_for(hint.id, jobs) ? hint.id : 0;
}

// Written in place: a torn hint is void, which costs a look at the folder.
void write_hint(const std::filesystem::path& path, const Hint& hint) noexcept {
  const std::string text = fmt::format("{:<20} {:<20} {:<10} {:<20}\n", hint.id, hint.changed_s,
                                       hint.changed_ns, hint.links);
  const Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  (void)!pwrite(fd.get(), text.data(), text.size(), 0);
}

std::int64_t read_retired(const std::filesystem::path& path) {
  std::int64_t id = 0;
  std::ifstream(path) >> id;
  return id;
}

const char* environment(const char* name) {
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
  return value != nullptr && *value != '\0' ? value : nullptr;
}

} // namespace

void StateDir::prepare() const {
  make_folders(path_ / "jobs");
  make_folders(path_ / "runs");
  make_folders(path_ / "live");
  // Of one name: a kill right here leaves one at most.
  const std::filesystem::path probe = path_ / ".probe";
  const Fd fd(open(probe.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!fd) {
    throw system_error(errno, fmt::format("cannot write in {}", path_.string()));
  }
  (void)unlink(probe.c_str());
}

JobFolder StateDir::job_folder(std::int64_t id) const {
  return {id, path_ / "jobs" / std::to_string(id)};
}

JobFolder StateDir::make_job_folder() const {
  constexpr std::int64_t k_most_guesses = 64; // others may have taken ids since
  const std::int64_t hint = read_hint(path_ / k_hint, path_ / "jobs");
  for (std::int64_t id = hint + 1; hint > 0 && id <= hint + k_most_guesses; ++id) {
    if (auto folder = try_make_job_folder(id)) {
      return *folder;
    }
  }
  const std::vector<std::int64_t> ids = job_ids();
  const std::int64_t last = std::max(ids.empty() ? 0 : ids.back(), read_retired(path_ / k_retired));
  for (std::int64_t id = last + 1;; ++id) {
    if (auto folder = try_make_job_folder(id)) {
      return *folder;
    }
  }
}

std::optional<JobFolder> StateDir::try_make_job_folder(std::int64_t id) const {
  JobFolder folder = job_folder(id);
  if (mkdir(folder.path.c_str(), 0777) == 0) {
    write_hint(path_ / k_hint, hint_for(id, path_ / "jobs"));
    return folder;
  }
  if (errno != EEXIST) {
    throw system_error(errno, fmt::format("cannot make the folder {}", folder.path.string()));
  }
  return std::nullopt;
}

std::optional<JobFolder> StateDir::find_job(std::int64_t id) const {
  JobFolder folder = job_folder(id);
  std::error_code ignored;
  return std::filesystem::is_directory(folder.path, ignored) ? std::optional(std::move(folder))
                                                             : std::nullopt;
}

JobFolder StateDir::existing_job(std::int64_t id) const {
  auto folder = find_job(id);
  if (!folder) {
    throw permanent_error(
        error_code::k_not_found,
        fmt::format("there is no job {} in {}; see \"nightshift jobs\"", id, path_.string()));
  }
  return *std::move(folder);
}

std::vector<std::int64_t> StateDir::job_ids() const {
  return ids_in(path_ / "jobs");
}

std::vector<std::int64_t> StateDir::live_ids() const {
  return ids_in(path_ / "live");
}

// Of two who remove the newest, one after the other, the second sees what the first has written.
void StateDir::retire_id(std::int64_t id) const {
  const std::vector<std::int64_t> ids = job_ids();
  const std::int64_t retired = read_retired(path_ / k_retired);
  if (!ids.empty() && id >= ids.back() && id > retired) {
    replace_file(path_ / k_retired, fmt::format("{}\n", id), Durable::yes);
  }
}

void StateDir::forget_live(std::int64_t id) const noexcept {
  (void)unlink(job_folder(id).live_mark().c_str());
}

std::filesystem::path StateDir::make_run_folder(TimePoint now) const {
  std::string stamp = utc_text(now);
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  stamp.resize(std::string_view("20250114T214829").size());
  for (;;) {
    std::filesystem::path folder = path_ / "runs" / fmt::format("{}Z-{}", stamp, random_hex());
    if (mkdir(folder.c_str(), 0777) == 0) {
      return folder;
    }
    if (errno != EEXIST) {
      throw system_error(errno, fmt::format("cannot make the folder {}", folder.string()));
    }
  }
}

StateDir find_state_dir(const std::optional<std::filesystem::path>& asked,
                        const std::optional<std::filesystem::path>& of_job_file) {
  const auto absolute = [](const std::filesystem::path& path) {
    return StateDir(std::filesystem::absolute(path).lexically_normal());
  };
  if (asked) {
    return absolute(*asked);
  }
  if (of_job_file) {
    return absolute(*of_job_file);
  }
  if (const char* own = environment("NIGHTSHIFT_STATE_DIR")) {
    return absolute(own);
  }
  if (const char* state_home = environment("XDG_STATE_HOME")) {
    return absolute(std::filesystem::path(state_home) / "nightshift");
  }
  if (const char* home = environment("HOME")) {
    return absolute(std::filesystem::path(home) / ".local" / "state" / "nightshift");
  }
  throw permanent_error(error_code::k_not_found,
                        "no state directory is known: name one with --state-dir, or with state_dir "
                        "in the job file");
}

} // namespace nightshift

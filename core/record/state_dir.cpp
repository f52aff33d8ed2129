// SPDX-License-Identifier: Apache-2.0

#include "core/record/state_dir.hpp"

#include "core/base/file.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
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

const char* environment(const char* name) {
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
  return value != nullptr && *value != '\0' ? value : nullptr;
}

} // namespace

void StateDir::prepare() const {
  make_folders(path_ / "jobs");
  make_folders(path_ / "runs");
  const std::filesystem::path probe = path_ / fmt::format(".probe-{}", random_hex());
  replace_file(probe, "", Durable::no);
  std::error_code ignored;
  std::filesystem::remove(probe, ignored);
}

JobFolder StateDir::job_folder(std::int64_t id) const {
  return {id, path_ / "jobs" / std::to_string(id)};
}

JobFolder StateDir::make_job_folder() const {
  const std::vector<std::int64_t> ids = job_ids();
  for (std::int64_t id = ids.empty() ? 1 : ids.back() + 1;; ++id) {
    JobFolder folder = job_folder(id);
    if (mkdir(folder.path.c_str(), 0777) == 0) {
      return folder;
    }
    if (errno != EEXIST) {
      throw system_error(errno, fmt::format("cannot make the folder {}", folder.path.string()));
    }
  }
}

std::optional<JobFolder> StateDir::find_job(std::int64_t id) const {
  JobFolder folder = job_folder(id);
  std::error_code ignored;
  return std::filesystem::is_directory(folder.path, ignored) ? std::optional(std::move(folder))
                                                             : std::nullopt;
}

std::vector<std::int64_t> StateDir::job_ids() const {
  std::vector<std::int64_t> ids;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path_ / "jobs", error), end;
       !error && entry != end; entry.increment(error)) {
    if (const auto id = parse_id(entry->path().filename().string())) {
      ids.push_back(*id);
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw system_error(error.value(), fmt::format("cannot list {}", (path_ / "jobs").string()));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
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

// SPDX-License-Identifier: Apache-2.0

#include "core/serve/job_files.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/config/job_file.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace nightshift::serve {
namespace {

constexpr std::chrono::seconds k_fresh{3};
constexpr std::size_t k_largest_job_file = std::size_t{64} << 20U;

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto extension = entry->path().extension();
    if (extension == ".yaml" || extension == ".yml") {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Others are only included.
bool has_jobs(const std::filesystem::path& file) {
  const std::string text = read_file(file, k_largest_job_file);
  return text.starts_with("jobs:") || text.find("\njobs:") != std::string::npos;
}

void add_offers(const std::filesystem::path& path, JobOffers& offers) {
  const std::string shown = one_line(printable_key(path.filename().native()));
  try {
    if (!has_jobs(path)) {
      return;
    }
    const JobFile file = read_job_file(path);
    for (const JobDefinition& job : file.jobs) {
      offers.jobs.push_back({path, job.name, job.definition_name, job.type, job.deployment});
    }
  } catch (const JobFileError& error) { // its text quotes the file, which is not for everybody
    offers.problems.push_back(fmt::format("{} has {} mistake{}; see \"nightshift validate\"", shown,
                                          error.count(), error.count() == 1 ? "" : "s"));
  } catch (const JobError& error) {
    offers.problems.push_back(fmt::format("{} cannot be read: {}", shown, error.what()));
  }
}

} // namespace

JobOffers JobFiles::offers() {
  const std::scoped_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (!read_ || now - *read_ >= k_fresh) {
    offers_ = read();
    read_ = now;
  }
  return offers_;
}

JobOffers JobFiles::read() const {
  JobOffers offers;
  if (folder_) {
    for (const std::filesystem::path& file : files_in(*folder_)) {
      add_offers(file, offers);
    }
  }
  return offers;
}

} // namespace nightshift::serve

// SPDX-License-Identifier: Apache-2.0

#include "core/serve/job_files.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/catalogue/open_catalogue.hpp"
#include "core/config/job_file.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
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

} // namespace

JobFiles::JobFiles(std::optional<std::filesystem::path> folder, const CatalogueAt& shown)
    : folder_(std::move(folder)),
      base_folder_(shown.base_folder),
      shown_(place_of(shown.uri)) {}

// The same for all names of a catalogue.
std::filesystem::path JobFiles::place_of(const std::string& catalogue) const {
  return catalogue_lock_folder(catalogue, base_folder_);
}

void JobFiles::add(const std::filesystem::path& path, JobOffers& offers) const {
  const std::string shown = one_line(printable_key(path.filename().native()));
  try {
    if (!has_jobs(path)) {
      return;
    }
    const JobFile file = read_job_file(path);
    if (place_of(file.catalogue) != shown_) {
      offers.problems.push_back(
          fmt::format("{} has another catalogue than this server shows, so what its jobs find is "
                      "not seen here; start the server with --catalogue, or change the file",
                      shown));
    }
    for (const DefinedJob& job : file.jobs) {
      offers.jobs.push_back(
          {path, job.name, job.definition->name, job.definition->type, job.deployment});
    }
  } catch (const JobFileError& error) { // its text quotes the file, which is not for everybody
    offers.problems.push_back(fmt::format("{} has {} mistake{}; see \"nightshift validate\"", shown,
                                          error.count(), error.count() == 1 ? "" : "s"));
  } catch (const std::exception& error) {
    offers.problems.push_back(fmt::format("{} cannot be read: {}", shown, error.what()));
  }
}

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
      add(file, offers);
    }
  }
  return offers;
}

} // namespace nightshift::serve

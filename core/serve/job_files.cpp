// SPDX-License-Identifier: Apache-2.0

#include "core/serve/job_files.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/catalogue/open_catalogue.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

namespace nightshift::serve {
namespace {

using Paths = std::vector<std::filesystem::path>;

constexpr std::chrono::seconds k_fresh{3};
constexpr std::size_t k_largest_job_file = std::size_t{64} << 20U;

Paths files_in(const std::filesystem::path& folder) {
  Paths files;
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

// Whether a parser is to look at it. Files of deployments, which are only included, may be large.
bool may_have_jobs(const std::filesystem::path& file) {
  std::istringstream text(read_file(file, k_largest_job_file));
  for (std::string line; std::getline(text, line);) {
    const auto begin = line.find_first_not_of(" \t");
    if (begin != std::string::npos && line[begin] != '#' &&
        (line.find("jobs", begin) != std::string::npos ||
         line.find("include", begin) != std::string::npos)) {
      return true;
    }
  }
  return false;
}

// Whichever way the file is named.
std::filesystem::path identity_of(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::path canonical = std::filesystem::weakly_canonical(file, error);
  return error ? file : canonical;
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

void JobFiles::take(const JobFile& file, const std::string& shown, FileOffers& taken) const {
  if (place_of(file.catalogue) != shown_) {
    taken.offers.problems.push_back(
        fmt::format("{} has another catalogue than this server shows, so what its jobs find is "
                    "not seen here; start the server with --catalogue, or change the file",
                    shown));
  }
  for (const DefinedJob& job : file.jobs) {
    taken.offers.jobs.push_back(
        {file.path, job.name, job.definition->name, job.definition->type, job.deployment});
  }
  for (std::size_t i = 1; i < file.texts.size(); ++i) {
    taken.included.push_back(identity_of(file.texts[i].path));
  }
}

JobFiles::FileOffers JobFiles::look_at(const std::filesystem::path& path) const {
  const std::string shown = one_line(printable_key(path.filename().native()));
  FileOffers taken;
  std::vector<std::string>& problems = taken.offers.problems;
  try {
    if (!may_have_jobs(path)) {
      return taken;
    }
    if (const auto file = read_if_job_file(path)) {
      take(*file, shown, taken);
    }
  } catch (const JobFileError& error) { // its text quotes the file, which is not for everybody
    problems.push_back(fmt::format("{} has {} mistake{}; see \"nightshift validate\"", shown,
                                   error.count(), error.count() == 1 ? "" : "s"));
  } catch (const std::exception& error) {
    problems.push_back(fmt::format("{} cannot be read: {}", shown, error.what()));
  }
  return taken;
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

// What an included file has is the including one's: not twice, and no mistake where it is no job
// file by itself.
JobOffers JobFiles::read() const {
  std::vector<std::pair<std::filesystem::path, JobOffers>> found;
  std::set<std::filesystem::path> included;
  for (const std::filesystem::path& path : folder_ ? files_in(*folder_) : Paths()) {
    FileOffers taken = look_at(path);
    included.insert(taken.included.begin(), taken.included.end());
    found.emplace_back(identity_of(path), std::move(taken.offers));
  }
  JobOffers offers;
  for (auto& [file, of_file] : found) {
    if (!included.contains(file)) {
      std::move(of_file.jobs.begin(), of_file.jobs.end(), std::back_inserter(offers.jobs));
      std::move(of_file.problems.begin(), of_file.problems.end(),
                std::back_inserter(offers.problems));
    }
  }
  return offers;
}

} // namespace nightshift::serve

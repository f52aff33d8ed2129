// SPDX-License-Identifier: Apache-2.0
//
// The job files that the server may make jobs from: what is in one folder.

#pragma once

#include "core/config/job_file.hpp"
#include "core/serve/deployment_view.hpp"

#include <nightshift/deployment.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace nightshift::serve {

// A job that a job file defines.
struct JobOffer {
  std::filesystem::path file;
  std::string name;                             // of the job
  std::string definition_name;                  // of what defines it, and perhaps others
  std::string type;                             // key
  std::shared_ptr<const Deployment> deployment; // null: it has none
};

struct JobOffers {
  std::vector<JobOffer> jobs;        // by file name, then in the file's order
  std::vector<std::string> problems; // of the files, a sentence each
};

// Safe to use from several threads.
class JobFiles {
 public:
  // Without a folder there are no offers. Of a file whose jobs fill another catalogue than the one
  // that is shown, that is a problem. Throws `JobError` if `shown` is none.
  JobFiles(std::optional<std::filesystem::path> folder, const CatalogueAt& shown);

  // Of all *.yaml and *.yml that have `jobs`, be it by what they include, but for those that
  // another of them includes; looked at again after some seconds.
  [[nodiscard]] JobOffers offers();

  [[nodiscard]] bool has_folder() const noexcept { return folder_.has_value(); }

 private:
  [[nodiscard]] JobOffers read() const;

  // What one file comes to, and what it includes.
  struct FileOffers {
    JobOffers offers;
    std::vector<std::filesystem::path> included;
  };

  [[nodiscard]] FileOffers look_at(const std::filesystem::path& path) const;
  void take(const JobFile& file, const std::string& shown, FileOffers& taken) const;
  [[nodiscard]] std::filesystem::path place_of(const std::string& catalogue) const;

  const std::optional<std::filesystem::path> folder_;
  const std::filesystem::path base_folder_; // of catalogues
  const std::filesystem::path shown_;       // `place_of` the one that is shown
  std::mutex mutex_;                        // of what follows
  JobOffers offers_;
  std::optional<std::chrono::steady_clock::time_point> read_;
};

} // namespace nightshift::serve

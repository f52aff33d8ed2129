// SPDX-License-Identifier: Apache-2.0
//
// The job files that the server may make jobs from: what is in one folder.

#pragma once

#include <nightshift/deployment.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace nightshift::serve {

// A job that a job file defines.
struct JobOffer {
  std::filesystem::path file;
  std::string name;            // of the job
  std::string definition_name; // of what defines it, and perhaps others
  std::string type;            // key
  std::optional<Deployment> deployment;
};

struct JobOffers {
  std::vector<JobOffer> jobs;        // by file name, then in the file's order
  std::vector<std::string> problems; // files with mistakes, a sentence each
};

// Safe to use from several threads.
class JobFiles {
 public:
  // Without a folder there are no offers.
  explicit JobFiles(std::optional<std::filesystem::path> folder) : folder_(std::move(folder)) {}

  // Of all *.yaml and *.yml that have `jobs:`; looked at again after some seconds.
  [[nodiscard]] JobOffers offers();

  [[nodiscard]] bool has_folder() const noexcept { return folder_.has_value(); }

 private:
  [[nodiscard]] JobOffers read() const;

  const std::optional<std::filesystem::path> folder_;
  std::mutex mutex_; // of what follows
  JobOffers offers_;
  std::optional<std::chrono::steady_clock::time_point> read_;
};

} // namespace nightshift::serve

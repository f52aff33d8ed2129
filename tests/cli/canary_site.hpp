// SPDX-License-Identifier: Apache-2.0
//
// A site whose job file, environment and credentials have a canary each.

#pragma once

#include "tests/cli/canary.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/site.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nightshift::tests {

inline const Canary k_secret{"k4n4r13nSecret"};
inline const Canary k_token{"k4n4r13nToken"};
inline const Canary k_variable{"k4n4r13nVariable"}; // of ${env:...} in the job file
inline const Canary k_file{"k4n4r13nFile"};         // of ${file:...}
inline const std::vector<Canary> k_all{k_secret, k_token, k_variable, k_file};
inline const std::vector<Canary> k_credentials{k_secret, k_token};

// Where credentials come from.
enum class Origin : std::uint8_t { environment, profile, process, remote };

class CanarySite {
 public:
  // Of which the source is a bucket at `endpoint`.
  CanarySite(Origin origin, const std::string& endpoint);

  [[nodiscard]] ProgramSettings settings() const { return settings_; }

  [[nodiscard]] const Site& site() const noexcept { return site_; }

  [[nodiscard]] std::string job_file() const { return site_.job_file().string(); }

  // What of the canaries is seen of a command, or is found in its state directory.
  [[nodiscard]] std::vector<std::string> seen(const std::vector<std::string>& command) const;

 private:
  void write_job_file(const std::string& endpoint);
  void write_credentials();

  Site site_;
  Origin origin_;
  RefusedPort unreached_;
  ProgramSettings settings_;
};

} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0
//
// All that a stage may touch. Borrowed for the length of `JobType::run`; never keep any of it.

#pragma once

#include <nightshift/catalogue.hpp>
#include <nightshift/deployment.hpp>
#include <nightshift/error.hpp>
#include <nightshift/executor.hpp>
#include <nightshift/logger.hpp>
#include <nightshift/parameters.hpp>
#include <nightshift/progress.hpp>
#include <nightshift/storage.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace nightshift {

// What the job is, the same in all its stages.
struct JobInfo {
  std::int64_t id = 0;
  std::string name;
  int attempt = 1;
  std::optional<Deployment> deployment;
  std::optional<std::int64_t> limit; // at most so many captures
  bool shuffle = true;               // with a limit: a random sample instead of the first
  std::uint64_t seed = 0;            // for the sample; recorded
  bool allow_missing = false;        // the mass-loss guard is off for this once
};

// A compiled regular expression. Any thread.
class Pattern {
 public:
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  virtual ~Pattern() = default;

  // Whether it is found anywhere in `text`. Time is linear in the length of `text`, whatever the
  // pattern.
  [[nodiscard]] virtual bool found_in(std::string_view text) const = 0;

 protected:
  Pattern() = default;
};

// Services of the runner. Any thread.
class Host {
 public:
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;

  // Compile a regular expression in Antenna's dialect (Python's `re`), but for what cannot be
  // matched in linear time. Throws `bad_data` with a sentence that names the construct.
  [[nodiscard]] virtual std::unique_ptr<Pattern> compile(std::string_view regex) = 0;

  // An object could not be examined: recorded with its key and reason. Counting it is up to the
  // stage.
  virtual void item_failed(std::string_view key, std::string_view why) = 0;

 protected:
  Host() = default;
};

struct JobContext {
  const JobInfo& job;
  const Parameters& parameters; // of all stages of the job
  Logger& log;
  StageProgress& progress; // of this stage
  std::stop_token stop;
  Executor& cpu; // for computation: as many threads as the job may keep busy
  Executor& io;  // for calls that wait: more threads than cores
  Host& host;
  Storage* storage;     // of the deployment's source; null if the job has no deployment
  Catalogue* catalogue; // null if the job file names none

  void throw_if_stopped() const {
    if (stop.stop_requested()) {
      throw cancelled_error();
    }
  }
};

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// A job file as plain definitions: what a person wrote, checked, with its defaults and includes
// resolved. Text is forgotten here but for positions, and nothing after this folder knows YAML.
// Job types are not known here: `params` are checked by the runner against their schemas.

#pragma once

#include <nightshift/deployment.hpp>
#include <nightshift/diagnostics.hpp>
#include <nightshift/value.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift {

// A file that was read, kept for messages: line, caret.
struct SourceText {
  std::filesystem::path path; // as the user would write it
  std::string text;
};

// An entry of `sources:`.
struct SourceDefinition {
  std::string name;
  std::string uri;
  Value options; // the entry without max_parallel: for the storage that the URI's scheme picks
  SourcePosition position;
  std::optional<int> max_parallel = {}; // so many jobs use it at once; nothing: as many as run
};

// How often, how long and how forgivingly a job is run: `defaults:`, or an entry's own.
struct RunLimits {
  int attempts = 1;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<std::chrono::milliseconds> stage_timeout;
  std::chrono::milliseconds stall_timeout{900'000}; // 0: never
  bool cancel_stalled = false;                      // else a stall is told and no more
  std::optional<double> max_failed; // share of the objects that may fail before the job does
};

// An entry of `jobs:`, which its `for_each` may make many jobs of.
struct JobDefinition {
  std::string name; // as written: what `needs` and --only name
  std::string type;
  SourcePosition position;        // of the entry
  SourcePosition type_position;   // of the value of `type`
  std::vector<std::string> needs; // names of definitions
  std::chrono::milliseconds delay{0};
  std::optional<std::int64_t> limit;
  bool shuffle = true;
  Value params; // a map or nothing
  RunLimits limits;
};

// One job to be. There may be ten thousand of a definition: they share it, and those of one
// deployment share that.
struct DefinedJob {
  std::string name;                                // the definition's with its placeholders filled
  std::shared_ptr<const JobDefinition> definition; // never null
  std::shared_ptr<const Deployment> deployment;    // null: it has none
};

struct JobFile {
  std::filesystem::path path;
  std::optional<std::filesystem::path> state_dir; // absolute
  std::string catalogue = "sqlite:catalogue.db";  // a relative path is relative to the state dir
  std::string unresolved_catalogue; // "", or what records show instead: it may hold a password
  std::string api_base_url;         // "" or without its last '/'
  std::string ping_url;             // "" without one; a secret
  std::vector<SourceDefinition> sources;
  std::vector<std::shared_ptr<const Deployment>> deployments;
  std::vector<DefinedJob> jobs;  // in the order of the file; a `for_each`'s in that of deployments
  std::vector<SourceText> texts; // by SourcePosition::file
};

// Changes from the command line.
struct JobFileOverrides {
  std::vector<std::pair<std::string, std::string>> set; // --set defaults.attempts=1
};

// The job file is wrong. what() is all mistakes, each as "file:line:column: error: sentence", the
// line, a caret and a hint, ready to be printed.
class JobFileError : public std::exception {
 public:
  JobFileError(std::string text, std::size_t count) : text_(std::move(text)), count_(count) {}

  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  std::string text_;
  std::size_t count_;
};

// Throws `JobFileError`, with every mistake at once; `JobError` (`not_found`, `denied`, `bad_data`,
// `config` for one that is too large) if the file itself cannot be read.
[[nodiscard]] JobFile read_job_file(const std::filesystem::path& path,
                                    const JobFileOverrides& overrides = {});

// The same of a file that may be there only to be included: nothing if all of it can be read, with
// what it includes, and no `jobs` are there.
[[nodiscard]] std::optional<JobFile> read_if_job_file(const std::filesystem::path& path);

// `errors` as JobFileError::what() shows them.
[[nodiscard]] std::string render(const std::vector<Diagnostic>& errors,
                                 const std::vector<SourceText>& texts);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// Runs of jobs whose plugin misbehaves.

#pragma once

#include "tests/support/await.hpp"
#include "tests/support/content_of.hpp"
#include "tests/support/site.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace nightshift::tests {

class UnrulySite {
 public:
  // Jobs of type `unruly`, one for each of `how`; `limits` are the defaults of the job file, and
  // `more` goes into each job, such as "deployment: 1", which there is.
  explicit UnrulySite(const std::vector<std::string>& how, const std::string& limits = "",
                      const std::string& more = "") {
    std::string yaml = fmt::format(
        "version: 1\nstate_dir: state\ndefaults: {{{}}}\n"
        "sources:\n  disk: {{uri: \"file://{}\"}}\n"
        "deployments:\n  - {{id: 1, name: D, project: {{id: 1, name: P}}, source: disk}}\njobs:\n",
        limits, site_.captures().string());
    for (std::size_t i = 0; i < how.size(); ++i) {
      yaml += fmt::format("  - {{name: j{}, type: unruly, params: {{how: {}}}{}{}}}\n", i + 1,
                          how[i], more.empty() ? "" : ", ", more);
    }
    site_.write_job_file_text(yaml);
  }

  [[nodiscard]] const Site& site() const noexcept { return site_; }

  [[nodiscard]] std::vector<std::string> arguments(const std::vector<std::string>& more) const {
    std::vector<std::string> all{"run",          site_.job_file().string(),
                                 "--plugin-dir", NIGHTSHIFT_UNRULY_PLUGIN,
                                 "--state-dir",  site_.state().string()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  [[nodiscard]] ProgramResult run(const std::vector<std::string>& more = {}) const {
    return run_program(arguments(more));
  }

  // Wait until job `id` has told an event in which `text` stands.
  void wait_for(std::int64_t id, const std::string& text) const {
    const auto journal = site_.state() / "jobs" / std::to_string(id) / "events.jsonl";
    await(fmt::format("job {} tells of {}", id, text),
          [&] { return content_of(journal).find(text) != std::string::npos; });
  }

  [[nodiscard]] std::string status(std::int64_t id) const {
    const Json record = site_.record(id);
    return fmt::format("{} {}", record.at("status").get<std::string>(),
                       record.at("runner").at("reason").is_null()
                           ? "-"
                           : record.at("runner").at("reason").get<std::string>());
  }

 private:
  Site site_;
};

} // namespace nightshift::tests

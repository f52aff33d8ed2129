// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "tests/support/site.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nightshift::tests {

// A site where job 1 syncs deployment 250, and takes an hour before it begins to.
class BusySite : public Site {
 public:
  BusySite() {
    add_captures("restoration", 3);
    write_job_file("restoration", "    delay: 1h\n");
    program_.emplace(
        std::vector<std::string>{"run", job_file().string(), "--state-dir", state().string()});
    while (!is_in_delay(record(1))) {
    }
    write_job_file();
  }

  // Until a job has this status.
  void await(std::int64_t job, const std::string& status) const {
    for (Json found; !found.is_object() || found.value("status", "") != status;) {
      found = record(job);
    }
  }

  Program& program() { return *program_; }

 private:
  // The job is STARTED a moment before its first stage is.
  static bool is_in_delay(const Json& record) {
    const Json::json_pointer stage("/progress/stages/0");
    return record.is_object() && record.contains(stage) && record[stage]["key"] == "delay" &&
           record[stage]["status"] == "STARTED";
  }

  std::optional<Program> program_;
};

} // namespace nightshift::tests

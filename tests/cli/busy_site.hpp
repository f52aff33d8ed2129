// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "tests/support/await.hpp"
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
    await("job 1 is in its delay", [this] { return is_in_delay(record(1)); });
    write_job_file();
  }

  // Until a job has this status.
  void await_status(std::int64_t job, const std::string& status) const {
    await("job " + std::to_string(job) + " is " + status, [&] {
      const Json found = record(job);
      return found.is_object() && found.value("status", "") == status;
    });
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

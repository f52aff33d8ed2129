// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/config/job_file.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <string>
#include <string_view>

namespace nightshift::tests {

// What reading the job file of that name in `dir` complains about, paths without that of `dir`; ""
// if nothing. A `JobError` is shown as "code: message".
inline std::string mistakes_in(const TempDir& dir, std::string_view name = "job.yaml",
                               const JobFileOverrides& overrides = {}) {
  std::string text;
  try {
    static_cast<void>(read_job_file(dir / name, overrides));
  } catch (const JobFileError& error) {
    text = error.what();
  } catch (const JobError& error) {
    text = error.code() + ": " + error.what();
  }
  const std::string prefix = dir.path().string() + "/";
  for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
    text.erase(at, prefix.size());
  }
  return text;
}

// Of a job file with that text, job.yaml.
inline std::string mistakes_in_text(std::string_view text) {
  const TempDir dir;
  dir.write("job.yaml", text);
  return mistakes_in(dir);
}

} // namespace nightshift::tests

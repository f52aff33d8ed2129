// SPDX-License-Identifier: Apache-2.0
//
// From files to one tree: included files and CSVs are read and put where they belong, and the
// command line's changes are made. What the tree says is not judged here, beyond what joining the
// files needs.

#pragma once

#include "core/config/interpolation.hpp"
#include "core/config/job_file.hpp"

#include <nightshift/diagnostics.hpp>
#include <nightshift/value.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace nightshift {

struct LoadedJobFile {
  Value root; // a map; nothing if the job file has none
  std::vector<SourceText> texts;
  std::vector<SourcePosition> unresolved; // see YamlTree
  std::vector<PutIn> put_in;              // the longest value first
  // Something could not be read, which was reported: that a name is not there proves nothing.
  bool lacks_files = false;
  bool lacks_deployments = false;
};

// The two kinds of mistakes that loading finds.
struct LoadDiagnostics {
  Diagnostics& reading; // the text and what it takes from outside
  Diagnostics& meaning; // what it says
};

// `deployments` is a list in the tree wherever it came from. Throws `JobError` if the job file
// itself cannot be read.
[[nodiscard]] LoadedJobFile load_job_file(const std::filesystem::path& path,
                                          const JobFileOverrides& overrides,
                                          const LoadDiagnostics& diagnostics);

// The folder of a file that was read, absolute.
[[nodiscard]] std::filesystem::path folder_of_file(const SourceText& text);

// "on line 12", or "in sources.yaml on line 12" if that is not the file of `from`.
[[nodiscard]] std::string place_of(SourcePosition position, SourcePosition from,
                                   const std::vector<SourceText>& texts);

} // namespace nightshift

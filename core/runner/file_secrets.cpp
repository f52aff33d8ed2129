// SPDX-License-Identifier: Apache-2.0

#include "core/runner/file_secrets.hpp"

#include "core/runner/job_setup.hpp"

#include <set>
#include <utility>

namespace nightshift {

std::vector<PutIn> secrets_of(const JobFile& file) {
  std::vector<PutIn> put_in;
  const auto add = [&put_in](const std::vector<PutIn>& more) {
    put_in.insert(put_in.end(), more.begin(), more.end());
  };
  for (const SourceDefinition& source : file.sources) {
    add(put_in_of({&source.options}));
  }
  std::set<std::pair<const JobDefinition*, const SourceDefinition*>> seen; // jobs share them
  for (const JobSetup& setup : make_setups(file)) {
    if (seen.emplace(setup.definition.get(), setup.source.get()).second) {
      add(put_in_of(setup));
    }
  }
  sort_for_replacing(put_in);
  return put_in;
}

} // namespace nightshift

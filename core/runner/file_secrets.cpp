// SPDX-License-Identifier: Apache-2.0

#include "core/runner/file_secrets.hpp"

#include "core/runner/job_setup.hpp"

namespace nightshift {

std::vector<PutIn> secrets_of(const JobFile& file) {
  std::vector<PutIn> put_in;
  const auto add = [&put_in](const std::vector<PutIn>& more) {
    put_in.insert(put_in.end(), more.begin(), more.end());
  };
  for (const SourceDefinition& source : file.sources) {
    add(put_in_of({&source.options}));
  }
  for (const JobSetup& setup : make_setups(file)) {
    add(setup.put_in);
  }
  sort_for_replacing(put_in);
  return put_in;
}

} // namespace nightshift

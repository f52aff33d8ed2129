// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/storage_examination.hpp"

#include <nightshift/diagnostics.hpp>
#include <nightshift/storage.hpp>
#include <nightshift/value.hpp>

#include <memory>
#include <stop_token>
#include <string>

namespace nightshift {

// A source as the job file gives it.
struct StorageSettings {
  std::string uri;
  Value options = {}; // the whole entry, `uri` included; nothing: no options
};

// Report what is wrong with the settings, without a look at the storage.
void check_storage(const StorageSettings& settings, Diagnostics& diagnostics);

// Open the storage that the URI's scheme picks; a bare absolute path is a local folder. Throws
// `JobError`: `bad_data` for what `check_storage` would report, `not_found` or `denied` if the
// place is not there or may not be listed.
[[nodiscard]] std::unique_ptr<Storage> open_storage(const StorageSettings& settings);

// Try whether the storage can be reached and listed, up to the first thing that is wrong; nothing
// is tried twice. Throws only where it is cancelled on `stop`.
[[nodiscard]] StorageExamination examine_storage(const StorageSettings& settings,
                                                 const std::stop_token& stop);

} // namespace nightshift

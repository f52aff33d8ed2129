// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/file.hpp"
#include "core/storage/part_writer.hpp"

#include <nightshift/storage.hpp>

#include <stop_token>
#include <string>

namespace nightshift {

// A tree of folders to be listed; lives as long as the walk.
struct FolderWalk {
  const Fd& root;
  const std::string& root_path; // for messages
  const ListQuery& query;
  FolderSink sink;
  std::stop_token stop;
  PartLimits limits;
};

// List the folder `query.prefix` and all below it, several folders at a time, as `Storage::list`
// promises. Mount points are entered, symbolic links are not.
void walk_folders(const FolderWalk& walk, Executor& executor);

} // namespace nightshift

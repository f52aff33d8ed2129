// SPDX-License-Identifier: Apache-2.0
//
// A copy to try things out on, made without leaving a trace at the original: SQLite's own ways to
// read make a log and shared memory beside the file, or need them to be made.

#pragma once

#include <nightshift/function_ref.hpp>

#include <filesystem>

namespace nightshift::sqlite {

// Copy the catalogue at `from`, as it is committed, to the new file `to`; false, and no copy, if
// there is none. Writers may be at work. `pause` is called now and then; what it throws ends the
// copying. Not while this process has the catalogue open. Throws `JobError`; `busy` if the file
// does not stay the same for long enough.
bool copy_catalogue_file(const std::filesystem::path& from, const std::filesystem::path& to,
                         FunctionRef<void()> pause);

} // namespace nightshift::sqlite

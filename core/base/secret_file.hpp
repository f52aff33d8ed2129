// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/secret.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>

namespace nightshift {

// The text of a file that holds secrets, or names programs to run; nothing if it is not there.
//
// Who else may read it is the user's affair, as it is to other programs: group and others often
// have to on a shared machine, and a refusal would only keep away whom the secret belongs to. A
// file that every user may write is refused, because it says on whose word a program is run and to
// whom credentials are sent. Write access of a group is not: with a group for each user, as Debian
// sets them up, that is nobody else.
//
// Throws `denied`, `io`; `bad_data` if it is no regular file or larger than `max_bytes`; `config`
// if every user may write it.
[[nodiscard]] std::optional<Secret> read_secret_file(const std::filesystem::path& path,
                                                     std::size_t max_bytes);

} // namespace nightshift

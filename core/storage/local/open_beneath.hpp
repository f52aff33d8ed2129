// SPDX-License-Identifier: Apache-2.0
//
// Opening what lies below a folder, and nothing else: whoever may write to the tree must not be
// able to send a listing elsewhere with a symbolic link, not even by swapping a folder for one
// between two calls. Linux 5.6 and later do that in one call; elsewhere, and where a sandbox hides
// the call, the path is walked folder by folder.

#pragma once

#include "core/base/file.hpp"

#include <string>

namespace nightshift {

// Open `path`, relative to the folder `root`, with the flags of open(2) (O_CLOEXEC and O_NOFOLLOW
// are added). "" is the root itself; a '/' at the end is fine, and so is a path longer than the
// system takes at once. No component may be "..", nor any symbolic link be passed. Without a
// descriptor, `errno` tells why: ELOOP or ENOTDIR for a symbolic link.
[[nodiscard]] Fd open_beneath(const Fd& root, const std::string& path, int flags);

// The same without the help of Linux 5.6.
[[nodiscard]] Fd open_beneath_stepwise(const Fd& root, const std::string& path, int flags);

} // namespace nightshift

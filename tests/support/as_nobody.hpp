// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace nightshift::tests {

inline constexpr uid_t k_nobody = 65534;

// Root may read and write everything, so a test of what is forbidden gives its rights up for a
// while. For anybody else it changes nothing. Of the whole process: not while threads run.
class AsNobody {
 public:
  AsNobody() : was_(::geteuid()) {
    if (was_ == 0 && ::seteuid(k_nobody) != 0) {
      throw std::system_error(errno, std::generic_category(), "seteuid");
    }
  }

  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

  ~AsNobody() {
    if (::seteuid(was_) != 0) {
      std::abort(); // every later test would run with the wrong rights
    }
  }

 private:
  uid_t was_;
};

} // namespace nightshift::tests

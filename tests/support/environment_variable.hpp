// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace nightshift::tests {

// An environment variable that has a value for a while. Of the whole process: not while threads
// look into the environment.
class EnvironmentVariable {
 public:
  EnvironmentVariable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const char* const before = std::getenv(name_.c_str())) {
      before_ = before;
    }
    if (::setenv(name_.c_str(), value.c_str(), 1) != 0) {
      throw std::system_error(errno, std::generic_category(), "setenv");
    }
  }

  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

  ~EnvironmentVariable() {
    if (before_) {
      (void)::setenv(name_.c_str(), before_->c_str(), 1);
    } else {
      (void)::unsetenv(name_.c_str());
    }
  }

 private:
  std::string name_;
  std::optional<std::string> before_;
};

} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/file.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace nightshift::tests {

// A program that runs beside a test and is talked with by lines. It ends when its input does, which
// is also when the test is killed.
class Companion {
 public:
  // Its standard error is the test's.
  explicit Companion(const std::vector<std::string>& command);
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;
  ~Companion(); // ends its input and waits for it

  // The next line that it prints, waited for. Throws `std::runtime_error` if it ends instead.
  [[nodiscard]] std::string read_line();

  // Write a line and wait for the one that answers it.
  std::string ask(const std::string& line);

 private:
  std::string name_;
  pid_t pid_ = -1;
  Fd input_;
  Fd output_;
  std::string read_; // beyond the last line
};

} // namespace nightshift::tests

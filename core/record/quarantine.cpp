// SPDX-License-Identifier: Apache-2.0

#include "core/record/quarantine.hpp"

#include "core/base/json.hpp"

#include <nightshift/key.hpp>

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace nightshift {

Quarantine::Quarantine(std::filesystem::path path, Clock clock)
    : path_(std::move(path)),
      clock_(std::move(clock)) {
  std::error_code ignored; // what cannot be removed will be appended to
  std::filesystem::remove(path_, ignored);
}

Quarantine::~Quarantine() {
  if (lines_ > k_most_lines) {
    try {
      write(to_line(Json{{"left_out", lines_ - k_most_lines}}));
    } catch (const JobError&) { // as in add
    }
  }
}

void Quarantine::add(std::string_view stage, std::string_view key,
                     std::string_view reason) noexcept {
  const std::scoped_lock lock(mutex_);
  if (++lines_ > k_most_lines) {
    return;
  }
  try {
    write(to_line(Json{{"key", printable_key(key)},
                       {"reason", reason},
                       {"code", "unreadable"},
                       {"stage", stage},
                       {"time", utc_text(clock_())}}));
  } catch (const JobError&) { // a full disk: the job's end tells of that
  }
}

void Quarantine::write(std::string_view line) {
  if (!fd_) {
    fd_ = Fd(open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    if (!fd_) {
      throw system_error(errno, "cannot open " + path_.string());
    }
  }
  write_all(fd_, std::string(line) + '\n', path_);
}

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_owner.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace nightshift {
namespace {

// So that whoever looks for lost jobs need not read every record.
void mark_live(const JobFolder& folder) {
  const std::filesystem::path mark = folder.live_mark();
  const auto make = [&mark] {
    return Fd(open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  };
  Fd fd = make();
  if (!fd && errno == ENOENT && mkdir(mark.parent_path().c_str(), 0777) == 0) {
    fd = make(); // a state directory of an older version
  }
  if (!fd) {
    throw system_error(errno, fmt::format("cannot write {}", mark.string()));
  }
}

} // namespace

std::optional<JobOwner> JobOwner::take_over(const JobFolder& folder) {
  OwnerLock lock(folder.owner());
  return lock.try_take() ? std::optional(begin(folder, std::move(lock))) : std::nullopt;
}

std::optional<JobOwner> JobOwner::take(const JobFolder& folder, const std::string& run) {
  const std::filesystem::path state_dir = folder.path.parent_path().parent_path();
  OwnerLock lock(folder.owner());
  return lock.try_take({own_process(), run, folder.id, state_dir.string(), system_now()})
             ? std::optional(begin(folder, std::move(lock)))
             : std::nullopt;
}

JobOwner JobOwner::begin(const JobFolder& folder, OwnerLock taken) {
  JobOwner owner(folder, std::move(taken));
  (void)unlink(folder.cancel_request().c_str());
  mark_live(folder);
  return owner;
}

JobOwner::JobOwner(JobFolder folder, OwnerLock lock)
    : folder_(std::move(folder)),
      lock_(std::move(lock)) {}

JobOwner::~JobOwner() {
  lock_.release();
}

void JobOwner::finish() noexcept {
  (void)unlink(folder_.reserve().c_str()); // once more, should that have failed
  (void)unlink(folder_.cancel_request().c_str());
  (void)unlink(folder_.live_mark().c_str());
}

JobError busy_job_error(const JobFolder& folder) {
  const auto facts = read_owner_facts(folder.owner());
  return transient_error(error_code::k_busy,
                         fmt::format("job {} is being run by {}; cancel it there with \"nightshift "
                                     "cancel {}\" or wait until it ends",
                                     folder.id, facts ? to_text(*facts) : "another process",
                                     folder.id));
}

} // namespace nightshift

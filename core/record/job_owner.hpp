// SPDX-License-Identifier: Apache-2.0
//
// The process that does a job holds a lock in the job's folder, from before its first event until
// after its last. Whether a job is alive is derived from that lock, never from what its record
// says; and only the holder writes to the job's files.

#pragma once

#include "core/record/owner_lock.hpp"
#include "core/record/state_dir.hpp"

#include <optional>
#include <string>

namespace nightshift {

class JobOwner {
 public:
  // Become the owner of the job; nothing if it has one. Cancel requests of former times are
  // dropped. Throws `JobError`.
  [[nodiscard]] static std::optional<JobOwner> take(const JobFolder& folder,
                                                    const std::string& run);

  // The same for who only puts the record right: what the file says of the last owner stays.
  [[nodiscard]] static std::optional<JobOwner> take_over(const JobFolder& folder);

  JobOwner(JobOwner&&) noexcept = default;
  JobOwner& operator=(JobOwner&&) = delete;
  ~JobOwner();

  // The job's end is recorded: nobody needs to look after it any more. Without this it is found
  // as lost when the owner is gone.
  void finish() noexcept;

 private:
  JobOwner(JobFolder folder, OwnerLock lock);
  [[nodiscard]] static JobOwner begin(const JobFolder& folder, OwnerLock taken);

  JobFolder folder_;
  OwnerLock lock_;
};

// "job 12 is run by pid 4711 on ridge-north since …", as a `busy` error.
[[nodiscard]] JobError busy_job_error(const JobFolder& folder);

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#include "core/runner/doctor_state.hpp"

#include "core/base/file.hpp"
#include "core/base/time.hpp"
#include "core/record/owner_lock.hpp"

#include <nightshift/error.hpp>
#include <nightshift/units.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>
#include <system_error>

namespace nightshift {
namespace {

namespace fs = std::filesystem;

// A folder for trials where the state directory is or would be; gone with the object. No
// PrivateFolder: that relies on locks, which are yet to be tried here.
class TrialFolder {
 public:
  explicit TrialFolder(const fs::path& place) {
    remove_left_overs(place);
    std::string name = (place / (std::string(k_prefix) + "XXXXXX")).native();
    if (mkdtemp(name.data()) == nullptr) {
      throw system_error(errno, fmt::format("cannot write in {}", place.string()));
    }
    path_ = name;
  }

  TrialFolder(const TrialFolder&) = delete;
  TrialFolder& operator=(const TrialFolder&) = delete;

  ~TrialFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  [[nodiscard]] fs::path file() const { return path_ / "trial"; }

  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

 private:
  static constexpr std::string_view k_prefix = ".nightshift-doctor-";

  // Of an examination that was killed.
  static void remove_left_overs(const fs::path& place) {
    std::error_code error;
    for (fs::directory_iterator entry(place, error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code ignored;
      if (entry->path().filename().native().starts_with(k_prefix) &&
          fs::last_write_time(entry->path(), ignored) <
              fs::file_time_type::clock::now() - std::chrono::hours(1)) {
        fs::remove_all(entry->path(), ignored);
      }
    }
  }

  fs::path path_;
};

fs::path nearest_folder(fs::path path) {
  std::error_code ignored;
  while (!fs::exists(path, ignored) && path.has_relative_path()) {
    path = path.parent_path();
  }
  return path;
}

enum class Try { taken, busy, failed };

// What another process gets. The child makes system calls only, as it must after a fork.
Try try_lock_elsewhere(const fs::path& file) {
  const char* const name = file.c_str();
  const pid_t child = fork();
  if (child == 0) {
    const int fd = open(name, O_RDWR | O_CLOEXEC);

    struct flock lock {};

    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const bool taken = fd >= 0 && fcntl(fd, F_OFD_SETLK, &lock) == 0;
    const bool busy = fd >= 0 && (errno == EAGAIN || errno == EACCES);
    _exit(taken ? 0 : busy ? 1 : 2);
  }
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const int code = child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 2;
  return code == 0 ? Try::taken : code == 1 ? Try::busy : Try::failed;
}

Finding examine_locks(const TrialFolder& folder) {
  const auto wrong = [](std::string_view why) {
    return Finding{"locks", false,
                   fmt::format("{}: two runs could not be kept apart; put the state directory on "
                               "a local disk, or have this file system mounted with locks",
                               why)};
  };
  try {
    OwnerLock held(folder.file());
    if (!held.try_take()) {
      return wrong("a file that is nobody's is locked");
    }
    if (const Try other = try_lock_elsewhere(folder.file()); other != Try::busy) {
      return wrong(other == Try::taken ? "another process got a lock that was held"
                                       : "another process could not ask for a lock");
    }
  } catch (const JobError&) {
    return wrong("a file cannot be locked");
  }
  if (try_lock_elsewhere(folder.file()) != Try::taken) {
    return wrong("a lock that was given back could not be taken");
  }
  return {"locks", true, "a held lock keeps another process out, a released one does not"};
}

Finding examine_rename(const TrialFolder& folder) {
  constexpr std::size_t k_size = 16;
  const fs::path file = folder.path() / "renamed";
  replace_file(file, "old", Durable::no);
  const Fd reader = open_file(file);
  replace_file(file, "new", Durable::yes);
  std::string old(k_size, '\0');
  old.resize(read_some(reader, old, file));
  if (read_file(file, k_size) != "new" || old != "old") {
    return {"rename", false,
            "a file that is replaced is not replaced as a whole; put the state directory on "
            "another file system"};
  }
  return {"rename", true, "a file is replaced as a whole, and durably"};
}

TimePoint modified_at(const fs::path& path) {
  struct stat status {};

  if (stat(path.c_str(), &status) != 0) {
    throw system_error(errno, fmt::format("cannot look at {}", path.string()));
  }
  return TimePoint(std::chrono::seconds(status.st_mtim.tv_sec) +
                   std::chrono::microseconds(status.st_mtim.tv_nsec / 1000));
}

// Takes the steps of the wall clock over some work: it should go on as the steady one does.
class ClockComparison {
 public:
  // How far the two went apart.
  [[nodiscard]] std::chrono::milliseconds drift() const {
    const auto steady = std::chrono::steady_clock::now() - steady_;
    const auto wall = std::chrono::system_clock::now() - wall_;
    return std::chrono::abs(std::chrono::duration_cast<std::chrono::milliseconds>(wall - steady));
  }

 private:
  std::chrono::steady_clock::time_point steady_ = std::chrono::steady_clock::now();
  std::chrono::system_clock::time_point wall_ = std::chrono::system_clock::now();
};

Finding examine_clock_by(const TrialFolder& folder, const ClockComparison& comparison) {
  constexpr std::chrono::milliseconds k_most_drift{500};
  const fs::path fresh = folder.path() / "clock";
  replace_file(fresh, "", Durable::no);
  Finding finding = examine_clock(system_now(), modified_at(fresh), modified_at("/proc/self/exe"));
  if (const auto drift = comparison.drift(); finding.good && drift > k_most_drift) {
    return {"clock", false,
            fmt::format("the clock was set by {} while this looked; let NTP slew it, not step it",
                        print_duration(drift))};
  }
  return finding;
}

std::string synchronised_text() {
  timex state{};
  const bool known = adjtimex(&state) != -1;
  return !known                             ? ""
         : (state.status & STA_UNSYNC) != 0 ? "; the kernel does not know it to be synchronised"
                                            : "; synchronised";
}

} // namespace

Finding examine_clock(TimePoint now, TimePoint modified, TimePoint built) {
  constexpr std::chrono::seconds k_most_apart{5};
  constexpr std::chrono::hours k_zone{24}; // a program that was copied from another zone's disk
  if (now + k_zone < built) {
    return {"clock", false,
            fmt::format("it is {} by the clock, but the program was built on {}; set the clock",
                        utc_text(now), utc_text(built))};
  }
  const auto apart = std::chrono::abs(modified - now);
  if (apart > k_most_apart) {
    return {"clock", false,
            fmt::format("the file system's clock and this machine's are {} apart; synchronise "
                        "both with NTP",
                        print_duration(std::chrono::duration_cast<std::chrono::seconds>(apart)))};
  }
  return {"clock", true, local_log_text(now) + synchronised_text()};
}

std::vector<Finding> examine_state_dir(const fs::path& state_dir) {
  const fs::path place = nearest_folder(state_dir);
  std::vector<Finding> findings;
  try {
    const ClockComparison comparison;
    const TrialFolder folder(place);
    replace_file(folder.file(), "x", Durable::yes);
    findings.push_back({"state directory", true,
                        place == state_dir ? fmt::format("{} can be written to", state_dir.string())
                                           : fmt::format("{} would be made", state_dir.string())});
    findings.push_back(examine_locks(folder));
    findings.push_back(examine_rename(folder));
    findings.push_back(examine_clock_by(folder, comparison));
  } catch (const JobError& error) {
    findings.push_back(
        {"state directory", false,
         fmt::format("{}; give this user the right to write there, or name another place with "
                     "--state-dir",
                     error.what())});
  }
  return findings;
}

} // namespace nightshift

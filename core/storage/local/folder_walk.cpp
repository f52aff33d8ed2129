// SPDX-License-Identifier: Apache-2.0
//
// One task lists one folder. What waits meanwhile is not a task a folder but runs of sibling names
// in one string each: a task takes the first name, passes the rest on before it begins, and puts
// its own subfolders on top. With an executor that takes the newest first the walk goes deep before
// it goes wide, so 300,000 folders side by side cost their names and little more, and descriptors
// are held only for folders being listed.

#include "core/storage/local/folder_walk.hpp"

#include "core/base/text.hpp"
#include "core/base/work_meter.hpp"
#include "core/storage/litter.hpp"
#include "core/storage/local/folder_entries.hpp"
#include "core/storage/local/folder_version.hpp"
#include "core/storage/local/open_beneath.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace nightshift {

namespace {

// Folders with one parent that wait to be listed.
class Siblings {
 public:
  explicit Siblings(std::string parent) : parent_(std::move(parent)) {}

  [[nodiscard]] static Siblings only(std::string_view folder) {
    Siblings siblings("");
    siblings.names_.append(folder).push_back('\0');
    return siblings;
  }

  void add(std::string_view name) {
    names_.append(name).append("/\0", 2);
    ++count_;
  }

  [[nodiscard]] std::int64_t count() const noexcept { return count_; }

  [[nodiscard]] bool empty() const noexcept { return at_ == names_.size(); }

  [[nodiscard]] bool full() const noexcept { return names_.size() >= k_full; }

  // Into the order of their names, in which catalogues keep them: neighbours are then looked up one
  // after the other, where the order of a file system's own hashes would jump about.
  void sort() {
    std::vector<std::string_view> names;
    names.reserve(static_cast<std::size_t>(count_));
    for (std::size_t at = at_; at != names_.size(); at += names.back().size() + 1) {
      names.emplace_back(names_.c_str() + at);
    }
    std::sort(names.begin(), names.end());
    std::string sorted;
    sorted.reserve(names_.size());
    for (const std::string_view name : names) {
      sorted.append(name).push_back('\0');
    }
    names_ = std::move(sorted);
    at_ = 0;
  }

  // The next one's path.
  [[nodiscard]] std::string take() {
    const std::string_view name(names_.c_str() + at_);
    at_ += name.size() + 1;
    return parent_ + std::string(name);
  }

 private:
  // Small enough that other threads get work while a huge folder is still being read, and that
  // names are let go soon after they were taken.
  static constexpr std::size_t k_full = 65'536;

  std::string parent_;
  std::string names_; // each with its '/' and a zero byte
  std::size_t at_ = 0;
  std::int64_t count_ = 0; // ever added
};

std::string words_for(int error_number) {
  return std::generic_category().message(error_number);
}

struct Facts {
  std::uint16_t mode = 0;
  std::int64_t size = 0;
  std::int64_t last_modified = 0;
};

// The prefix itself could not be opened, or is gone.
[[noreturn]] void throw_cannot_list(const FolderWalk& walk, int error_number) {
  const std::string path = one_line(printable_key(walk.root_path + "/" + walk.query.prefix));
  switch (error_number) {
  case ENOENT:
  case ENAMETOOLONG:
    throw permanent_error(
        error_code::k_not_found,
        fmt::format("the folder {} is not there: check that its disk is mounted and that the "
                    "source and the subdir are right",
                    path));
  case ENOTDIR:
  case ELOOP:
    throw permanent_error(error_code::k_not_found,
                          fmt::format("{} is no folder, or lies behind a symbolic link, which is "
                                      "not followed: name the folder itself",
                                      path));
  default:
    throw system_error(error_number, fmt::format("cannot list the folder {}", path));
  }
}

using SubfolderSink = FunctionRef<void(Siblings subfolders)>;

// Lists one folder, without what lies below it.
class FolderLister {
 public:
  // `versions` is null unless the query says which are known.
  FolderLister(const FolderWalk& walk, const std::string& folder, FolderVersions* versions,
               SubfolderSink subfolder_sink)
      : walk_(walk),
        versions_(versions),
        subfolder_sink_(subfolder_sink),
        parts_(folder, walk.limits, walk.sink),
        subfolders_(folder) {}

  FolderLister(const FolderLister&) = delete;
  FolderLister& operator=(const FolderLister&) = delete;

  ~FolderLister() { tally(Tally::statx, examined_); }

  void list(Fd fd) {
    fd_ = std::move(fd);
    const auto version = versions_ != nullptr ? versions_->of(fd_) : std::nullopt;
    if (version && walk_.query.known->is_known(parts_.folder(), version->version)) {
      return;
    }
    const int error_number =
        read_entries(fd_, walk_.stop, [this](const FolderEntry& entry) { take(entry); });
    pass_on_subfolders();
    const bool was_removed = error_number == ENOENT; // while we read it
    if (was_removed && parts_.folder() == walk_.query.prefix) {
      throw_cannot_list(walk_, error_number);
    }
    if (error_number == 0 || was_removed) {
      const bool stands_for_objects = version && is_settled_ && !has_subfolders_ && !was_removed &&
                                      version->last_change < walk_.query.known->settled_before;
      parts_.finish(stands_for_objects ? std::optional(version->version) : std::nullopt);
    } else {
      report_unreadable(error_number);
    }
  }

  void report_unreadable(int error_number) { parts_.finish_unreadable(words_for(error_number)); }

 private:
  void take(const FolderEntry& entry) {
    const std::string_view name(entry.name);
    switch (entry.type) {
    case DT_DIR:
      take_folder(name);
      break;
    case DT_REG: // the filter first: what it refuses costs no system call
      if (is_wanted(name)) {
        take_known(entry.name);
      }
      break;
    case DT_UNKNOWN:
      take_unknown(entry.name);
      break;
    default:
      parts_.skip(Skip::special);
    }
  }

  void take_folder(std::string_view name) {
    if (is_litter(name, EntryKind::folder)) {
      parts_.skip(Skip::litter);
      return;
    }
    has_subfolders_ = true;
    subfolders_.add(name);
    if (subfolders_.full()) {
      pass_on_subfolders();
    }
  }

  // A file unless it was replaced since the folder was read.
  void take_known(const char* name) {
    Facts facts;
    if (examine(name, facts) == 0) {
      take_examined(name, facts);
    }
  }

  void take_unknown(const char* name) {
    Facts facts;
    const int error_number = examine(name, facts);
    if (error_number == 0) {
      if (!S_ISREG(facts.mode) || is_wanted(name)) {
        take_examined(name, facts);
      }
    } else if (error_number != ENOENT) {
      tell_nothing_is_known_below(name);
    }
  }

  void take_examined(std::string_view name, const Facts& facts) {
    if (S_ISREG(facts.mode)) {
      parts_.add(name, facts.size, facts.last_modified);
    } else if (S_ISDIR(facts.mode)) {
      take_folder(name);
    } else {
      parts_.skip(Skip::special);
    }
  }

  // Where it cannot be told whether it is a folder.
  void tell_nothing_is_known_below(std::string_view name) {
    has_subfolders_ = true;
    FolderPart below;
    below.folder = fmt::format("{}{}/", parts_.folder(), name);
    below.coverage = FolderPart::Coverage::unreadable;
    walk_.sink(std::move(below));
  }

  bool is_wanted(std::string_view name) {
    const std::optional<Skip> skip = is_litter(name, EntryKind::object)
                                         ? Skip::litter
                                         : walk_.query.filter(parts_.folder(), name);
    if (skip) {
      parts_.skip(*skip);
    }
    return !skip;
  }

  // 0, or an error number, which is reported unless the entry has vanished.
  int examine(const char* name, Facts& facts) {
    struct statx found; // not cleared: a million times it would show
    constexpr unsigned k_basic = STATX_TYPE | STATX_SIZE | STATX_MTIME;
    const unsigned wanted = walk_.query.known ? k_basic | STATX_CTIME : k_basic;
    ++examined_;
    constexpr int k_how = AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC;
    if (::statx(fd_.get(), name, k_how, wanted, &found) == 0) {
      facts = {found.stx_mode, static_cast<std::int64_t>(found.stx_size),
               nanoseconds(found.stx_mtime)};
      if (walk_.query.known && is_settled_) {
        is_settled_ = facts.size != 0 && last_change(found) < walk_.query.known->settled_before;
      }
      return 0;
    }
    const int error_number = errno;
    if (error_number != ENOENT) {
      parts_.fail(name, words_for(error_number));
    }
    return error_number;
  }

  void pass_on_subfolders() {
    if (!subfolders_.empty()) {
      subfolders_.sort();
      subfolder_sink_(std::exchange(subfolders_, Siblings(parts_.folder())));
    }
  }

  const FolderWalk& walk_;
  FolderVersions* versions_;
  SubfolderSink subfolder_sink_;
  PartWriter parts_;
  Siblings subfolders_;
  Fd fd_;
  std::int64_t examined_ = 0;
  bool has_subfolders_ = false;
  bool is_settled_ = true; // as far as is known: no file may be about to be written to
};

// It is our own want, and says nothing of the folder.
bool is_shortage(int error_number) noexcept {
  return error_number == EMFILE || error_number == ENFILE || error_number == ENOMEM;
}

// Gone, or something else has taken its place, since the folder above was read.
bool has_vanished(int error_number) noexcept {
  return error_number == ENOENT || error_number == ENOTDIR || error_number == ELOOP;
}

void list_folder(const FolderWalk& walk, const std::string& folder, FolderVersions* versions,
                 SubfolderSink subfolder_sink) {
  FolderLister lister(walk, folder, versions, subfolder_sink);
  Fd fd = open_beneath(walk.root, folder, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
  if (fd) {
    lister.list(std::move(fd));
    return;
  }
  const int error_number = errno;
  if (is_shortage(error_number)) {
    throw transient_error(error_code::k_busy,
                          fmt::format("cannot list folders: {}", words_for(error_number)));
  }
  if (folder == walk.query.prefix) {
    throw_cannot_list(walk, error_number);
  }
  if (!has_vanished(error_number)) {
    lister.report_unreadable(error_number);
  }
}

} // namespace

void walk_folders(const FolderWalk& walk, Executor& executor) {
  std::atomic<std::int64_t> waiting{1};
  const auto tell_waiting = [&](FolderPart&& part) {
    part.folders_waiting = waiting.load(std::memory_order_relaxed);
    walk.sink(std::move(part));
  };
  FolderWalk counted = walk;
  counted.sink = tell_waiting;
  FolderVersions versions;
  parallel_walk(executor, Siblings::only(walk.query.prefix), [&](Siblings& siblings, auto feed) {
    if (walk.stop.stop_requested()) {
      throw cancelled_error();
    }
    const std::string folder = siblings.take();
    waiting.fetch_sub(1, std::memory_order_relaxed);
    if (!siblings.empty()) {
      feed(std::move(siblings));
    }
    list_folder(counted, folder, walk.query.known ? &versions : nullptr, [&](Siblings subfolders) {
      waiting.fetch_add(subfolders.count(), std::memory_order_relaxed);
      feed(std::move(subfolders));
    });
  });
}

} // namespace nightshift

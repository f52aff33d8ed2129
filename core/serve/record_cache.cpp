// SPDX-License-Identifier: Apache-2.0

#include "core/serve/record_cache.hpp"

#include "core/base/file.hpp"
#include "core/base/json.hpp"
#include "core/record/job_document.hpp"
#include "core/record/lost_job.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace nightshift::serve {
namespace {

constexpr std::size_t k_largest_record = std::size_t{64} << 20U;
constexpr std::size_t k_most_bytes = std::size_t{8} << 20U;

std::string etag_of(const FileStamp& stamp) {
  return fmt::format("\"{:x}-{:x}-{:x}\"", stamp.inode, stamp.changed_ns, stamp.size);
}

RecordText from_journal(const JobFolder& folder) {
  const JobRecord record = look_at_job(folder);
  return {std::make_shared<const std::string>(to_page(to_document(record))),
          fmt::format("\"e{}\"", record.last_sequence)};
}

bool is_whole(const std::string& text) {
  return text.starts_with("{\n") && text.ends_with("\n}\n");
}

// Without the text between `from`, which begins a line, and the next line that begins as `to`.
void cut(std::string& text, std::string_view from, std::string_view to, std::string_view instead) {
  const std::size_t begin = text.find(from);
  const std::size_t end = begin == std::string::npos ? begin : text.find(to, begin + from.size());
  if (end != std::string::npos) {
    text.replace(begin, end - begin, instead);
  }
}

} // namespace

std::optional<FileStamp> stamp_of(const std::filesystem::path& path) {
  struct stat status {};

  if (stat(path.c_str(), &status) != 0) {
    return std::nullopt;
  }
  return FileStamp{status.st_ino,
                   std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec,
                   status.st_size};
}

RecordText RecordCache::get(const JobFolder& folder) {
  std::error_code ignored;
  if (std::filesystem::exists(folder.live_mark(), ignored)) {
    try {
      finalise_if_lost(folder, nullptr);
    } catch (const JobError&) { // it is not ours to write; the journal is shown as it is
    }
  }
  const auto stamp = stamp_of(folder.record());
  if (!stamp) {
    return from_journal(folder);
  }
  {
    const std::scoped_lock lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->id == folder.id && entry->stamp == *stamp) {
        entries_.splice(entries_.begin(), entries_, entry);
        return entries_.front().record;
      }
    }
  }
  std::string text = read_file(folder.record(), k_largest_record);
  if (!is_whole(text)) {
    return from_journal(folder);
  }
  RecordText record{std::make_shared<const std::string>(std::move(text)), etag_of(*stamp)};
  if (stamp_of(folder.record()) == stamp) { // else what was read may be the next one
    keep({folder.id, *stamp, record});
  }
  return record;
}

void RecordCache::keep(Entry entry) {
  const std::scoped_lock lock(mutex_);
  const auto drop = [this](auto at) {
    bytes_ -= at->record.text->size();
    entries_.erase(at);
  };
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto next = std::next(at);
    if (at->id == entry.id) {
      drop(at);
    }
    at = next;
  }
  bytes_ += entry.record.text->size();
  entries_.push_front(std::move(entry));
  while (bytes_ > k_most_bytes && entries_.size() > 1) {
    drop(std::prev(entries_.end()));
  }
}

// No JSON text holds a newline but between its parts, so lines are found without parsing.
std::string list_entry(std::string_view record) {
  std::string text(record);
  cut(text, "\n  \"logs\": {",
      "\n  \"job_type\":", "\n  \"logs\": {\n    \"stdout\": [],\n    \"stderr\": []\n  },");
  cut(text, "\n    \"logs\": [", "\n  },", "\n    \"logs\": []");
  cut(text, "\n  \"result\": ", "\n  \"user_permissions\":", "");
  return text;
}

std::string with_logs_limit(std::string_view record, std::size_t most) {
  Json document = Json::parse(record, nullptr, false);
  const auto shorten = [most](Json& lines) {
    if (lines.is_array() && lines.size() > most) {
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(most), lines.end());
    }
  };
  if (!document.is_object()) {
    return std::string(record);
  }
  shorten(document["progress"]["logs"]);
  shorten(document["logs"]["stdout"]);
  // What the errors are is derived from the same lines.
  std::size_t errors = 0;
  for (const Json& line : document["logs"]["stdout"]) {
    const std::string text = line.get<std::string>();
    const std::string_view level =
        std::string_view(text).substr(std::min(text.find(']'), text.size()));
    errors += level.starts_with("] ERROR") || level.starts_with("] CRITICAL") ? 1U : 0U;
  }
  Json& stderr_lines = document["logs"]["stderr"];
  if (stderr_lines.size() > errors) {
    stderr_lines.erase(stderr_lines.begin() + static_cast<std::ptrdiff_t>(errors),
                       stderr_lines.end());
  }
  return to_page(document);
}

} // namespace nightshift::serve

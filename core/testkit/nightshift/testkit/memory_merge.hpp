// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/error.hpp>
#include <nightshift/testkit/memory_catalogue_state.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::testkit {

class MemoryMerge final : public Merge {
 public:
  MemoryMerge(detail::MemoryState& state, std::int64_t deployment_id, const MergeRules& rules)
      : state_(state),
        deployment_(state.deployments.at(deployment_id)),
        rules_(rules) {
    for (const auto& [path, folder] : deployment_.folders) {
      known_captures_ += folder.present();
    }
  }

  [[nodiscard]] bool is_unchanged(std::string_view path, const Fingerprint& fingerprint,
                                  std::int64_t objects) override {
    const std::scoped_lock lock(state_.mutex);
    const bool unchanged = see_unchanged(path, fingerprint, objects);
    record(fmt::format("is_unchanged {}: {}", printable_key(path), unchanged ? "yes" : "no"));
    return unchanged;
  }

  [[nodiscard]] std::optional<std::int64_t> pass_over(std::string_view path,
                                                      std::int64_t version) override {
    const std::scoped_lock lock(state_.mutex);
    const auto known = deployment_.folders.find(path);
    const bool passes = !rules_.verify_full && !rules_.sample &&
                        known != deployment_.folders.end() && known->second.fingerprint &&
                        known->second.rules_hash == rules_.rules_hash &&
                        known->second.version == version;
    record(fmt::format("pass_over {}: {}", printable_key(path), passes ? "yes" : "no"));
    if (!passes) {
      return std::nullopt;
    }
    seen_.emplace(path);
    return known->second.present();
  }

  void merge(const CapturePart& part) override {
    const std::scoped_lock lock(state_.mutex);
    record(fmt::format("merge {}: {}", printable_key(part.part.folder), part.part.objects.size()));
    if (!std::exchange(asked_to_resume_, true)) {
      deployment_.listing.reset();
    }
    if (part.part.first) {
      open_.erase(part.part.folder);
    }
    Listed& listed = open_[part.part.folder];
    listed.fingerprint += part.fingerprint;
    listed.objects += static_cast<std::int64_t>(part.part.objects.size());
    for (std::size_t at = 0; at < part.times.size(); ++at) {
      const ObjectEntry& object = part.part.objects[at];
      listed.captures[std::string(part.part.name(object))] = {object.size, object.last_modified,
                                                              std::string(part.part.etag(object)),
                                                              part.times[at], false};
    }
    if (part.part.last) {
      const auto folder = open_.extract(part.part.folder);
      take(folder.key(), folder.mapped(), part.part);
    }
  }

  [[nodiscard]] std::optional<CutListing> resume() override {
    const std::scoped_lock lock(state_.mutex);
    asked_to_resume_ = true;
    const auto& kept = deployment_.listing;
    const auto age =
        kept ? std::chrono::system_clock::now() - kept->began : std::chrono::seconds{-1};
    if (!kept || rules_.listing_hash == 0 || kept->hash != rules_.listing_hash ||
        age < age.zero() || age > rules_.resume_within || kept->until.empty()) {
      deployment_.listing.reset();
      return std::nullopt;
    }
    record("resume");
    CutListing cut{kept->began, {}, {kept->again.begin(), kept->again.end()}, 0};
    for (const auto& [after, until] : kept->until) {
      cut.proven.push_back({after, until});
    }
    for (const auto& [path, folder] : deployment_.folders) {
      if (covers(cut, path)) {
        seen_.insert(path);
        cut.captures += folder.present();
      }
    }
    return cut;
  }

  void prove(const KeyRange& range) override {
    const std::scoped_lock lock(state_.mutex);
    record(fmt::format("prove {}..{}", printable_key(range.after), printable_key(range.until)));
    if (rules_.listing_hash != 0) {
      MemoryListing& listing = kept_listing();
      listing.until[range.after] = range.until;
      for (const auto& [path, folder] : deployment_.folders) {
        if (range.contains(path) && !is_above(path, range.until) && folder.present() != 0 &&
            seen_.count(path) == 0) {
          listing.again.insert(path);
        }
      }
    }
  }

  MergeCounts finish() override {
    const std::scoped_lock lock(state_.mutex);
    record("finish");
    deployment_.listing.reset();
    if (!open_.empty()) {
      throw permanent_error(error_code::k_internal, "the listing ended in the midst of a folder");
    }
    if (!rules_.sample) {
      find_vanished();
      throw_on_mass_loss();
      mark_missing();
    }
    deployment_.last_checked =
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return counts_;
  }

  [[nodiscard]] MergeCounts counts() const override {
    const std::scoped_lock lock(state_.mutex);
    return counts_;
  }

  [[nodiscard]] std::int64_t known_captures() const noexcept override { return known_captures_; }

 private:
  struct Listed {
    Fingerprint fingerprint;
    std::int64_t objects = 0;
    std::map<std::string, MemoryCapture, std::less<>> captures;
  };

  struct Gone {
    std::set<std::string> names;
    std::optional<Fingerprint> fingerprint; // what the folder gets once they are marked
  };

  void record(const std::string& call) {
    state_.calls.push_back(fmt::format("{} {}", deployment_.settings.id, call));
  }

  bool see_unchanged(std::string_view path, const Fingerprint& fingerprint, std::int64_t objects) {
    const auto known = deployment_.folders.find(path);
    if (rules_.verify_full || known == deployment_.folders.end() ||
        known->second.fingerprint != fingerprint || known->second.rules_hash != rules_.rules_hash ||
        known->second.present() != objects) {
      return false;
    }
    seen_.emplace(path);
    ++counts_.folders;
    for (const auto& [name, capture] : known->second.captures) {
      counts_.unchanged += capture.missing ? 0 : 1;
      counts_.bytes += capture.missing ? 0 : capture.size;
    }
    return true;
  }

  void take(const std::string& path, const Listed& listed, const FolderPart& last) {
    const FolderPart::Coverage coverage = last.coverage;
    if (coverage == FolderPart::Coverage::unreadable) {
      unreadable_.push_back(path);
      if (listed.objects == 0) {
        return;
      }
    }
    const bool complete = coverage == FolderPart::Coverage::whole && !rules_.sample;
    seen_.insert(path);
    ++counts_.folders;
    counts_.repeated += listed.objects - static_cast<std::int64_t>(listed.captures.size());
    if (listed.captures.empty() && deployment_.folders.count(path) == 0) {
      return;
    }
    MemoryFolder& folder = deployment_.folders[path];
    folder.id = folder.id != 0 ? folder.id : ++state_.last_folder_id;
    const MergeCounts before = counts_;
    const auto former = std::pair(folder.fingerprint, folder.rules_hash);
    for (const auto& [name, capture] : listed.captures) {
      put(path, folder, name, capture);
    }
    Gone gone{{}, listed.fingerprint};
    for (const auto& [name, capture] : folder.captures) {
      if (complete && !capture.missing && listed.captures.count(name) == 0) {
        gone.names.insert(name);
      }
    }
    folder.rules_hash = rules_.rules_hash;
    folder.fingerprint =
        complete && gone.names.empty() ? std::optional(listed.fingerprint) : std::nullopt;
    const bool changed = counts_.added != before.added || counts_.changed != before.changed;
    const bool is_as_known = !changed && former == std::pair(folder.fingerprint, folder.rules_hash);
    if (!is_as_known || last.version) {
      folder.version = folder.fingerprint ? last.version : std::nullopt;
    }
    counts_.folders_changed += changed || !gone.names.empty() ? 1 : 0;
    if (!gone.names.empty()) {
      if (rules_.listing_hash != 0) {
        kept_listing().again.insert(path);
      }
      gone_.emplace(path, std::move(gone));
    }
  }

  [[nodiscard]] MemoryListing& kept_listing() {
    auto& listing = deployment_.listing;
    if (!listing) {
      const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
      listing.emplace(MemoryListing{rules_.listing_hash, now, {}, {}});
    }
    return *listing;
  }

  // Whether a folder counts as listed because of a listing that was cut short.
  [[nodiscard]] static bool covers(const CutListing& listing, const std::string& folder) {
    const bool proven =
        std::any_of(listing.proven.begin(), listing.proven.end(), [&](const KeyRange& range) {
          return range.contains(folder) && !is_above(folder, range.until);
        });
    return proven && !std::binary_search(listing.again.begin(), listing.again.end(), folder);
  }

  void put(const std::string& path, MemoryFolder& folder, const std::string& name,
           const MemoryCapture& listed) {
    counts_.bytes += listed.size;
    const auto known = folder.captures.find(name);
    if (known != folder.captures.end() && known->second == listed) {
      ++counts_.unchanged;
      return;
    }
    counts_.undated += listed.time.dated() ? 0 : 1;
    if (known == folder.captures.end() || known->second.missing) {
      ++counts_.added;
      touch(path, listed.time);
    } else {
      ++counts_.changed;
      deployment_.dirty[path];
      if (known->second.time.dated() != listed.time.dated() ||
          known->second.time.seconds != listed.time.seconds) {
        touch(path, known->second.time);
        touch(path, listed.time);
      }
    }
    folder.captures[name] = listed;
  }

  void touch(const std::string& path, const CaptureTime& time) {
    MemoryDirt& dirt = deployment_.dirty[path];
    if (time.dated()) {
      const WallTime at = time.wall_time();
      dirt = dirt ? TimeSpan{std::min(dirt->start, at), std::max(dirt->end, at)} : TimeSpan{at, at};
    }
  }

  [[nodiscard]] bool is_protected(const std::string& path) const {
    return std::any_of(unreadable_.begin(), unreadable_.end(),
                       [&](const std::string& above) { return path.starts_with(above); });
  }

  void find_vanished() {
    for (const auto& [path, folder] : deployment_.folders) {
      if (seen_.count(path) != 0 || is_protected(path) || folder.present() == 0) {
        continue;
      }
      Gone gone;
      for (const auto& [name, capture] : folder.captures) {
        if (!capture.missing) {
          gone.names.insert(name);
        }
      }
      ++vanished_;
      gone_.emplace(path, std::move(gone));
    }
  }

  void throw_on_mass_loss() const {
    std::int64_t gone = 0;
    for (const auto& [path, each] : gone_) {
      gone += static_cast<std::int64_t>(each.names.size());
    }
    if (!rules_.allow_missing && gone > rules_.always_allowed_missing &&
        static_cast<double>(gone) > rules_.max_missing * static_cast<double>(known_captures_)) {
      throw permanent_error(error_code::k_mass_loss,
                            fmt::format("{} of {} captures are gone", gone, known_captures_));
    }
  }

  void mark_missing() {
    counts_.folders_changed += vanished_;
    for (const auto& [path, gone] : gone_) {
      MemoryFolder& folder = deployment_.folders.at(path);
      folder.fingerprint = gone.fingerprint;
      folder.version.reset();
      for (const std::string& name : gone.names) {
        MemoryCapture& capture = folder.captures.at(name);
        capture.missing = true;
        touch(path, capture.time);
        ++counts_.missing;
      }
    }
  }

  detail::MemoryState& state_;
  MemoryDeployment& deployment_;
  MergeRules rules_;
  std::int64_t known_captures_ = 0;
  bool asked_to_resume_ = false;
  MergeCounts counts_;
  std::map<std::string, Listed> open_;
  std::set<std::string, std::less<>> seen_;
  std::vector<std::string> unreadable_;
  std::map<std::string, Gone> gone_;
  std::int64_t vanished_ = 0;
};

} // namespace nightshift::testkit

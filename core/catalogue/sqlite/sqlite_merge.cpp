// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/sqlite_merge.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace nightshift::sqlite {

namespace {

// Nothing if the deployment has no folders.
std::optional<std::int64_t> captures_of(ReaderPool& readers, std::int64_t deployment_id) {
  const auto reader = readers.borrow();
  Statement sum =
      reader->database.prepare("SELECT sum(captures) FROM folder WHERE deployment_id = ?1");
  Rows rows = sum.query(deployment_id);
  return rows.next() ? rows.optional_number(0) : std::nullopt;
}

} // namespace

SqliteMerge::SqliteMerge(Writer& writer, ReaderPool& readers, std::int64_t deployment_id,
                         const MergeRules& rules)
    : writer_(writer),
      readers_(readers),
      deployment_id_(deployment_id),
      rules_(rules),
      stored_captures_(captures_of(readers, deployment_id)),
      progress_(deployment_id, rules.listing_hash) {}

SqliteMerge::~SqliteMerge() {
  if (finishing_) {
    return;
  }
  try {
    writer_.flush();
  } catch (const JobError&) {
    // What was merged is then not kept, and the next listing finds it again.
  }
}

bool SqliteMerge::is_unchanged(std::string_view folder, const Fingerprint& fingerprint,
                               std::int64_t objects) {
  if (rules_.verify_full || !stored_captures_) {
    return false;
  }
  const auto known = readers_.borrow()->folders.find(deployment_id_, folder);
  if (!known || known->state.fingerprint != fingerprint ||
      known->state.rules_hash != rules_.rules_hash || known->captures != objects) {
    return false;
  }
  const std::scoped_lock lock(mutex_);
  note_seen(known->id);
  ++counts_.folders;
  counts_.unchanged += known->captures;
  counts_.bytes += known->bytes;
  return true;
}

std::optional<std::int64_t> SqliteMerge::pass_over(std::string_view folder, std::int64_t version) {
  if (rules_.verify_full || rules_.sample || !stored_captures_) {
    return std::nullopt;
  }
  const auto known = readers_.borrow()->folders.find(deployment_id_, folder);
  if (!known || !known->state.fingerprint || known->state.rules_hash != rules_.rules_hash ||
      known->state.version != version) {
    return std::nullopt;
  }
  const std::scoped_lock lock(mutex_);
  note_seen(known->id);
  return known->captures;
}

bool SqliteMerge::take_unchanged(const FolderPart& last, const FolderObjects& listed) {
  if (last.coverage != FolderPart::Coverage::whole || rules_.sample ||
      !is_unchanged(last.folder, listed.fingerprint, listed.count)) {
    return false;
  }
  if (last.version) {
    writer_.write(stake_, [&](Writer::Tables tables) {
      tables.folders.set_version(deployment_id_, last.folder, *last.version);
      return std::int64_t{1};
    });
  }
  return true;
}

Scratch& SqliteMerge::scratch() {
  return scratch_ ? *scratch_ : scratch_.emplace();
}

void SqliteMerge::merge(const CapturePart& part) {
  if (!std::exchange(asked_to_resume_, true)) {
    forget_listing(); // what this one does about its folders may be something else
  }
  if (part.part.first) {
    const auto open = open_folders_.find(part.part.folder);
    if (open != open_folders_.end()) {
      scratch().drop(open->second.slot);
      open_folders_.erase(open);
    }
  }
  if (part.part.first && part.part.last) {
    merge_single(part);
  } else {
    stage(part);
  }
}

void SqliteMerge::merge_single(const CapturePart& part) {
  const FolderObjects listed{part.fingerprint, static_cast<std::int64_t>(part.times.size())};
  if (part.part.version && take_unchanged(part.part, listed)) {
    return;
  }
  std::size_t at = 0;
  const auto next = [&](ListedCapture& capture) {
    if (at == part.times.size()) {
      return false;
    }
    capture = listed_capture(part, at++);
    return true;
  };
  merge_folder(part.part, listed, [&](FolderMerge& merge, GoneSink gone) {
    return merge.is_new() ? merge.add(part) : merge.run(next, gone);
  });
}

void SqliteMerge::stage(const CapturePart& part) {
  OpenFolder& folder = open_folders_[part.part.folder];
  if (folder.parts == 0) {
    folder.slot = ++slots_;
  }
  folder.listed.fingerprint += part.fingerprint;
  folder.listed.count += static_cast<std::int64_t>(part.part.objects.size());
  scratch().stage(folder.slot, folder.parts++, part);
  if (part.part.last) {
    const OpenFolder complete = folder;
    open_folders_.erase(part.part.folder);
    merge_staged(part.part, complete);
    scratch().drop(complete.slot);
  }
}

void SqliteMerge::merge_staged(const FolderPart& last, const OpenFolder& folder) {
  if (take_unchanged(last, folder.listed)) {
    return;
  }
  Scratch::Staged staged = scratch().staged(folder.slot);
  const auto next = [&](ListedCapture& capture) { return staged.next(capture); };
  merge_folder(last, folder.listed, [&](FolderMerge& merge, GoneSink gone) {
    FolderOutcome outcome = merge.run(next, gone);
    outcome.repeated = folder.listed.count - outcome.added - outcome.changed - outcome.unchanged;
    return outcome;
  });
}

// `last` is the last of its parts.
void SqliteMerge::merge_folder(const FolderPart& last, const FolderObjects& listed,
                               MergeStep step) {
  if (last.coverage == FolderPart::Coverage::unreadable) {
    unreadable_.push_back(last.folder);
    if (listed.count == 0) {
      return;
    }
  }
  const bool complete = last.coverage == FolderPart::Coverage::whole && !rules_.sample;
  const FolderListing listing{deployment_id_,
                              last.folder,
                              complete,
                              {listed.fingerprint, rules_.rules_hash, last.version},
                              rules_.max_gap};
  FolderOutcome outcome;
  writer_.write(stake_, [&](Writer::Tables tables) {
    FolderMerge merge(tables.folders, tables.captures, listing);
    outcome = step(merge, [this](std::int64_t folder_id, std::string_view name,
                                 std::optional<std::int64_t> time) {
      scratch().add_gone(folder_id, name, time);
    });
    if (outcome.gone != 0) {
      progress_.look_again_at(tables.database, last.folder);
    }
    return outcome.added + outcome.changed + 1;
  });
  if (outcome.gone != 0) {
    scratch().add_folder(outcome.folder_id, listed.fingerprint);
    gone_ += outcome.gone;
  }
  note(outcome);
}

void SqliteMerge::note(const FolderOutcome& outcome) {
  const std::scoped_lock lock(mutex_);
  if (outcome.folder_id != 0) {
    note_seen(outcome.folder_id);
  }
  counts_.added += outcome.added;
  counts_.changed += outcome.changed;
  counts_.unchanged += outcome.unchanged;
  counts_.undated += outcome.undated;
  counts_.bytes += outcome.bytes;
  counts_.repeated += outcome.repeated;
  ++counts_.folders;
  counts_.folders_changed += outcome.added + outcome.changed + outcome.gone != 0 ? 1 : 0;
}

void SqliteMerge::note_seen(std::int64_t folder_id) {
  const auto at = static_cast<std::size_t>(folder_id);
  if (seen_.size() <= at) {
    seen_.resize(at + 1);
  }
  seen_[at] = true;
}

bool SqliteMerge::is_seen(std::int64_t folder_id) const {
  const auto at = static_cast<std::size_t>(folder_id);
  return at < seen_.size() && seen_[at];
}

std::optional<CutListing> SqliteMerge::resume() {
  asked_to_resume_ = true;
  const auto reader = readers_.borrow();
  auto kept = read_listing(reader->database, deployment_id_);
  if (!kept) {
    return std::nullopt;
  }
  const auto age = std::chrono::system_clock::now() - kept->listing.began;
  const bool is_of_the_same = rules_.listing_hash != 0 && kept->hash == rules_.listing_hash;
  const bool is_recent = age >= age.zero() && age <= rules_.resume_within; // clocks are set back
  if (!is_of_the_same || !is_recent || kept->listing.proven.empty()) {
    writer_.write(stake_, [&](Writer::Tables tables) {
      progress_.drop_former(tables.database);
      return std::int64_t{1};
    });
    return std::nullopt;
  }
  Statement folders = reader->database.prepare(
      "SELECT id, path, captures FROM folder WHERE deployment_id = ?1 AND captures > 0");
  Rows rows = folders.query(deployment_id_);
  const std::scoped_lock lock(mutex_);
  while (rows.next()) {
    if (covers(kept->listing, rows.bytes(1))) {
      note_seen(rows.number(0));
      kept->listing.captures += rows.number(2);
    }
  }
  return std::move(kept->listing);
}

void SqliteMerge::prove(const KeyRange& range) {
  if (rules_.listing_hash == 0) {
    return;
  }
  writer_.write(stake_, [&](Writer::Tables tables) {
    progress_.prove(tables.database, range, [this](std::int64_t folder_id) {
      const std::scoped_lock lock(mutex_);
      return is_seen(folder_id);
    });
    return std::int64_t{1};
  });
}

// Whatever becomes of this one: what a kill leaves of it from here on is to be listed anew.
void SqliteMerge::forget_listing() {
  writer_.write(stake_, [&](Writer::Tables tables) {
    progress_.forget(tables.database);
    return std::int64_t{1};
  });
}

MergeCounts SqliteMerge::finish() {
  finishing_ = true;
  if (!open_folders_.empty()) {
    throw permanent_error(error_code::k_internal,
                          fmt::format("the listing ended in the midst of folder {}",
                                      printable_key(open_folders_.begin()->first)));
  }
  forget_listing();
  writer_.flush(stake_);
  if (!rules_.sample) {
    find_vanished();
    throw_on_mass_loss();
    mark_missing();
  }
  writer_.write(stake_, [&](Writer::Tables tables) {
    tables.database.prepare("UPDATE deployment SET data_source_last_checked = ?2 WHERE id = ?1")
        .run(deployment_id_, std::time(nullptr));
    return std::int64_t{1};
  });
  writer_.flush(stake_);
  scratch_.reset();
  return counts();
}

bool SqliteMerge::is_protected(std::string_view folder) const {
  return std::any_of(unreadable_.begin(), unreadable_.end(),
                     [&](const std::string& above) { return folder.starts_with(above); });
}

void SqliteMerge::find_vanished() {
  const auto reader = readers_.borrow();
  Statement folders = reader->database.prepare(
      "SELECT id, path, captures FROM folder WHERE deployment_id = ?1 AND captures > 0");
  Rows rows = folders.query(deployment_id_);
  while (rows.next()) {
    if (!is_seen(rows.number(0)) && !is_protected(rows.bytes(1))) {
      scratch().add_folder(rows.number(0), std::nullopt);
      gone_ += rows.number(2);
    }
  }
}

void SqliteMerge::throw_on_mass_loss() const {
  const double share = rules_.max_missing * static_cast<double>(known_captures());
  if (rules_.allow_missing || gone_ <= rules_.always_allowed_missing ||
      static_cast<double>(gone_) <= share) {
    return;
  }
  throw permanent_error(
      error_code::k_mass_loss,
      fmt::format("{} of the {} captures of deployment {} are not in the storage any more, which "
                  "is more than {:g} %: nothing was marked as missing; see whether the storage is "
                  "mounted and whole, or say --allow-missing if they are gone for good",
                  gone_, known_captures(), deployment_id_, 100 * rules_.max_missing));
}

void SqliteMerge::mark_missing() {
  if (gone_ == 0) {
    return;
  }
  const std::int64_t now = std::time(nullptr);
  scratch().for_each_folder(
      [&](std::int64_t folder_id, const std::optional<Fingerprint>& fingerprint) {
        std::int64_t marked = 0;
        writer_.write(stake_, [&](Writer::Tables tables) {
          marked = mark_folder(tables, folder_id, fingerprint, now);
          return marked;
        });
        const std::scoped_lock lock(mutex_);
        counts_.missing += marked;
        // A folder that was listed has been counted when it was merged.
        counts_.folders_changed += fingerprint ? 0 : 1;
      });
}

std::int64_t SqliteMerge::mark_folder(Writer::Tables tables, std::int64_t folder_id,
                                      const std::optional<Fingerprint>& fingerprint,
                                      std::int64_t now) {
  FolderChange change;
  std::int64_t marked = 0;
  if (fingerprint) {
    scratch().for_each_gone(folder_id,
                            [&](std::string_view name, std::optional<std::int64_t> time) {
                              tables.captures.mark_missing(folder_id, name, now);
                              marked += tables.database.changes();
                              change.touch(time);
                            });
  } else {
    change.times = tables.captures.tally(folder_id).times();
    tables.captures.mark_all_missing(folder_id, now);
    marked = tables.database.changes();
  }
  FolderTally tally = tables.captures.tally(folder_id);
  tables.folders.settle(folder_id, {fingerprint, rules_.rules_hash}, tally, change, rules_.max_gap);
  return marked;
}

MergeCounts SqliteMerge::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

} // namespace nightshift::sqlite

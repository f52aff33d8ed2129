// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/folder_merge.hpp"

#include <cstddef>

namespace nightshift::sqlite {

namespace {

constexpr std::size_t k_rows_at_once = 4096;

} // namespace

FolderMerge::FolderMerge(FolderTable& folders, CaptureTable& captures, const FolderListing& listing)
    : folders_(folders),
      captures_(captures),
      listing_(listing),
      known_(folders.find(listing.deployment_id, listing.path)) {
  outcome_.folder_id = known_ ? known_->id : 0;
}

FolderOutcome FolderMerge::run(NextCapture next, GoneSink gone) {
  if (known_) {
    walk_known(next, gone);
  } else {
    ListedCapture listed;
    while (next(listed)) {
      take_new(listed);
    }
  }
  write_now();
  if (outcome_.folder_id != 0) {
    settle();
  }
  return outcome_;
}

FolderOutcome FolderMerge::add(const CapturePart& part) {
  for (std::size_t at = 0; at < part.times.size(); ++at) {
    ++outcome_.added;
    const ListedCapture listed = listed_capture(part, at);
    change_.touch(listed.seconds());
    count(listed);
  }
  if (!part.times.empty()) {
    write(part);
    settle();
  }
  return outcome_;
}

void FolderMerge::walk_known(NextCapture next, GoneSink gone) {
  ListedCapture listed;
  bool more = next(listed);
  captures_.show(known_->id, [&](const StoredCapture& stored) {
    const std::string_view name = stored.name();
    const auto order = [&] { return more ? listed.name.compare(name) : 1; };
    int found = order();
    for (; found < 0; found = order()) {
      take_new(listed);
      more = next(listed);
    }
    if (found == 0) {
      take_known(listed, stored);
      more = next(listed);
    } else {
      take_absent(stored, gone);
    }
  });
  for (; more; more = next(listed)) {
    take_new(listed);
  }
}

void FolderMerge::take_new(const ListedCapture& listed) {
  ++outcome_.added;
  change_.touch(listed.seconds());
  write_later(listed);
}

void FolderMerge::take_known(const ListedCapture& listed, const StoredCapture& stored) {
  if (stored.missing()) {
    take_new(listed);
    return;
  }
  if (stored.is(listed)) {
    ++outcome_.unchanged;
    outcome_.bytes += listed.size;
    tally_.add_present(listed.seconds(), listed.size);
    return;
  }
  ++outcome_.changed;
  change_.any = true;
  if (stored.time() != listed.seconds()) {
    change_.touch(stored.time());
    change_.touch(listed.seconds());
  }
  write_later(listed);
}

void FolderMerge::take_absent(const StoredCapture& stored, GoneSink gone) {
  if (stored.missing()) {
    tally_.add_missing();
    return;
  }
  tally_.add_present(stored.time(), stored.size());
  if (listing_.complete) {
    ++outcome_.gone;
    gone(known_->id, stored.name(), stored.time());
  }
}

void FolderMerge::count(const ListedCapture& listed) {
  outcome_.bytes += listed.size;
  outcome_.undated += listed.time.dated() ? 0 : 1;
  tally_.add_present(listed.seconds(), listed.size);
}

// Also while the rows of the folder are shown: what is written lies no further than the one shown.
void FolderMerge::write_later(const ListedCapture& listed) {
  count(listed);
  waiting_.part.add(listed.name, listed.size, listed.last_modified, listed.etag);
  waiting_.times.push_back(listed.time);
  if (waiting_.times.size() == k_rows_at_once) {
    write_now();
  }
}

void FolderMerge::write_now() {
  if (waiting_.times.empty()) {
    return;
  }
  write(waiting_);
  waiting_.part.objects.clear();
  waiting_.part.text.clear();
  waiting_.times.clear();
}

void FolderMerge::write(const CapturePart& part) {
  if (known_) {
    captures_.put(outcome_.folder_id, part);
    return;
  }
  if (outcome_.folder_id == 0) {
    outcome_.folder_id = folders_.add(listing_.deployment_id, listing_.path);
  }
  captures_.insert(outcome_.folder_id, part);
}

void FolderMerge::settle() {
  FolderState state = listing_.state;
  if (!listing_.complete || outcome_.gone != 0) {
    state.fingerprint.reset();
    state.version.reset();
  }
  const bool is_as_known = !change_.any && known_->state.fingerprint == state.fingerprint &&
                           known_->state.rules_hash == state.rules_hash;
  if (is_as_known && !state.version) {
    state.version = known_->state.version;
  }
  if (change_.any) {
    folders_.settle(outcome_.folder_id, state, tally_, change_, listing_.max_gap);
  } else if (known_->state != state) {
    folders_.set_state(outcome_.folder_id, state);
  }
}

} // namespace nightshift::sqlite

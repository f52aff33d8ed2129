// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/catalogue/sqlite/folder_merge.hpp"
#include "core/catalogue/sqlite/listing_progress.hpp"
#include "core/catalogue/sqlite/reader_pool.hpp"
#include "core/catalogue/sqlite/scratch.hpp"
#include "core/catalogue/sqlite/writer.hpp"

#include <nightshift/catalogue.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::sqlite {

class SqliteMerge final : public Merge {
 public:
  SqliteMerge(Writer& writer, ReaderPool& readers, std::int64_t deployment_id,
              const MergeRules& rules);
  ~SqliteMerge() override;

  [[nodiscard]] bool is_unchanged(std::string_view folder, const Fingerprint& fingerprint,
                                  std::int64_t objects) override;
  [[nodiscard]] std::optional<std::int64_t> pass_over(std::string_view folder,
                                                      std::int64_t version) override;
  void merge(const CapturePart& part) override;
  [[nodiscard]] std::optional<CutListing> resume() override;
  void prove(const KeyRange& range) override;
  MergeCounts finish() override;
  [[nodiscard]] MergeCounts counts() const override;

  [[nodiscard]] std::int64_t known_captures() const noexcept override {
    return stored_captures_.value_or(0);
  }

 private:
  // What all parts of a folder tell of.
  struct FolderObjects {
    Fingerprint fingerprint;
    std::int64_t count = 0;
  };

  // A folder of which the last part is yet to come.
  struct OpenFolder {
    std::int64_t slot = 0;
    std::int64_t parts = 0;
    FolderObjects listed;
  };

  [[nodiscard]] Scratch& scratch();
  // Whether the folder is unchanged, by what all its parts tell; then its version is kept.
  [[nodiscard]] bool take_unchanged(const FolderPart& last, const FolderObjects& listed);
  void merge_single(const CapturePart& part);
  void stage(const CapturePart& part);
  void merge_staged(const FolderPart& last, const OpenFolder& folder);
  using MergeStep = FunctionRef<FolderOutcome(FolderMerge& merge, GoneSink gone)>;
  void merge_folder(const FolderPart& last, const FolderObjects& listed, MergeStep step);
  void note(const FolderOutcome& outcome);
  void note_seen(std::int64_t folder_id);
  [[nodiscard]] bool is_seen(std::int64_t folder_id) const;
  void forget_listing();
  [[nodiscard]] bool is_protected(std::string_view folder) const;
  void find_vanished();
  void throw_on_mass_loss() const;
  void mark_missing();
  std::int64_t mark_folder(Writer::Tables tables, std::int64_t folder_id,
                           const std::optional<Fingerprint>& fingerprint, std::int64_t now);

  Writer& writer_;
  ReaderPool& readers_;
  std::int64_t deployment_id_;
  MergeRules rules_;
  const std::optional<std::int64_t> stored_captures_; // before this one; none: nor folders
  bool asked_to_resume_ = false;
  bool finishing_ = false;
  Writer::Stake stake_;
  ListingProgress progress_;
  std::optional<Scratch> scratch_; // made when it is needed
  std::map<std::string, OpenFolder, std::less<>> open_folders_;
  std::int64_t slots_ = 0;
  std::vector<std::string> unreadable_;
  std::int64_t gone_ = 0; // captures to be marked as missing

  mutable std::mutex mutex_; // for what follows
  MergeCounts counts_;
  std::vector<bool> seen_; // by folder id
};

} // namespace nightshift::sqlite

// SPDX-License-Identifier: Apache-2.0
//
// What holds for every set of keys, store, number of workers, and order in which they come to their
// turns.

#include "core/storage/litter.hpp"
#include "core/storage/s3/listing_plan.hpp"
#include "core/storage/s3/s3_listing.hpp"
#include "tests/support/fake_page_source.hpp"
#include "tests/support/round_executor.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace nightshift::tests {

// A bucket and how it is listed.
struct Bucket {
  std::vector<std::string> keys; // relative to the root
  std::string root;
  std::string prefix;
  StoreDialect dialect;
  std::size_t workers = 1;
  std::size_t part_objects = 1;
  std::uint64_t seed = 0; // of the order of turns
};

inline void showValue(const Bucket& bucket, std::ostream& out) {
  out << bucket.dialect.name << " " << bucket.dialect.most_keys << " keys a page"
      << (bucket.dialect.is_ragged ? ", ragged by " : ", not by ") << bucket.dialect.seed << ", "
      << bucket.workers << " workers, parts of " << bucket.part_objects << ", order " << bucket.seed
      << ", root \"" << bucket.root << "\", prefix \"" << bucket.prefix << "\":\n";
  for (const std::string& key : bucket.keys) {
    out << "  \"" << printable_key(key) << "\"\n";
  }
}

namespace {

// What is told of a folder, whatever its parts are.
struct FolderTold {
  std::set<std::string> names;
  std::map<Skip, std::int64_t> skipped;

  friend bool operator==(const FolderTold&, const FolderTold&) = default;
};

inline void showValue(const FolderTold& folder, std::ostream& out) {
  for (const std::string& name : folder.names) {
    out << " \"" << printable_key(name) << "\"";
  }
  for (const auto& [skip, count] : folder.skipped) {
    out << " " << to_string(skip) << " " << count;
  }
}

using Tree = std::map<std::string, FolderTold>;

constexpr auto only_wanted = [](std::string_view /*folder*/, std::string_view name) {
  const bool is_text = name.ends_with(".txt");
  return name.empty() ? std::optional(Skip::folder_marker)
         : is_text    ? std::optional(Skip::extension)
                      : std::nullopt;
};

// The folder that an object counts for, and whether it is litter there.
std::pair<std::string, bool> place_of(const std::string& key, const std::string& prefix) {
  std::string folder = prefix;
  for (std::size_t slash = key.find('/', prefix.size()); slash != std::string::npos;
       slash = key.find('/', slash + 1)) {
    if (is_litter(std::string_view(key).substr(folder.size(), slash - folder.size()),
                  EntryKind::folder)) {
      return {folder, true};
    }
    folder = key.substr(0, slash + 1);
  }
  return {folder, is_litter(name_of(key), EntryKind::object)};
}

Tree tree_of(const Bucket& bucket) {
  Tree tree;
  for (const std::string& key : std::set<std::string>(bucket.keys.begin(), bucket.keys.end())) {
    if (!key.starts_with(bucket.prefix)) {
      continue;
    }
    const auto [folder, litter] = place_of(key, bucket.prefix);
    const std::optional<Skip> skip =
        litter ? std::optional(Skip::litter) : only_wanted(folder, name_of(key));
    if (skip) {
      ++tree[folder].skipped[*skip];
    } else {
      tree[folder].names.insert(std::string(name_of(key)));
    }
  }
  return tree;
}

std::vector<KeyRange> ranges_of(const std::map<std::string, std::string>& until_by_after) {
  std::vector<KeyRange> ranges;
  for (const auto& [after, until] : until_by_after) {
    const bool is_beyond =
        ranges.empty() || (!ranges.back().until.empty() && ranges.back().until <= after);
    RC_ASSERT(is_beyond);
    ranges.push_back({after, until});
  }
  return ranges;
}

// What a listing tells, which is held to the rules for parts and ranges as they come.
class Heard {
 public:
  explicit Heard(const Tree& tree) : tree_(tree) {}

  void take(const FolderPart& part) {
    FolderTold& folder = folders_[part.folder];
    expect(part.first == !begun_.count(part.folder), "a part is not first, or again", part.folder);
    expect(!done_.count(part.folder), "a part follows the last", part.folder);
    expect(part.listed() > 0, "a part says nothing", part.folder);
    begun_.insert(part.folder);
    for (const ObjectEntry& object : part.objects) {
      expect(folder.names.insert(std::string(part.name(object))).second, "an object comes twice",
             part.folder);
    }
    for (std::size_t i = 0; i < k_skip_names.size(); ++i) {
      if (part.skipped.by_reason[i] != 0) {
        folder.skipped[static_cast<Skip>(i)] += part.skipped.by_reason[i];
      }
    }
    if (part.last) {
      done_.insert(part.folder);
    }
  }

  void prove(const KeyRange& range) {
    const auto [known, is_new] = until_.try_emplace(range.after, range.until);
    expect(is_new || known->second.empty() || range.until.empty() || known->second <= range.until,
           "a range shrinks", range.after);
    known->second = range.until;
    for (const auto& [folder, told] : tree_) {
      expect(!range.contains(folder) || is_above(folder, range.until) || is_done(folder),
             "a range is proven of which a folder is not", folder);
    }
  }

  // By their beginnings.
  [[nodiscard]] const std::map<std::string, std::string>& proven() const { return until_; }

  [[nodiscard]] const Tree& folders() const { return folders_; }

  [[nodiscard]] bool is_done(const std::string& folder) const { return done_.count(folder) != 0; }

  [[nodiscard]] const std::string& mistake() const { return mistake_; }

 private:
  void expect(bool holds, const char* what, const std::string& folder) {
    if (!holds && mistake_.empty()) {
      mistake_ = fmt::format("{}: {}", what, printable_key(folder));
    }
  }

  const Tree& tree_;
  Tree folders_;
  std::set<std::string> begun_;
  std::set<std::string> done_;
  std::map<std::string, std::string> until_;
  std::string mistake_;
};

rc::Gen<std::string> any_component() {
  return rc::gen::weightedOneOf<std::string>(
      {{8, rc::gen::map(rc::gen::inRange(0, 40),
                        [](int number) { return fmt::format("IMG_{:04}.jpg", number); })},
       {4, rc::gen::element<std::string>("a", "b", "c", "a.b", "a b", "a+b", "a%2Fb", "")},
       {1, rc::gen::element<std::string>("notes.txt", "$RECYCLE.BIN", "._x", "\x01\r\n", "é🦋",
                                         "\xFF", "&amp;<", "a&b>", "~")}});
}

rc::Gen<std::string> any_key() {
  return rc::gen::map(
      rc::gen::pair(rc::gen::resize(3, rc::gen::container<std::vector<std::string>>(
                                           rc::gen::element<std::string>(
                                               "a", "b", "c", "d", "a.", "$RECYCLE.BIN", "é", "",
                                               "night 1", "\xFE", "01", "02", "03"))),
                    any_component()),
      [](const auto& drawn) {
        std::string key;
        for (const std::string& folder : drawn.first) {
          key += folder + "/";
        }
        return key + drawn.second;
      });
}

// A number from the whole of a range, however small the bucket is.
template <class Number>
rc::Gen<Number> any_of(Number from, Number to) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(from, to));
}

rc::Gen<Bucket> any_bucket() {
  const auto dialects = store_dialects();
  return rc::gen::map(
      rc::gen::tuple(rc::gen::scale(3.0, rc::gen::container<std::vector<std::string>>(any_key())),
                     rc::gen::element<std::string>("", "site/"),
                     rc::gen::weightedElement<std::string>({{4, ""}, {1, "a/"}, {1, "c/d/"}}),
                     rc::gen::elementOf(dialects), any_of(1, 8), rc::gen::arbitrary<bool>(),
                     any_of<std::size_t>(1, 9), any_of<std::size_t>(1, 6),
                     any_of<std::uint64_t>(0, 1000)),
      [](const auto& drawn) {
        Bucket bucket;
        std::tie(bucket.keys, bucket.root, bucket.prefix, bucket.dialect, bucket.dialect.most_keys,
                 bucket.dialect.is_ragged, bucket.workers, bucket.part_objects, bucket.seed) =
            drawn;
        bucket.dialect.seed = bucket.seed;
        if (bucket.root.empty()) {
          std::erase(bucket.keys, ""); // which is no key then
        }
        return bucket;
      });
}

std::unique_ptr<FakePageSource> pages_of(const Bucket& bucket) {
  auto pages = std::make_unique<FakePageSource>(bucket.dialect);
  for (const std::string& key : bucket.keys) {
    pages->put(bucket.root + key);
  }
  for (const char* beside : {"sit", "site", "site.x", "site0", "sitf/a/1.jpg"}) {
    if (!bucket.root.empty()) {
      pages->put(beside);
    }
  }
  return pages;
}

// List what `query` asks for, until request number `dies_at`. Whether that was not reached.
bool hear(const Bucket& bucket, const ListQuery& query, Heard& heard,
          std::optional<std::size_t> dies_at = std::nullopt) {
  const auto pages = pages_of(bucket);
  RoundExecutor executor(bucket.workers, bucket.seed);
  pages->on_request([&](const s3::PageRequest&) { executor.wait(); });
  if (dies_at) {
    pages->fail(
        [&, count = std::size_t{0}](const s3::PageRequest&) mutable { return count++ >= *dies_at; },
        transient_error("test", "killed"));
  }
  std::mutex mutex;
  ListQuery told = query;
  const auto prove = [&](const KeyRange& range) {
    const std::scoped_lock lock(mutex);
    heard.prove(range);
  };
  told.on_proven = prove;
  const auto take = [&](FolderPart&& part) {
    const std::scoped_lock lock(mutex);
    heard.take(part);
  };
  bool is_whole = true;
  try {
    s3::list_pages(*pages, {bucket.root, told, take, {}, {bucket.part_objects, 1U << 20U}},
                   executor);
  } catch (const JobError& error) {
    RC_ASSERT(error.code() == "test");
    is_whole = false;
  }
  RC_ASSERT(heard.mistake() == "");
  return is_whole;
}

RC_GTEST_PROP(S3ListingProperties, EveryObjectIsToldOnceInTheFolderItCountsFor, ()) {
  const Bucket bucket = *any_bucket();
  const Tree tree = tree_of(bucket);
  Heard heard(tree);
  hear(bucket, {bucket.prefix, only_wanted}, heard);
  RC_ASSERT(heard.folders() == tree);
  for (const auto& [folder, told] : heard.folders()) {
    RC_ASSERT(heard.is_done(folder));
  }
  const std::vector<KeyRange> proven = ranges_of(heard.proven());
  RC_ASSERT(proven.front().after.empty());
  RC_ASSERT(proven.back().until.empty());
}

// As the catalogue reckons.
bool is_covered(const std::vector<KeyRange>& proven, const std::set<std::string>& again,
                const std::string& folder) {
  return again.count(folder) == 0 &&
         std::any_of(proven.begin(), proven.end(), [&](const KeyRange& range) {
           return range.contains(folder) && !is_above(folder, range.until);
         });
}

// Litter is left out: a folder that is listed by itself does not meet what lies in litter.
FolderTold without_litter(FolderTold folder) {
  folder.skipped.erase(Skip::litter);
  return folder;
}

// What is known of a bucket from listings each of which went on where the one before was killed.
class Resumed {
 public:
  explicit Resumed(const Bucket& bucket) : bucket_(bucket), tree_(tree_of(bucket)) {}

  // Whether it came to its end before it was killed.
  bool list(std::optional<std::size_t> dies_at) {
    const std::vector<KeyRange> proven = ranges_of(kept_);
    const std::vector<std::string> again(again_.begin(), again_.end());
    ListQuery query{bucket_.prefix, only_wanted};
    query.proven = proven;
    query.again = again;
    Heard heard(tree_);
    const bool is_whole = hear(bucket_, query, heard, dies_at);
    for (const auto& [folder, told] : heard.folders()) {
      RC_ASSERT(tree_.count(folder) != 0); // litter, and nothing but that, is no folder of the tree
      RC_ASSERT(!is_covered(proven, again_, folder));
      if (heard.is_done(folder)) {
        known_[folder] = told;
      }
    }
    for (const auto& [after, until] : heard.proven()) {
      RC_ASSERT(kept_.emplace(after, until).second);
    }
    check(is_whole);
    return is_whole;
  }

  // Take some of what is proven for what must be looked at again.
  void look_again() {
    const std::vector<KeyRange> proven = ranges_of(kept_);
    for (const auto& [folder, told] : tree_) {
      const bool is_drawn = *rc::gen::weightedElement<bool>({{4, false}, {1, true}});
      if (is_drawn && is_covered(proven, again_, folder)) {
        again_.insert(folder);
        known_.erase(folder);
      }
    }
  }

 private:
  // Whatever counts as listed is known whole.
  void check(bool is_whole) {
    const std::vector<KeyRange> proven = ranges_of(kept_);
    for (const auto& [folder, told] : tree_) {
      if (is_whole || is_covered(proven, again_, folder)) {
        RC_ASSERT(without_litter(known_[folder]) == without_litter(told));
      }
    }
  }

  const Bucket& bucket_;
  const Tree tree_;
  std::map<std::string, std::string> kept_; // proven ranges
  std::set<std::string> again_;
  Tree known_;
};

RC_GTEST_PROP(S3ListingProperties, AListingGoesOnFromWhereverItWasKilledAsOftenAsItIs, ()) {
  const Bucket bucket = *any_bucket();
  const auto kills =
      *rc::gen::resize(4, rc::gen::container<std::vector<std::size_t>>(any_of<std::size_t>(0, 20)));
  Resumed resumed(bucket);
  for (const std::size_t dies_at : kills) {
    resumed.list(dies_at);
    resumed.look_again();
  }
  RC_ASSERT(resumed.list(std::nullopt));
}

RC_GTEST_PROP(S3ListingProperties, AListingGoesOnFromEachOfItsRequests, ()) {
  const Bucket bucket = *rc::gen::scale(0.07, any_bucket());
  bool is_whole = false;
  for (std::size_t dies_at = 0; !is_whole; ++dies_at) {
    Resumed resumed(bucket);
    is_whole = resumed.list(dies_at);
    if (!is_whole) {
      RC_ASSERT(resumed.list(std::nullopt));
    }
  }
}

} // namespace
} // namespace nightshift::tests

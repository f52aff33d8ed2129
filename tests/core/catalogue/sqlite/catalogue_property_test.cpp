// SPDX-License-Identifier: Apache-2.0
//
// What holds for every listing and every order of doings.

#include "core/catalogue/open_catalogue.hpp"
#include "tests/support/capture_tree.hpp"
#include "tests/support/catalogue_views.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/regroup.hpp"
#include "tests/support/small_disk.hpp"

#include <nightshift/testkit/memory_catalogue.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <rapidcheck.h>

#include <set>

namespace nightshift::tests {

// A folder as one listing tells it.
struct ListedFolder {
  std::string path;
  CaptureFolder captures;
  FolderPart::Coverage coverage = FolderPart::Coverage::whole;
  std::size_t parts = 1;
  std::optional<std::int64_t> version = {}; // nothing: the storage does not tell it
};

// A merge of some folders, and perhaps a regroup after it.
struct Doing {
  std::int64_t deployment_id = 1;
  MergeRules rules;
  std::vector<ListedFolder> folders;
  bool finished = true;
  std::optional<GroupingRule> regrouped;
};

inline void showValue(const Doing& doing, std::ostream& out) {
  out << "deployment " << doing.deployment_id << " hash " << doing.rules.rules_hash << " sample "
      << doing.rules.sample << " full " << doing.rules.verify_full << " allow "
      << doing.rules.allow_missing << " gap " << doing.rules.max_gap.count() << " finished "
      << doing.finished << " regrouped " << doing.regrouped.has_value() << "\n";
  for (const ListedFolder& folder : doing.folders) {
    out << "  \"" << printable_key(folder.path) << "\" coverage "
        << static_cast<int>(folder.coverage) << " parts " << folder.parts << " last change "
        << folder.version.value_or(0) << ":";
    for (const auto& [name, entry] : folder.captures) {
      out << " " << printable_key(name) << "@" << entry.time.value_or(0) << "/" << entry.size;
    }
    out << "\n";
  }
}

namespace {

using testkit::MemoryCatalogue;

void put_deployments(Catalogue& catalogue) {
  for (const std::int64_t id : {1, 2}) {
    Deployment deployment;
    deployment.id = id;
    deployment.project = {1, "project"};
    catalogue.put_deployment(deployment);
  }
}

// A catalogue of its own for each case, on a disk that takes no time.
struct OnDisk {
  SmallDisk folder{16U << 20U};
  std::unique_ptr<Catalogue> catalogue = open_catalogue("sqlite:catalogue.db", folder.path());

  OnDisk() { put_deployments(*catalogue); }
};

// Times are in the fingerprint too, as they are where names tell them.
rc::Gen<CaptureEntry> any_entry() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(0, 16), rc::gen::inRange(1, 3),
                     rc::gen::element<std::string>("", "0123456789abcdef0123456789abcdef", "x-2")),
      [](const std::tuple<int, int, std::string>& drawn) {
        const auto& [moment, size, etag] = drawn;
        CaptureEntry entry;
        entry.last_modified += moment;
        entry.size = size;
        entry.etag = etag;
        if (moment != 0) {
          entry.time = evening(1 + moment / 4, std::int64_t{45} * (moment % 4));
        }
        return entry;
      });
}

// At most `most` elements with different keys.
template <class Map>
rc::Gen<Map> any_map(rc::Gen<std::string> key, rc::Gen<typename Map::mapped_type> value, int most) {
  return rc::gen::map(
      rc::gen::resize(
          most, rc::gen::container<std::vector<std::pair<std::string, typename Map::mapped_type>>>(
                    rc::gen::pair(std::move(key), std::move(value)))),
      [](const auto& pairs) { return Map(pairs.begin(), pairs.end()); });
}

rc::Gen<CaptureFolder> any_folder() {
  return any_map<CaptureFolder>(
      rc::gen::element<std::string>("1.jpg", "2.jpg", "3.jpg", "a.jpg", "\xFF.jpg", "b\\.jpg"),
      any_entry(), 8);
}

rc::Gen<std::string> any_path() {
  return rc::gen::element<std::string>("", "a/", "a/b/", "ab/", "\xC3/");
}

rc::Gen<CaptureTree> any_tree() {
  return any_map<CaptureTree>(any_path(), any_folder(), 5);
}

rc::Gen<MergeRules> any_rules() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(1, 3), rc::gen::arbitrary<bool>(),
                     rc::gen::weightedElement<bool>({{5, false}, {1, true}}),
                     rc::gen::weightedElement<bool>({{5, false}, {1, true}}),
                     rc::gen::element<int>(45, 120), rc::gen::element<std::int64_t>(0, 50)),
      [](const auto& drawn) {
        MergeRules rules;
        rules.rules_hash = std::get<0>(drawn);
        rules.allow_missing = std::get<1>(drawn);
        rules.sample = std::get<2>(drawn);
        rules.verify_full = std::get<3>(drawn);
        rules.max_gap = std::chrono::minutes(std::get<4>(drawn));
        rules.always_allowed_missing = std::get<5>(drawn);
        return rules;
      });
}

rc::Gen<std::vector<ListedFolder>> any_listing() {
  using Coverage = FolderPart::Coverage;
  const auto folder = rc::gen::map(
      rc::gen::tuple(any_path(), any_folder(),
                     rc::gen::weightedElement<Coverage>(
                         {{8, Coverage::whole}, {1, Coverage::partial}, {1, Coverage::unreadable}}),
                     rc::gen::inRange<std::size_t>(1, 4),
                     rc::gen::element<std::optional<std::int64_t>>(std::nullopt, 1, 2)),
      [](const auto& drawn) {
        return ListedFolder{std::get<0>(drawn), std::get<1>(drawn), std::get<2>(drawn),
                            std::get<3>(drawn), std::get<4>(drawn)};
      });
  return rc::gen::map(
      rc::gen::resize(6, rc::gen::container<std::vector<ListedFolder>>(folder)),
      [](std::vector<ListedFolder> folders) {
        std::set<std::string> seen;
        std::erase_if(folders, [&](const auto& each) { return !seen.insert(each.path).second; });
        return folders;
      });
}

rc::Gen<Doing> any_doing() {
  const auto rule =
      rc::gen::map(rc::gen::tuple(rc::gen::element<int>(45, 120), rc::gen::element<int>(2, 24)),
                   [](const auto& drawn) {
                     return GroupingRule{std::chrono::minutes(std::get<0>(drawn)),
                                         std::chrono::hours(std::get<1>(drawn))};
                   });
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::int64_t>(1, 3), any_rules(), any_listing(),
                     rc::gen::weightedElement<bool>({{4, true}, {1, false}}),
                     rc::gen::arbitrary<bool>(), rule),
      [](const auto& drawn) {
        return Doing{std::get<0>(drawn), std::get<1>(drawn), std::get<2>(drawn), std::get<3>(drawn),
                     std::get<4>(drawn) ? std::optional(std::get<5>(drawn)) : std::nullopt};
      });
}

std::string text_of(const MergeCounts& counts) {
  return fmt::format("added {} changed {} unchanged {} missing {} undated {} bytes {} folders {} "
                     "of {}",
                     counts.added, counts.changed, counts.unchanged, counts.missing, counts.undated,
                     counts.bytes, counts.folders_changed, counts.folders);
}

// Those of which the last change is known are passed over if they can be.
void list(Merge& merge, const ListedFolder& folder) {
  if (folder.version && merge.pass_over(folder.path, *folder.version)) {
    return;
  }
  std::vector<CapturePart> parts = parts_of(folder.path, folder.captures, folder.parts);
  parts.back().part.coverage = folder.coverage;
  if (folder.coverage == FolderPart::Coverage::whole) {
    parts.back().part.version = folder.version;
  }
  if (parts.size() == 1 && folder.coverage == FolderPart::Coverage::whole) {
    list_folder(merge, parts.front());
    return;
  }
  for (const CapturePart& part : parts) {
    merge.merge(part);
  }
}

// What a catalogue answers to a doing.
std::vector<std::string> answers(Catalogue& catalogue, const Doing& doing) {
  std::vector<std::string> lines;
  {
    const auto merge = catalogue.open_merge(doing.deployment_id, doing.rules);
    lines.push_back(fmt::format("known {}", merge->known_captures()));
    for (const ListedFolder& folder : doing.folders) {
      list(*merge, folder);
      lines.push_back(text_of(merge->counts()));
    }
    try {
      lines.push_back(doing.finished ? text_of(merge->finish()) : "dropped");
    } catch (const JobError& error) {
      lines.push_back(error.code());
    }
  }
  if (doing.regrouped) {
    for (const TimeSpan& dirty :
         catalogue.open_regroup(doing.deployment_id, *doing.regrouped)->dirty()) {
      lines.push_back(fmt::format("dirty {} {}", dirty.start.time_since_epoch().count(),
                                  dirty.end.time_since_epoch().count()));
    }
    regroup(catalogue, doing.deployment_id, *doing.regrouped);
  }
  return lines;
}

ViewTable view(Catalogue& catalogue, View view) {
  return read_view(catalogue, {view, {}, {}}).without({"data_source_last_checked"});
}

MergeRules lenient_rules() {
  MergeRules rules;
  rules.allow_missing = true;
  return rules;
}

// The present captures: path and size.
std::set<std::string> present(Catalogue& catalogue) {
  const ViewTable table = read_view(catalogue, {View::captures, 1, {}});
  const auto path = table.column("path");
  const auto size = table.column("size");
  const auto state = table.column("state");
  std::set<std::string> lines;
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (state[at] == "present") {
      lines.insert(path[at] + " " + size[at]);
    }
  }
  return lines;
}

std::set<std::string> present(const CaptureTree& tree) {
  std::set<std::string> lines;
  for (const auto& [path, folder] : tree) {
    for (const auto& [name, entry] : folder) {
      lines.insert(fmt::format("{} {}", printable_key(path + name), entry.size));
    }
  }
  return lines;
}

RC_GTEST_PROP(CatalogueProperties, AfterAnyMergesTheCatalogueEqualsTheLastListing, ()) {
  const OnDisk place;
  for (const CaptureTree& tree : *rc::gen::container<std::vector<CaptureTree>>(any_tree())) {
    sync(*place.catalogue, 1, tree, lenient_rules());
    regroup(*place.catalogue, 1);
    RC_ASSERT(present(*place.catalogue) == present(tree));

    MemoryCatalogue fresh;
    put_deployments(fresh);
    sync(fresh, 1, tree);
    regroup(fresh, 1);
    RC_ASSERT(equality_of(*place.catalogue) == equality_of(fresh));
  }
}

RC_GTEST_PROP(CatalogueProperties, PassingOverEndsTheSameWhereTheVersionTellsEveryChange, ()) {
  const OnDisk place;
  for (const auto& [tree, drawn, quick] :
       *rc::gen::container<std::vector<std::tuple<CaptureTree, MergeRules, bool>>>(
           rc::gen::tuple(any_tree(), any_rules(), rc::gen::arbitrary<bool>()))) {
    MergeRules rules = drawn;
    rules.sample = false;
    rules.allow_missing = true;
    const auto merge = place.catalogue->open_merge(1, rules);
    for (const auto& [path, folder] : tree) {
      ListedFolder listed{path, folder};
      if (quick) {
        listed.version = static_cast<std::int64_t>(part_of(path, folder).fingerprint.low);
      }
      list(*merge, listed);
    }
    merge->finish();
    RC_ASSERT(present(*place.catalogue) == present(tree));
  }
}

RC_GTEST_PROP(CatalogueProperties, MergingTwiceChangesNothing, ()) {
  const OnDisk place;
  const auto [before, tree] = *rc::gen::pair(any_tree(), any_tree());
  MergeRules rules = lenient_rules();
  sync(*place.catalogue, 1, before, rules);
  sync(*place.catalogue, 1, tree, rules);
  regroup(*place.catalogue, 1);
  const ViewTable captures = view(*place.catalogue, View::captures);
  const ViewTable sessions = view(*place.catalogue, View::sessions);

  rules.verify_full = *rc::gen::arbitrary<bool>();
  const MergeCounts again = sync(*place.catalogue, 1, tree, rules);
  RC_ASSERT(again.added + again.changed + again.missing + again.folders_changed == 0);
  RC_ASSERT(place.catalogue->open_regroup(1, {})->dirty().empty());
  RC_ASSERT(view(*place.catalogue, View::captures) == captures);
  RC_ASSERT(view(*place.catalogue, View::sessions) == sessions);
}

RC_GTEST_PROP(CatalogueProperties, AnswersAsTheOneInMemoryWhateverIsDone, ()) {
  const OnDisk place;
  MemoryCatalogue memory;
  put_deployments(memory);
  for (const Doing& doing :
       *rc::gen::resize(6, rc::gen::container<std::vector<Doing>>(any_doing()))) {
    RC_ASSERT(answers(*place.catalogue, doing) == answers(memory, doing));
    for (const View each : {View::captures, View::sessions, View::deployments, View::undated}) {
      RC_ASSERT(view(*place.catalogue, each) == view(memory, each));
    }
  }
}

RC_GTEST_PROP(CatalogueProperties, AFolderInAnyPartsEndsTheSame, ()) {
  const auto folders = *rc::gen::pair(any_folder(), any_folder());
  const auto parts =
      *rc::gen::pair(rc::gen::inRange<std::size_t>(1, 5), rc::gen::inRange<std::size_t>(1, 5));
  const auto merge_in = [&](std::size_t first, std::size_t second) {
    const OnDisk place;
    for (const auto& [folder, count] :
         {std::pair(folders.first, first), std::pair(folders.second, second)}) {
      const auto merge = place.catalogue->open_merge(1, lenient_rules());
      for (const CapturePart& part : parts_of("a/", folder, count)) {
        merge->merge(part);
      }
      merge->finish();
    }
    regroup(*place.catalogue, 1);
    return equality_of(*place.catalogue);
  };
  RC_ASSERT(merge_in(1, 1) == merge_in(parts.first, parts.second));
}

} // namespace
} // namespace nightshift::tests

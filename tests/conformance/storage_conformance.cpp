// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/storage_conformance.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <thread>
#include <vector>

namespace nightshift::tests {

namespace {

using testing::ElementsAre;

std::string code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const JobError& error) {
    return error.error_class() == ErrorClass::cancelled ? "cancelled" : error.code();
  }
  return "no error";
}

// More folders than any executor here has threads.
constexpr int k_many_folders = 50;

// Everything is settled before it.
constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::max();

std::string folder_number(int i) {
  return "folder" + std::to_string(i) + "/";
}

std::vector<std::string> odd_names(const StorageDeviations& deviations) {
  std::vector<std::string> names{"new\nline.jpg",
                                 "-rf.jpg",
                                 std::string(251, 'n') + ".jpg",
                                 "..x",
                                 "...",
                                 "🦋.jpg",
                                 "back\\slash.jpg",
                                 " space ",
                                 "it's \"so\".jpg",
                                 "100%.jpg",
                                 "%2e%2e",
                                 "tab\t.jpg",
                                 "*?[a].jpg",
                                 "\x01.jpg",
                                 "a+b&c=d#e.jpg"};
  if (deviations.carries_any_bytes) {
    names.emplace_back("\xff\xfe\x80.jpg");
  }
  return names;
}

} // namespace

TEST_P(StorageConformance, EmptyPlaceYieldsNothing) {
  EXPECT_TRUE(list()->parts().empty());
}

TEST_P(StorageConformance, ReportsEveryObjectOnceWithSizeAndTime) {
  Listing::Objects expected;
  for (int i = 0; i < 300; ++i) {
    const std::string key =
        (i % 3 == 0 ? "" : folder_number(i % 7) + (i % 2 == 0 ? "" : "deep/er/")) +
        std::to_string(i) + ".jpg";
    put(key, std::string(static_cast<std::size_t>(i), 'x'), i * 1'000'000'007LL);
    expected[key] = {i, i * 1'000'000'007LL};
  }
  EXPECT_EQ(list()->objects(), expected);
}

TEST_P(StorageConformance, KeepsTimesBefore1970AndFarAheadToTheNanosecond) {
  put("old.jpg", "", -86'400'000'000'001);
  put("new.jpg", "", 7'258'118'400'123'456'789); // the year 2200
  const auto listing = list();
  EXPECT_EQ(listing->objects().at("old.jpg").last_modified, -86'400'000'000'001);
  EXPECT_EQ(listing->objects().at("new.jpg").last_modified, 7'258'118'400'123'456'789);
}

TEST_P(StorageConformance, CarriesNamesOfEveryKind) {
  std::set<std::string> expected;
  for (const std::string& name : odd_names(deviations())) {
    put(name);
    const std::string as_folder = fmt::format("as folder/{0}/{0}", name);
    put(as_folder);
    expected.insert({name, as_folder});
  }
  EXPECT_EQ(list()->keys(), expected);
  for (const std::string& name : odd_names(deviations())) {
    EXPECT_EQ(list("as folder/" + name + "/")->keys().size(), 1) << name;
  }
}

TEST_P(StorageConformance, PrefixMeansWholeFolders) {
  for (const char* key : {"a/b/1.jpg", "a/b/c/2.jpg", "a/bc/3.jpg", "a/b.jpg", "ab/4.jpg"}) {
    put(key);
  }
  EXPECT_THAT(list("a/b/")->keys(), ElementsAre("a/b/1.jpg", "a/b/c/2.jpg"));
}

TEST_P(StorageConformance, MissingPrefixIsNotFoundWhereThatCanBeTold) {
  put("a/1.jpg");
  EXPECT_EQ(code_of([&] { EXPECT_TRUE(list("b/")->parts().empty()); }),
            deviations().knows_missing_prefix ? "not_found" : "no error");
}

TEST_P(StorageConformance, HandsALargeFolderOverInPartsOfWhichTheLastIsMarked) {
  make_place(4);
  for (int i = 0; i < 11; ++i) {
    put("a/" + std::to_string(i) + ".jpg");
    put("a/b/" + std::to_string(i) + ".jpg");
  }
  const auto listing = list();
  EXPECT_EQ(listing->keys().size(), 22);
  for (const char* folder : {"a/", "a/b/"}) {
    std::vector<std::size_t> sizes;
    for (const FolderPart& part : listing->parts().at(folder)) {
      sizes.push_back(part.objects.size());
    }
    EXPECT_THAT(sizes, ElementsAre(4, 4, 3));
  }
}

TEST_P(StorageConformance, FolderThatJustFillsAPartHasOne) {
  make_place(4);
  for (int i = 0; i < 4; ++i) {
    put(std::to_string(i) + ".jpg");
  }
  EXPECT_EQ(list()->parts().at("").size(), 1);
}

TEST_P(StorageConformance, AsksTheFilterOncePerObjectAndCountsItsSkips) {
  put("a/1.jpg");
  put("a/2.txt");
  put("a/b/3.txt");
  std::mutex mutex;
  std::multiset<std::string> asked;
  const auto filter = [&](std::string_view folder, std::string_view name) -> std::optional<Skip> {
    const std::scoped_lock lock(mutex);
    asked.insert(std::string(folder) + "|" + std::string(name));
    return name.ends_with(".txt") ? std::optional(Skip::extension) : std::nullopt;
  };
  const auto listing = list("", filter);
  EXPECT_THAT(asked, ElementsAre("a/b/|3.txt", "a/|1.jpg", "a/|2.txt"));
  EXPECT_THAT(listing->keys(), ElementsAre("a/1.jpg"));
  EXPECT_EQ(listing->skipped()[Skip::extension], 2);
  EXPECT_EQ(listing->parts().count("a/b/"), 1) << "a folder of skips alone is still told";
}

TEST_P(StorageConformance, ExceptionOfTheSinkComesOutAndEndsTheListing) {
  for (int i = 0; i < k_many_folders; ++i) {
    put(folder_number(i) + "1.jpg");
  }
  std::atomic<std::size_t> calls{0};
  const auto sink = [&](FolderPart&&) {
    ++calls;
    throw std::domain_error("the sink's own");
  };
  EXPECT_THROW(place().storage().list({"", accept_all}, sink, executor(), {}), std::domain_error);
  EXPECT_LE(calls, executor().concurrency());
}

TEST_P(StorageConformance, StopEndsTheListingAsCancelled) {
  for (int i = 0; i < k_many_folders; ++i) {
    put(folder_number(i) + "1.jpg");
  }
  std::stop_source stop;
  std::atomic<std::size_t> calls{0};
  const auto sink = [&](FolderPart&&) {
    ++calls;
    stop.request_stop();
  };
  const auto listing = [&] {
    place().storage().list({"", accept_all}, sink, executor(), stop.get_token());
  };
  EXPECT_EQ(code_of(listing), "cancelled");
  EXPECT_LE(calls, executor().concurrency());
  EXPECT_EQ(code_of(listing), "cancelled") << "and so does one that began before";
}

TEST_P(StorageConformance, TellsTheVersionsOfFoldersThatItAskedAbout) {
  make_place(2);
  for (const char* key : {"a/1.jpg", "a/2.jpg", "a/3.jpg", "b/c/4.jpg", "b/5.jpg"}) {
    put(key, "x");
  }
  std::mutex mutex;
  std::map<std::string, std::int64_t> asked;
  const auto note = [&](std::string_view folder, std::int64_t version) {
    const std::scoped_lock lock(mutex);
    EXPECT_TRUE(asked.emplace(folder, version).second) << folder;
    return false;
  };
  const auto listing = list_with({"", accept_all, {}, {}, {}, KnownFolders{note, k_never}});
  EXPECT_EQ(listing->objects(), list()->objects());
  if (!deviations().knows_versions) {
    EXPECT_TRUE(asked.empty());
    return;
  }
  for (const char* folder : {"a/", "b/c/"}) {
    EXPECT_EQ(listing->parts().at(folder).back().version, asked.at(folder)) << folder;
  }
  EXPECT_EQ(listing->parts().at("a/").front().version, std::nullopt) << "not the last part";
  EXPECT_EQ(listing->parts().at("b/").back().version, std::nullopt) << "it has a subfolder";
  EXPECT_EQ(list()->parts().at("a/").back().version, std::nullopt) << "nobody asked";
}

TEST_P(StorageConformance, HandsOverNothingOfAFolderThatIsKnownAndAllElse) {
  for (int i = 0; i < k_many_folders; ++i) {
    put(folder_number(i) + "1.jpg", "x");
  }
  std::mutex mutex;
  std::set<std::string> expected;
  const auto know_every_second = [&](std::string_view folder, std::int64_t) {
    const std::scoped_lock lock(mutex);
    const bool is_known = (folder.empty() ? '1' : folder[folder.size() - 2]) % 2 == 0;
    if (is_known) {
      expected.erase(std::string(folder) + "1.jpg");
    }
    return is_known;
  };
  expected = list()->keys();
  const auto listing =
      list_with({"", accept_all, {}, {}, {}, KnownFolders{know_every_second, k_never}});
  EXPECT_EQ(listing->keys(), expected);
  EXPECT_EQ(expected.size(), deviations().knows_versions ? k_many_folders / 2 : k_many_folders);
}

TEST_P(StorageConformance, MayBeListedTwiceAtOnce) {
  for (int i = 0; i < k_many_folders; ++i) {
    put(folder_number(i) + "1.jpg");
  }
  std::array<Listing, 2> listings;
  {
    const auto list_into = [&](Listing& listing) {
      ThreadExecutor own(2);
      listing.run(place().storage(), {"", accept_all}, own);
    };
    const std::jthread first([&] { list_into(listings[0]); });
    const std::jthread second([&] { list_into(listings[1]); });
  }
  EXPECT_EQ(listings[0].keys().size(), k_many_folders);
  EXPECT_EQ(listings[0].objects(), listings[1].objects());
}

TEST_P(StorageConformance, ReadsRanges) {
  put("a/1.jpg", "0123456789");
  if (!deviations().reads_objects) {
    std::array<std::byte, 1> byte{};
    EXPECT_EQ(code_of([&] { std::ignore = place().storage().read("a/1.jpg", 0, byte); }),
              "unsupported");
    return;
  }
  const auto read = [&](std::uint64_t offset, std::size_t size) {
    std::string buffer(size, '?');
    const std::size_t count =
        place().storage().read("a/1.jpg", offset, std::as_writable_bytes(std::span(buffer)));
    return buffer.substr(0, count);
  };
  EXPECT_EQ(read(0, 10), "0123456789");
  EXPECT_EQ(read(3, 4), "3456");
  EXPECT_EQ(read(8, 10), "89");
  EXPECT_EQ(read(10, 1), "");
  EXPECT_EQ(read(std::numeric_limits<std::uint64_t>::max(), 1), "");
  EXPECT_EQ(read(0, 0), "");
}

TEST_P(StorageConformance, ReadsNamesOfEveryKind) {
  if (!deviations().reads_objects) {
    return;
  }
  for (const std::string& name : odd_names(deviations())) {
    put("a/" + name, "x");
    std::array<std::byte, 1> byte{};
    EXPECT_EQ(place().storage().read("a/" + name, 0, byte), 1) << name;
  }
}

TEST_P(StorageConformance, ReadOfWhatIsNoObjectIsNotFound) {
  put("a/1.jpg", "x");
  std::array<std::byte, 1> byte{};
  for (const char* key : {"", "a", "a/", "a/2.jpg", "b/1.jpg", "a/1.jpg/", "a/1.jpg/x", "/a/1.jpg",
                          "a//1.jpg", "./a/1.jpg", "a/../a/1.jpg", "../1.jpg"}) {
    EXPECT_EQ(code_of([&] { std::ignore = place().storage().read(key, 0, byte); }),
              deviations().reads_objects ? "not_found" : "unsupported")
        << key;
  }
}

TEST_P(StorageConformance, SaysWhereItIs) {
  EXPECT_NE(place().storage().describe().find(':'), std::string::npos);
}

} // namespace nightshift::tests

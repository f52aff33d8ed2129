// SPDX-License-Identifier: Apache-2.0
//
// A manifest that is wrong or not whole is never taken for a listing.

#include "core/storage/manifest/csv_manifest.hpp"
#include "tests/core/storage/manifest/told_entries.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/gzip.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <functional>

namespace nightshift::tests {
namespace {

using manifest::Format;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// What is said of a text, which is called "listing".
std::string error_in(const std::string& text, manifest::Settings settings = {}) {
  const TempDir dir;
  settings.path = dir.write("listing", text).string();
  const JobError error = error_of([&] { return told_by_file(settings); });
  EXPECT_EQ(error.code(), error_code::k_bad_data);
  EXPECT_EQ(error.error_class(), ErrorClass::permanent);
  const std::string message = error.what();
  EXPECT_THAT(message, StartsWith(dir.path().string() + "/"));
  return message.substr(dir.path().string().size() + 1);
}

TEST(BadManifest, IsNamedWithItsLineAndWhatToDo) {
  struct Row {
    const char* text;
    const char* expected;
  };

  const Row rows[] = {
      // a CSV
      {"", "listing is empty, so what makes it has failed or it was cut short"},
      {"\n", "listing is empty: the first row of a CSV names its columns"},
      {"a.jpg,1\n", "listing has no column for the objects' keys (key or path or name): name the "
                    "columns in a first row"},
      {"key,time\n", "listing has no column for their sizes (size)"},
      {"key,Size,size\n", "listing has two columns named size"},
      {"key,size\na,1\nb,2,3\n", "listing:3: the row has 3 fields, not 2"},
      {"key,size\na,1\n\n\"b\n\"\n", "listing:4: the row has 1 fields, not 2"},
      {"key,size\n,1\n", "listing:2: there is no key"},
      {"key,size\na,\n", "listing:2: there is no size"},
      {"key,size\na,-1\n", "listing:2: the size \"-1\" is negative"},
      {"key,size\na,1e3\n", "listing:2: the size \"1e3\" is no whole number of bytes"},
      {"key,size\na, 1\n", "the size \" 1\" is no whole number"},
      {"key,size\na,+1\n", "the size \"+1\" is no whole number"},
      {"key,size\na,1125899906842625\n", "more than 1 PiB"},
      {"key,size\na,99999999999999999999\n", "more than 1 PiB"},
      {"key,size\na,-99999999999999999999\n", "the size"},
      {"key,size,mtime\na,1,2023-08-01 02:30:01\n", "listing:2: the time \"2023-08-01 02:30:01\" "
                                                    "is neither one with its offset from UTC"},
      {"key,size,mtime\na,1,1690857001000\n", "nor seconds since 1970"},
      {"key,size,IsLatest\na,1,maybe\n", "listing:2: IsLatest is \"maybe\", not true or false"},
      {"key,size\n\"a\"b,1\n", "listing:2: a quoted field goes on"},
      {"key,size\na\"b,1\n", "listing:2: a quote stands in a field"},
      // JSON Lines
      {"{\"key\":\"a\",\"size\":1}\n{\"key\":\"b\"}\n", "listing:2: there is no size"},
      {"{\"key\":\"a\",\"size\":1}\n[]\n", "listing:2: this is no object"},
      {"{\"key\":\"a\",\"size\":1}\n5\n", "listing:2: this is no object"},
      {"{\"key\":\"a\",\"size\":1} {\"key\":\"b\",\"size\":1}\n", "listing:1: is no JSON: "},
      {"{\"key\":\"a\",\"size\":1.5}\n", "the size \"1.5\" is no whole number"},
      {"{\"key\":\"a\",\"size\":-1}\n", "the size \"-1\" is negative"},
      {"{\"key\":\"a\",\"size\":1,\"key\":\"b\"}\n",
       "listing:1: the object has two members named key"},
      {"{\"key\":\"\xFF\",\"size\":1}\n", "listing:1: is no JSON: "},
      {"{\"key\":null,\"size\":1}\n", "listing:1: there is no key"},
      {"{\"key\":\"a\",\n", "listing:1: is no JSON: "},
      // an array
      {"[{\"key\":\"a\",\"size\":1},\n\n{\"key\":\"b\",\n\"size\":-2}]", "listing:3: the size"},
      {"[\n[]]\n", "listing:2: this is no array of objects"},
      {"[\n5]\n", "listing:2: this is no array of objects"},
      {"[]\n{}\n", "listing:2: goes on behind the end of its array"},
      {"[}\n", "listing:1: is no JSON: "},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(error_in(row.text), HasSubstr(row.expected)) << row.text;
  }
}

TEST(BadManifest, IsRefusedWhereItGoesOnForEver) {
  const std::string endless(2'000'000, 'x');
  EXPECT_THAT(error_in("key,size\na,1\n\"" + endless), HasSubstr("listing:3: goes on for more"));
  EXPECT_THAT(error_in("{\"key\":\"" + endless), HasSubstr("listing:1: goes on for more"));
  EXPECT_THAT(error_in("[\n{\"key\":\"" + endless), HasSubstr("listing:2: an object goes on"));
  EXPECT_THAT(error_in("[{\"key\":" + std::string(500'000, '[')), HasSubstr("nested too deeply"));
}

TEST(BadManifest, IsWhatIsNotOfTheFormatThatItIsSaidToBe) {
  EXPECT_THAT(error_in("key,size\na,1\n", {.path = {}, .format = Format::rclone}),
              HasSubstr("listing:1: is no JSON: "));
  EXPECT_THAT(error_in("{\"key\":\"a\",\"size\":1}\n", {.path = {}, .format = Format::rclone}),
              HasSubstr("listing:1: this is no array of objects"));
  EXPECT_THAT(error_in("[]\n", {.path = {}, .format = Format::json_lines}),
              HasSubstr("listing:1: this is no object"));
  EXPECT_THAT(error_in("[]\n", {.path = {}, .format = Format::csv}), HasSubstr("no column"));
  EXPECT_THAT(error_in("\"b\",\"k\",\"1\"\n", {.path = {}, .format = Format::s3_inventory}),
              AllOf(HasSubstr("does not name its columns"), HasSubstr("`schema`")));
}

// Read each front of the text; `may_pass` says after which a cut cannot be told from the end. What
// is read then must be what the whole begins with.
void cut_everywhere(const std::string& text, const std::function<bool(std::size_t)>& may_pass,
                    const manifest::Settings& settings = {}) {
  const ListedObjects whole = told_by(text, settings);
  int passed = 0;
  for (std::size_t size = 0; size < text.size(); ++size) {
    try {
      const ListedObjects front = told_by(text.substr(0, size), settings);
      ++passed;
      EXPECT_TRUE(may_pass(size)) << text.substr(0, size);
      EXPECT_EQ(front, ListedObjects(whole.begin(),
                                     whole.begin() + static_cast<std::ptrdiff_t>(front.size())));
    } catch (const JobError& error) {
      EXPECT_EQ(error.code(), error_code::k_bad_data);
      EXPECT_FALSE(may_pass(size)) << error.what() << "\n" << text.substr(0, size);
    }
  }
  EXPECT_LT(passed, 8);
}

const ListedObjects k_few{{"a/1.jpg", 1234, 1'690'857'001'000'000'000, "abc"},
                          {"a/two, \"2\"\n.jpg", 5678, 0, ""},
                          {"b.jpg", 90, 1'500'000'000, "def"}};

TEST(CutManifest, OfLinesIsWholeOnlyAtTheEndOfOne) {
  const std::string csv = csv_manifest(k_few);
  const std::size_t in_quotes = csv.find("\n.jpg") + 1;
  cut_everywhere(csv, [&](std::size_t size) {
    return size > 0 && csv[size - 1] == '\n' && size != in_quotes;
  });
  const std::string lines = json_lines_manifest(k_few);
  cut_everywhere(lines, [&](std::size_t size) { return size > 0 && lines[size - 1] == '\n'; });
}

TEST(CutManifest, SaysThatItWasCut) {
  EXPECT_THAT(error_in("key,size\na,123"), HasSubstr("listing:2: the last line has no newline"));
  EXPECT_THAT(error_in("key,size\na,1\n\"b"), HasSubstr("listing:3: the last line has no newline"));
  EXPECT_THAT(error_in("{\"key\":\"a\",\"size\":1}"), HasSubstr("listing:1: the last line has no"));
  EXPECT_THAT(error_in("[\n{\"key\":\"a\",\"size\":1},\n"), HasSubstr("listing:3: ends before"));
}

TEST(CutManifest, OfOneArrayIsNeverWhole) {
  const std::string text = rclone_manifest(k_few);
  cut_everywhere(text, [&](std::size_t size) { return size + 1 == text.size(); }); // "]"
}

TEST(CutManifest, ThatIsPackedIsNeverWhole) {
  cut_everywhere(gzip(csv_manifest(k_few)), [](std::size_t) { return false; });
  cut_everywhere(gzip(json_lines_manifest(k_few)), [](std::size_t) { return false; });
  cut_everywhere(gzip(inventory_data(k_few)), [](std::size_t) { return false; },
                 {.path = {}, .schema = manifest::split_schema(k_inventory_schema)});
}

// A whole inventory in a folder, of which a file is replaced.
class Inventory {
 public:
  explicit Inventory(std::size_t per_file = 2)
      : manifest_(write_inventory(dir_, k_few, per_file)) {}

  [[nodiscard]] std::filesystem::path data(int index) const {
    return dir_ /
           ("nightly/data/939c6d46-85a9-4ba8-87bd-9db705a5000" + std::to_string(index) + ".csv.gz");
  }

  [[nodiscard]] const std::filesystem::path& manifest() const noexcept { return manifest_; }

  static std::string content(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  static void replace(const std::filesystem::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  }

  [[nodiscard]] ListedObjects read() const { return told_by_file({.path = manifest_.string()}); }

  [[nodiscard]] JobError error() const {
    return error_of([this] { return read(); });
  }

 private:
  TempDir dir_;
  std::filesystem::path manifest_;
};

TEST(CutManifest, OfAnInventoryIsNeverWhole) {
  const Inventory inventory;
  const std::string whole = Inventory::content(inventory.manifest());
  ASSERT_EQ(inventory.read(), k_few);
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) { // but for its last newline
    Inventory::replace(inventory.manifest(), whole.substr(0, size));
    EXPECT_EQ(inventory.error().code(), error_code::k_bad_data) << size;
  }
}

TEST(CutManifest, OfAnInventorysDataIsNeverWhole) {
  const Inventory inventory;
  for (const int file : {0, 1}) {
    const std::string whole = Inventory::content(inventory.data(file));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      Inventory::replace(inventory.data(file), whole.substr(0, size));
      const JobError error = inventory.error();
      EXPECT_EQ(error.code(), error_code::k_bad_data) << size;
      EXPECT_THAT(error.what(), AllOf(StartsWith(inventory.data(file).string() + " is not the data "
                                                                                 "file"),
                                      HasSubstr("copy it anew")));
    }
    Inventory::replace(inventory.data(file), whole);
  }
  ASSERT_EQ(inventory.read(), k_few);
}

TEST(BadInventory, IsOneWhoseDataIsAnothers) {
  const Inventory inventory;
  Inventory::replace(inventory.data(0), gzip(inventory_data({k_few[0], k_few[2]})));
  EXPECT_THAT(inventory.error().what(), HasSubstr("is not the data file"));
  Inventory::replace(inventory.data(0), "\"not\",\"even\",\"packed\"\n");
  EXPECT_THAT(inventory.error().what(), HasSubstr("is not the data file"));
  std::filesystem::remove(inventory.data(0));
  const JobError error = inventory.error();
  EXPECT_EQ(error.code(), error_code::k_not_found);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("939c6d46"), HasSubstr("copy it to")));
}

TEST(BadInventory, IsOneWhoseManifestSaysTooLittle) {
  const Inventory inventory;
  const std::string whole = Inventory::content(inventory.manifest());
  const auto error_with = [&](const std::string& what, const std::string& instead) {
    std::string changed = whole;
    changed.replace(changed.find(what), what.size(), instead);
    Inventory::replace(inventory.manifest(), changed);
    return inventory.error();
  };
  EXPECT_EQ(error_with("\"CSV\"", "\"ORC\"").code(), error_code::k_unsupported);
  EXPECT_THAT(error_with("\"CSV\"", "\"Parquet\"").what(), HasSubstr("have the inventory made as"));
  EXPECT_THAT(error_with("\"files\"", "\"flies\"").what(), HasSubstr("names no data files"));
  EXPECT_THAT(error_with("\"MD5checksum\"", "\"MD5\"").what(), HasSubstr("without its key, size"));
  EXPECT_THAT(error_with("\"size\": ", "\"size\": -").what(), HasSubstr("is not the data file"));
  EXPECT_THAT(error_with(", Size", ", Bytes").what(), HasSubstr("without the objects' Size"));
  EXPECT_THAT(error_with(", ETag", "").what(), HasSubstr("8 fields, not 7"));
}

TEST(BadInventory, NamesTheDataFileAndItsLine) {
  std::string text = inventory_data(k_few);
  text.replace(text.find("5678"), 4, "many");
  const std::string data = gzip(text);
  const TempDir dir;
  const auto file = dir.write("939c6d46-85a9-4ba8-87bd-9db705a50000.csv.gz", data);
  const auto path = dir.write("manifest.json", inventory_json({data}));
  EXPECT_THAT(error_of([&] { return told_by_file({.path = path.string()}); }).what(),
              StartsWith(file.string() + ":2: the size \"many\""));
  EXPECT_THAT(error_of([&] {
                return told_by_file({.path = path.string(), .schema = {"Key", "Size"}});
              }).what(),
              HasSubstr("leave the source's `schema` out"));
  std::string bad_key = inventory_data(k_few);
  bad_key.replace(bad_key.find("%22"), 3, "%2G");
  EXPECT_THAT(error_in(bad_key, {.path = {}, .schema = manifest::split_schema(k_inventory_schema)}),
              HasSubstr("listing:2: the key has a '%'"));
}

} // namespace
} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0
//
// Manifests as real tools write them; what they say is what these tools' documentation says, or
// what they printed.

#include "core/storage/manifest/csv_manifest.hpp"
#include "core/storage/manifest/json_manifest.hpp"
#include "tests/core/storage/manifest/told_entries.hpp"
#include "tests/support/chunked_bytes.hpp"
#include "tests/support/gzip.hpp"

#include <gmock/gmock.h>

namespace nightshift::tests {
namespace {

using manifest::Field;
using manifest::Format;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t k_evening = 1'690'857'001'000'000'000; // 2023-08-01T02:30:01Z
constexpr const char* k_md5 = "9dd4e461268c8034f5c8564e155c67a6";

// find . -type f -printf '"%P",%s,%T@\n', below a header.
TEST(ReadManifest, TakesWhatFindPrints) {
  EXPECT_THAT(told_by("key,size,last_modified\n"
                      "\"ridge/20230801023001-snapshot.jpg\",512000,1690857001.2500000000\n"
                      "\"it's a name, too.jpg\",0,1690857001.0000000000\n"
                      "\"new\nline.jpg\",1,0.0000000000\n"),
              ElementsAre(ListedObject{"ridge/20230801023001-snapshot.jpg", 512'000,
                                       k_evening + 250'000'000},
                          ListedObject{"it's a name, too.jpg", 0, k_evening},
                          ListedObject{"new\nline.jpg", 1, 0}));
}

// rclone 1.60: lsjson -R --hash of a local folder.
TEST(ReadManifest, TakesWhatRclonePrints) {
  EXPECT_THAT(told_by(
                  R"([
{"Path":"a","Name":"a","Size":-1,"MimeType":"inode/directory","ModTime":"2024-11-28T16:45:38.351840855Z","IsDir":true},
{"Path":"new␊line.jpg","Name":"new␊line.jpg","Size":1,"MimeType":"image/jpeg","ModTime":"2023-08-01T04:30:01.250000000+02:00","IsDir":false,"Hashes":{"crc32":"8cdc1683","dropbox":"0a325c","mailru":"7800","md5":"9dd4e461268c8034f5c8564e155c67a6","sha1":"11f6ad8e","whirlpool":"7d63"}},
{"Path":"a/q\"uo,te.jpg","Name":"q\"uo,te.jpg","Size":0,"MimeType":"image/jpeg","ModTime":"1969-12-31T23:59:58.500000000Z","IsDir":false}
]
)"),
              ElementsAre(ListedObject{"new␊line.jpg", 1, k_evening + 250'000'000, k_md5},
                          ListedObject{"a/q\"uo,te.jpg", 0, -1'500'000'000}));
  EXPECT_THAT(told_by("[\n]\n"), IsEmpty());
  EXPECT_THAT(told_by(R"([{"Path":"1.jpg","Name":"1.jpg","Size":3,"ModTime":"","IsDir":false}])"),
              ElementsAre(ListedObject{"1.jpg", 3, 0}))
      << "with --no-modtime";
}

// aws s3api list-objects-v2 --query 'Contents[]', with and without jq -c '.[]'.
TEST(ReadManifest, TakesWhatAmazonsOwnToolPrints) {
  const std::string object = R"({
        "Key": "ridge/1.jpg",
        "LastModified": "2023-08-01T02:30:01+00:00",
        "ETag": "\"9dd4e461268c8034f5c8564e155c67a6\"",
        "Size": 512000,
        "StorageClass": "STANDARD"
    })";
  const ListedObject expected{"ridge/1.jpg", 512'000, k_evening, k_md5};
  EXPECT_THAT(told_by("[\n    " + object + "\n]\n"), ElementsAre(expected));
  std::string line = object;
  std::erase(line, '\n');
  EXPECT_THAT(told_by(line + "\n"), ElementsAre(expected));
}

// A row a version; keys are URL-encoded; a delete marker has neither size nor etag.
TEST(ReadManifest, TakesOfAnS3InventoryTheLatestVersionsOfWhatIsThere) {
  const std::string data = gzip(
      R"("captures","ridge/night+1/dt%3D2023/a%2Bb.jpg","v2","true","false","512000","2023-08-01T02:30:01.000Z","9dd4e461268c8034f5c8564e155c67a6"
"captures","ridge/night+1/dt%3D2023/a%2Bb.jpg","v1","false","false","1000","2023-07-01T00:00:00.000Z","d41d8cd98f00b204e9800998ecf8427e"
"captures","gone.jpg","v4","true","true","","2023-08-01T02:30:01.000Z",""
"captures","gone.jpg","v3","false","false","7","2023-07-01T00:00:00.000Z","d41d8cd98f00b204e9800998ecf8427e"
"captures","m%C3%BCcke%FF.jpg","","true","false","7","2023-08-01T02:30:01.000Z","0123456789abcdef0123456789abcdef-3"
)");
  const TempDir dir;
  dir.write("nightly/data/939c6d46-85a9-4ba8-87bd-9db705a50000.csv.gz", data);
  const auto path = dir.write("nightly/2024-03-01T09-00Z/manifest.json", inventory_json({data}));
  std::vector<std::string> files;
  ListedObjects objects;
  const auto made =
      manifest::read_manifest({.path = path.string()}, files, [&](const manifest::Entry& entry) {
        objects.push_back(listed(entry));
      });
  EXPECT_THAT(objects,
              ElementsAre(ListedObject{"ridge/night 1/dt=2023/a+b.jpg", 512'000, k_evening, k_md5},
                          ListedObject{"m\xC3\xBC"
                                       "cke\xFF.jpg",
                                       7, k_evening, "0123456789abcdef0123456789abcdef-3"}));
  EXPECT_EQ(made, 1'709'283'600'000'000'000) << "its creationTimestamp";
  EXPECT_THAT(
      files,
      ElementsAre(path.string(),
                  (dir / "nightly/data/939c6d46-85a9-4ba8-87bd-9db705a50000.csv.gz").string()));
}

TEST(ReadManifest, FindsAnInventorysFilesBesideItInItsDataFolderAndFarFromAFolderAbove) {
  const ListedObjects objects{{"1.jpg", 1, k_evening, k_md5}};
  const std::string data = gzip(inventory_data(objects));
  const std::string name = "939c6d46-85a9-4ba8-87bd-9db705a50000.csv.gz";
  for (const std::string& place :
       {"a/b/" + name, "a/data/" + name, "inventories/captures-bucket/nightly/data/" + name,
        "a/inventories/captures-bucket/nightly/data/" + name}) {
    const TempDir dir;
    dir.write(place, data);
    const auto path = dir.write("a/b/manifest.json", inventory_json({data}));
    EXPECT_EQ(told_by_file({.path = path.string()}), objects) << place;
  }
}

TEST(ReadManifest, TakesADataFileOfAnInventoryByItselfIfItIsToldTheColumns) {
  const ListedObjects objects{{"a b.jpg", 1, k_evening, k_md5}, {"c.jpg", 2, 0}};
  const auto schema = manifest::split_schema(k_inventory_schema);
  EXPECT_EQ(told_by(inventory_data(objects), {.path = {}, .schema = schema}), objects);
  EXPECT_EQ(told_by(gzip(inventory_data(objects)),
                    {.path = {}, .format = Format::s3_inventory, .schema = schema}),
            objects);
  std::string data = inventory_data(objects);
  data.pop_back();
  EXPECT_EQ(told_by(gzip(data), {.path = {}, .schema = schema}), objects)
      << "that it was packed to its end proves it whole without the last newline";
}

TEST(ReadManifest, KnowsColumnsAndMembersByManyNames) {
  const ListedObject full{"a.jpg", 1, k_evening, k_md5};
  const std::string values = std::string(",1,2023-08-01T02:30:01Z,") + k_md5 + "\n";
  for (const char* header : {"key,size,last_modified,etag", "Path,Size,ModTime,MD5",
                             "NAME,SIZE,mtime,ETag", "Key,Size,LastModified,ETag",
                             "key,size,Last Modified,e-tag", "key,size,LastModifiedDate,md5"}) {
    EXPECT_THAT(told_by(std::string(header) + "\na.jpg" + values), ElementsAre(full)) << header;
  }
  EXPECT_THAT(told_by(R"({"Name":"x","Path":"a.jpg","md5":"y","ETag":"z","Size":"1","MTime":1.5})"
                      "\n"),
              ElementsAre(ListedObject{"a.jpg", 1, 1'500'000'000, "z"}))
      << "Path wins over Name, ETag over MD5";
}

TEST(ReadManifest, TakesTheNamesThatItIsTold) {
  const std::map<Field, std::string> columns{{Field::key, "File name"}, {Field::size, "Bytes"}};
  EXPECT_THAT(told_by("Size,File name,key,Bytes\n9,a.jpg,b,1\n", {.path = {}, .columns = columns}),
              ElementsAre(ListedObject{"a.jpg", 1, 0}));
  EXPECT_THAT(told_by(R"({"Size":9,"File name":"a.jpg","key":"b","Bytes":1})"
                      "\n",
                      {.path = {}, .columns = columns}),
              ElementsAre(ListedObject{"a.jpg", 1, 0}));
  EXPECT_THAT(told_by("1,x,a.jpg\n", {.path = {}, .schema = {"size", "", "path"}}),
              ElementsAre(ListedObject{"a.jpg", 1, 0}))
      << "a CSV without a header";
}

TEST(ReadManifest, UnpacksByContentWhateverTheName) {
  const ListedObjects objects{{"a.jpg", 1, k_evening, k_md5}};
  EXPECT_EQ(told_by(gzip(csv_manifest(objects))), objects);
  EXPECT_EQ(told_by(gzip(rclone_manifest(objects))), objects);
  EXPECT_EQ(told_by(gzip(json_lines_manifest(objects))), objects);
}

TEST(ReadManifest, PassesOverWhatIsNoField) {
  EXPECT_THAT(told_by(R"({"tags":["a",{"key":"b","deep":[[{"size":9}]]}],"key":"a.jpg","size":1,)"
                      R"("owner":{"name":"x","size":2},"x":null,"y":true,"z":-1.5e3})"
                      "\n\r\n \t\n"),
              ElementsAre(ListedObject{"a.jpg", 1, 0}));
  EXPECT_THAT(told_by("\xEF\xBB\xBFsize,colour,key\r\n1,red,a.jpg\r\n\r\n"),
              ElementsAre(ListedObject{"a.jpg", 1, 0}));
  EXPECT_THAT(told_by("\xEF\xBB\xBF [{\"key\":\"a.jpg\",\"size\":1}] \n"),
              ElementsAre(ListedObject{"a.jpg", 1, 0}));
}

TEST(ReadManifest, TakesAKeyForItselfWhateverItSays) {
  EXPECT_THAT(told_by("{\"key\":\"fileSchema\",\"size\":1}\n"),
              ElementsAre(ListedObject{"fileSchema", 1, 0}))
      << "which makes it no inventory";
  EXPECT_THAT(told_by("key,size\n[.jpg,1\n"), ElementsAre(ListedObject{"[.jpg", 1, 0}));
}

TEST(ReadManifest, SaysTheSameWhateverTheChunksAre) {
  ListedObjects objects;
  for (int i = 0; i < 300; ++i) {
    objects.push_back({"a \"b\",\n/" + std::to_string(i), i, k_evening / 300 * i, k_md5});
  }
  const manifest::FieldNames names;
  for (const std::size_t chunk : {1U, 2U, 7U, 64U, 4096U, 1'000'000U}) {
    ListedObjects csv;
    ChunkedBytes csv_bytes(csv_manifest(objects), chunk);
    manifest::read_csv(csv_bytes, {names}, 0,
                       [&](const manifest::Entry& entry) { csv.push_back(listed(entry)); });
    EXPECT_EQ(csv, objects);
    ListedObjects lines;
    ChunkedBytes line_bytes(json_lines_manifest(objects), chunk);
    manifest::read_json_lines(line_bytes, names, 0, [&](const manifest::Entry& entry) {
      lines.push_back(listed(entry));
    });
    EXPECT_EQ(lines, objects);
    ListedObjects array;
    ChunkedBytes array_bytes(rclone_manifest(objects), chunk);
    manifest::read_json_array(array_bytes, names, 0, [&](const manifest::Entry& entry) {
      array.push_back(listed(entry));
    });
    EXPECT_EQ(array, objects);
  }
}

} // namespace
} // namespace nightshift::tests

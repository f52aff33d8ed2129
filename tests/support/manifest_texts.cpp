// SPDX-License-Identifier: Apache-2.0

#include "tests/support/manifest_texts.hpp"

#include "core/base/hash.hpp"
#include "core/base/json.hpp"
#include "core/base/time.hpp"
#include "core/storage/source_uri.hpp"
#include "tests/support/gzip.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

namespace nightshift::tests {

namespace {

constexpr std::int64_t k_second = 1'000'000'000;

// A number of seconds and what is over, which is never negative.
std::pair<std::int64_t, std::int64_t> whole_seconds(std::int64_t nanoseconds) {
  const std::int64_t over = ((nanoseconds % k_second) + k_second) % k_second;
  return {(nanoseconds - over) / k_second, over};
}

std::string epoch_seconds(std::int64_t nanoseconds) {
  return fmt::format("{}{}.{:09}", nanoseconds < 0 ? "-" : "", std::abs(nanoseconds / k_second),
                     std::abs(nanoseconds % k_second));
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string field = "\"";
  for (const char c : text) {
    field.append(c == '"' ? 2 : 1, c);
  }
  return field + '"';
}

// As S3 writes keys: '+' for a space, slashes as they are.
std::string url_encoded(std::string_view key) {
  std::string text;
  for (const char c : key) {
    text += c == ' ' ? "+" : percent_encode_path({&c, 1});
  }
  return text;
}

std::string data_file_name(std::size_t index) {
  return fmt::format("939c6d46-85a9-4ba8-87bd-9db705a5{:04x}.csv.gz", index);
}

} // namespace

std::string rfc3339(std::int64_t nanoseconds) {
  const auto [seconds, over] = whole_seconds(nanoseconds);
  const std::string text = utc_text(TimePoint(std::chrono::seconds(seconds)));
  return fmt::format("{}.{:09}Z", text.substr(0, text.find('.')), over);
}

std::string csv_manifest(const ListedObjects& objects) {
  std::string text = "key,size,last_modified,etag\n";
  for (const ListedObject& object : objects) {
    text += fmt::format("{},{},{},{}\n", csv_field(object.key), object.size,
                        epoch_seconds(object.last_modified), object.etag);
  }
  return text;
}

std::string json_lines_manifest(const ListedObjects& objects) {
  std::string text;
  for (const ListedObject& object : objects) {
    const Json json{{"key", object.key},
                    {"size", object.size},
                    {"last_modified", rfc3339(object.last_modified)},
                    {"etag", object.etag.empty() ? Json() : Json(object.etag)}};
    text += json.dump() + "\n";
  }
  return text.empty() ? "\n" : text;
}

std::string rclone_manifest(const ListedObjects& objects) {
  std::set<std::string> folders;
  std::string text;
  const auto add = [&text](const Json& json) {
    text += (text.empty() ? "[\n" : ",\n") + json.dump();
  };
  for (const ListedObject& object : objects) {
    const std::string folder(folder_of(object.key));
    if (folder.size() > 1 && folders.insert(folder).second) {
      const std::string path = folder.substr(0, folder.size() - 1);
      add({{"Path", path},
           {"Name", name_of(path)},
           {"Size", -1},
           {"MimeType", "inode/directory"},
           {"ModTime", "2024-03-01T10:00:00.123456789+01:00"},
           {"IsDir", true}});
    }
    Json json{{"Path", object.key},
              {"Name", name_of(object.key)},
              {"Size", object.size},
              {"MimeType", "image/jpeg"},
              {"ModTime", rfc3339(object.last_modified)},
              {"IsDir", false}};
    if (!object.etag.empty()) {
      json["Hashes"] = {{"crc32", "8cdc1683"}, {"md5", object.etag}, {"sha1", "11f6ad8e"}};
    }
    add(json);
  }
  return (text.empty() ? "[" : text) + "\n]\n";
}

std::string inventory_data(const ListedObjects& objects) {
  std::string text;
  for (const ListedObject& object : objects) {
    text += fmt::format(R"("captures-bucket","{}","","true","false","{}","{}","{}")"
                        "\n",
                        url_encoded(object.key), object.size, rfc3339(object.last_modified),
                        object.etag);
  }
  return text;
}

std::string inventory_json(const std::vector<std::string>& data_files) {
  Json files = Json::array();
  for (std::size_t i = 0; i < data_files.size(); ++i) {
    Hash md5(HashAlgorithm::md5);
    md5.add(data_files[i]);
    files.push_back({{"key", "inventories/captures-bucket/nightly/data/" + data_file_name(i)},
                     {"size", data_files[i].size()},
                     {"MD5checksum", md5.hexadecimal()}});
  }
  return to_page({{"sourceBucket", "captures-bucket"},
                  {"destinationBucket", "arn:aws:s3:::inventory-bucket"},
                  {"version", "2016-11-30"},
                  {"creationTimestamp", "1709283600000"},
                  {"fileFormat", "CSV"},
                  {"fileSchema", std::string(k_inventory_schema)},
                  {"files", files}});
}

std::filesystem::path write_inventory(const TempDir& dir, const ListedObjects& objects,
                                      std::size_t per_file) {
  std::vector<std::string> data_files;
  for (std::size_t at = 0; at < objects.size(); at += per_file) {
    const auto begin = objects.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(per_file, objects.size() - at));
    data_files.push_back(gzip(inventory_data({begin, end})));
    dir.write("nightly/data/" + data_file_name(data_files.size() - 1), data_files.back());
  }
  return dir.write("nightly/2024-03-01T09-00Z/manifest.json", inventory_json(data_files));
}

} // namespace nightshift::tests

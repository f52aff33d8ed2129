// SPDX-License-Identifier: Apache-2.0
//
// A source in an object store, as the job file gives it: s3://bucket/prefix, or
// rclone:REMOTE:bucket/prefix for a remote of rclone's configuration.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace nightshift::s3 {

enum class Addressing : std::uint8_t {
  automatic,    // path with an endpoint of one's own or a dot in the bucket, else virtual host
  path,         // https://host/bucket/key
  virtual_host, // https://bucket.host/key
};

enum class ListVersion : std::uint8_t { automatic, v1, v2 };

struct S3Settings {
  std::string bucket;
  std::string prefix;             // "" or ends with '/'
  std::string endpoint_url = {};  // "": as environment and profile say, else Amazon's
  std::string region = {};        // "": as environment and profile say
  std::string profile = {};       // "": as the environment says
  std::string rclone_remote = {}; // the name of a remote that says all of this
  bool anonymous = false;         // send no signature
  Addressing addressing = Addressing::automatic;
  ListVersion list_version = ListVersion::automatic;
  bool url_encoding = true;             // ask for keys that are percent-encoded, as any key needs
  std::filesystem::path ca_bundle = {}; // "": AWS_CA_BUNDLE, else the system's
  bool requester_pays = false;
  int max_connections = 8;            // requests at once, over all jobs of this process
  double max_requests_per_second = 0; // 0: no limit
  double max_bytes_per_second = 0;    // of answers; 0: no limit
  // How long an answer may make no headway before the request is made again.
  std::chrono::milliseconds request_timeout{60'000};
  int request_attempts = 5; // of one request, as long as its failures may go away
};

} // namespace nightshift::s3

// SPDX-License-Identifier: Apache-2.0
//
// Real object stores, started for the tests and ended with them, and buckets in them.

#pragma once

#include "core/base/json.hpp"
#include "tests/support/companion.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace nightshift::tests {

// How to reach a store and who to be there.
struct StoreFacts {
  std::string endpoint_url;
  std::string tls_endpoint_url; // "": it has none
  std::string ca_bundle;        // of the latter
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  std::string region;
};

class ObjectStore {
 public:
  // Started by a script of this folder, with pages of at most so many keys.
  ObjectStore(const std::string& script, int page_size);

  [[nodiscard]] const StoreFacts& facts() const noexcept { return facts_; }

  // Have s3_client.py do something; what it answers.
  Json ask(const Json& request);

  // Credentials that are good for a while only.
  [[nodiscard]] StoreFacts session();

 private:
  Companion server_;
  std::string announced_; // JSON
  StoreFacts facts_;
  Companion client_; // after the server: it ends first
};

// Started when first asked for, ended with the program. Pages are small, since objects are put into
// them one by one. Where the servers cannot be, NIGHTSHIFT_TEST_WITHOUT_DAEMONS=1 leaves them out:
// then this ends the program, aloud, with the exit code for a test that is not run.
ObjectStore& ceph();
ObjectStore& swift();

// A bucket of its own for a test, and what is in it.
class Bucket {
 public:
  explicit Bucket(ObjectStore& store, const std::string& acl = "");

  [[nodiscard]] ObjectStore& store() const noexcept { return store_; }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  // By key: the objects' contents.
  [[nodiscard]] const std::map<std::string, std::string>& objects() const noexcept {
    return objects_;
  }

  // Write objects, new ones or others in place of what there was.
  void put(const std::map<std::string, std::string>& objects);

  void remove(const std::vector<std::string>& keys);

 private:
  ObjectStore& store_;
  std::string name_;
  std::map<std::string, std::string> objects_;
};

// "North/3/20240601213000-snapshot.jpg" and on, a minute apart: captures of one folder.
[[nodiscard]] std::map<std::string, std::string> captures_in(const std::string& folder, int count,
                                                             int first = 0);

} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0

#include "tests/object_stores/object_store.hpp"

#include "core/storage/source_uri.hpp"
#include "tests/support/number_from_environment.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <iostream>

namespace nightshift::tests {
namespace {

// Debian's, for which its packages are; without files of bytecode in the source tree.
std::vector<std::string> python(const std::string& script, const std::string& argument) {
  return {"/usr/bin/python3", "-B", fmt::format("{}/{}", NIGHTSHIFT_OBJECT_STORES, script),
          argument};
}

StoreFacts facts_from(const std::string& json) {
  const Json facts = Json::parse(json);
  return {.endpoint_url = facts.at("endpoint_url"),
          .tls_endpoint_url = facts.value("tls_endpoint_url", ""),
          .ca_bundle = facts.value("ca_bundle", ""),
          .access_key_id = facts.at("access_key_id"),
          .secret_access_key = facts.at("secret_access_key"),
          .session_token = {},
          .region = facts.at("region")};
}

std::string new_bucket_name() {
  static int count = 0;
  return fmt::format("bucket-{}", ++count);
}

void leave_if_without_daemons() {
  constexpr int k_skipped = 77;
  if (number_from_environment("NIGHTSHIFT_TEST_WITHOUT_DAEMONS", 0) == 1) {
    std::cout << "not run: NIGHTSHIFT_TEST_WITHOUT_DAEMONS is 1" << std::endl;
    std::exit(k_skipped);
  }
}

ObjectStore start(const std::string& script, int page_size) {
  leave_if_without_daemons();
  return {script, page_size};
}

} // namespace

ObjectStore::ObjectStore(const std::string& script, int page_size)
    : server_(python(script, std::to_string(page_size))),
      announced_(server_.read_line()),
      facts_(facts_from(announced_)),
      client_(python("s3_client.py", announced_)) {}

Json ObjectStore::ask(const Json& request) {
  return Json::parse(client_.ask(to_line(request)));
}

StoreFacts ObjectStore::session() {
  const Json session = ask({{"do", "session"}});
  StoreFacts facts = facts_;
  facts.access_key_id = session.at("access_key_id");
  facts.secret_access_key = session.at("secret_access_key");
  facts.session_token = session.at("session_token");
  return facts;
}

ObjectStore& ceph() {
  static ObjectStore store = start("ceph_server.py", 100);
  return store;
}

ObjectStore& swift() {
  static ObjectStore store = start("swift_server.py", 30);
  return store;
}

Bucket::Bucket(ObjectStore& store, const std::string& acl)
    : store_(store),
      name_(new_bucket_name()) {
  Json request{{"do", "create"}, {"bucket", name_}};
  if (!acl.empty()) {
    request["acl"] = acl;
  }
  store_.ask(request);
}

void Bucket::put(const std::map<std::string, std::string>& objects) {
  Json pairs = Json::array();
  for (const auto& [key, content] : objects) {
    pairs.push_back(Json::array({percent_encode_path(key), content}));
    objects_[key] = content;
  }
  store_.ask({{"do", "put"}, {"bucket", name_}, {"objects", std::move(pairs)}});
}

void Bucket::remove(const std::vector<std::string>& keys) {
  Json encoded = Json::array();
  for (const std::string& key : keys) {
    encoded.push_back(percent_encode_path(key));
    objects_.erase(key);
  }
  store_.ask({{"do", "delete"}, {"bucket", name_}, {"keys", std::move(encoded)}});
}

std::map<std::string, std::string> captures_in(const std::string& folder, int count, int first) {
  constexpr std::time_t k_first = 1'717'277'400; // 2024-06-01T21:30:00
  std::map<std::string, std::string> captures;
  for (int i = first; i < first + count; ++i) {
    const std::time_t taken = k_first + std::time_t{i} * 60;
    captures[fmt::format("{}{:%Y%m%d%H%M%S}-snapshot.jpg", folder, fmt::gmtime(taken))] =
        fmt::format("jpeg {}", i);
  }
  return captures;
}

} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0

#include "tests/cli/canary_site.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace nightshift::tests {

CanarySite::CanarySite(Origin origin, const std::string& endpoint) : origin_(origin) {
  settings_.environment = {{"HOME", site_.path().string()},
                           {"JOB_CANARY", k_variable.text()},
                           {"NIGHTSHIFT_PING_URL", unreached_.url("/" + k_variable.core)}};
  site_.folder().write("prefix.txt", k_file.core);
  write_credentials();
  write_job_file(endpoint);
}

void CanarySite::write_job_file(const std::string& endpoint) {
  site_.write_job_file_text(fmt::format(R"(version: 1
state_dir: state
sources:
  store: {{uri: "{}bucket/${{file:prefix.txt}}", endpoint_url: "{}", request_attempts: 1{}}}
deployments:
  - {{id: 250, name: Ridge, project: {{id: 88, name: Moths}}, source: store, subdir: ridge}}
jobs:
  - {{name: Sync, type: data_storage_sync, deployment: 250, params: {{exclude: "${{env:JOB_CANARY}}"}}}}
)",
                                        origin_ == Origin::remote ? "rclone:lab:" : "s3://",
                                        endpoint,
                                        origin_ == Origin::profile   ? ", profile: moths"
                                        : origin_ == Origin::process ? ", profile: vault"
                                                                     : ""));
}

std::vector<std::string> CanarySite::seen(const std::vector<std::string>& command) const {
  const ProgramResult result = run_program(command, settings_);
  EXPECT_TRUE(result.exit_code != 64 && result.exit_code != 70)
      << fmt::format("{}\n{}", fmt::join(command, " "), result.err);
  auto found = canaries_in(result.out, k_all);
  const auto in_messages = canaries_in(result.err, k_all);
  found.insert(found.end(), in_messages.begin(), in_messages.end());
  const auto on_disk = canaries_below(site_.state(), k_all);
  found.insert(found.end(), on_disk.begin(), on_disk.end());
  return found;
}

void CanarySite::write_credentials() {
  switch (origin_) {
  case Origin::environment:
    settings_.environment.insert(settings_.environment.end(),
                                 {{"AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"},
                                  {"AWS_SECRET_ACCESS_KEY", k_secret.text()},
                                  {"AWS_SESSION_TOKEN", k_token.text()}});
    break;
  case Origin::profile:
    site_.folder().write(".aws/credentials",
                         fmt::format("[moths]\naws_access_key_id = AKIAEXAMPLE\n"
                                     "aws_secret_access_key = {}\naws_session_token = {}\n",
                                     k_secret.text(), k_token.text()));
    break;
  case Origin::process:
    site_.folder().write("answer", fmt::format(R"({{"Version": 1, "AccessKeyId": "AKIAEXAMPLE",
                                                     "SecretAccessKey": "{}",
                                                     "SessionToken": "{}"}})",
                                               k_secret.text(), k_token.text()));
    site_.folder().write(".aws/config",
                         fmt::format("[profile vault]\ncredential_process = cat {}\n",
                                     (site_.path() / "answer").string()));
    break;
  case Origin::remote:
    site_.folder().write(".config/rclone/rclone.conf",
                         fmt::format("[lab]\ntype = s3\naccess_key_id = AKIAEXAMPLE\n"
                                     "secret_access_key = {}\nsession_token = {}\n",
                                     k_secret.text(), k_token.text()));
    break;
  }
}

} // namespace nightshift::tests

// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/credential_process.hpp"

#include "core/base/child_output.hpp"
#include "core/base/secret_json.hpp"
#include "core/base/shell_words.hpp"
#include "core/base/timestamp.hpp"
#include "core/storage/s3/checked_credentials.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <cstring>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::s3 {
namespace {

constexpr ChildLimits k_limits{std::chrono::seconds(60), 65536};

std::string name_of(const Setting& command) {
  return fmt::format("the credential process of {}", command.place);
}

[[noreturn]] void fail(const Setting& command, std::string_view what) {
  throw permanent_error(error_code::k_denied,
                        fmt::format("{} {}; run it by hand to see why", name_of(command), what));
}

std::vector<std::string> words_of(const Setting& command) {
  auto words = split_like_shell(command.value);
  if (!words || words->empty()) {
    throw permanent_error(
        error_code::k_config,
        fmt::format("{} has a quote that is not closed, or a backslash at its end",
                    name_of(command)));
  }
  return std::move(*words);
}

Secret run(const Setting& command, const std::stop_token& stop) {
  ChildOutput output = output_of(words_of(command), k_limits, stop);
  switch (output.end) {
  case ChildOutput::End::exited:
    if (output.number != 0) {
      fail(command, fmt::format("failed with exit code {}", output.number));
    }
    break;
  case ChildOutput::End::signalled:
    fail(command, fmt::format("was ended by signal {}", output.number));
  case ChildOutput::End::not_started:
    throw permanent_error(
        error_code::k_config,
        fmt::format("{} cannot be started: {}", name_of(command), strerrordesc_np(output.number)));
  case ChildOutput::End::too_slow:
    throw transient_error(error_code::k_unavailable,
                          fmt::format("{} took longer than {} s, and may be waiting for a person; "
                                      "see to it that it needs none",
                                      name_of(command), k_limits.time.count() / 1000));
  case ChildOutput::End::too_much:
    fail(command, "printed more than credentials");
  }
  return std::move(output.out);
}

class Answer {
 public:
  Answer(const Setting& command, std::map<std::string, Secret> members)
      : command_(command),
        members_(std::move(members)) {}

  void check_version() {
    if (const Secret version = take("Version"); version.reveal() != "1") {
      fail(command_, "did not print credentials of version 1");
    }
  }

  // Empty if there is none.
  Secret take(const char* name) {
    const auto found = members_.find(name);
    return found == members_.end() || found->second.reveal() == "null" ? Secret()
                                                                       : std::move(found->second);
  }

  std::optional<std::chrono::system_clock::time_point> take_expiration() {
    const Secret text = take("Expiration");
    if (text.empty()) {
      return std::nullopt;
    }
    const auto time = parse_rfc3339(text.reveal());
    if (!time) {
      fail(command_, "printed an Expiration that is no time");
    }
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            std::chrono::nanoseconds(*time)));
  }

 private:
  const Setting& command_;
  std::map<std::string, Secret> members_;
};

} // namespace

ProcessCredentials ask_credential_process(const Setting& command, const std::stop_token& stop) {
  auto members = read_secret_object(run(command, stop).reveal());
  if (!members) {
    fail(command, "did not print JSON");
  }
  Answer answer(command, std::move(*members));
  answer.check_version();
  Credentials credentials{std::string(answer.take("AccessKeyId").reveal()),
                          answer.take("SecretAccessKey"), answer.take("SessionToken")};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    fail(command, "printed no AccessKeyId, or no SecretAccessKey");
  }
  const auto expires = answer.take_expiration();
  refuse_expired(expires, "what " + name_of(command) + " printed");
  return {checked(std::move(credentials), name_of(command)), expires};
}

} // namespace nightshift::s3

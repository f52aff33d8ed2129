// SPDX-License-Identifier: Apache-2.0

#include "core/record/cancel_request.hpp"

#include "core/base/file.hpp"
#include "core/base/json.hpp"
#include "core/base/process.hpp"
#include "core/base/text.hpp"

#include <fmt/format.h>

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace nightshift {
namespace {

std::string user_name() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr) {
    return found->pw_name;
  }
  return fmt::format("user {}", geteuid());
}

} // namespace

CancelRequest make_cancel_request(std::string reason) {
  return {std::move(reason), fmt::format("{} on {}", user_name(), own_process().host)};
}

std::string to_text(const CancelRequest& request) {
  return fmt::format("cancelled{}{}{}{}", request.by.empty() ? "" : " by ", one_line(request.by),
                     request.reason.empty() ? "" : ": ", one_line(request.reason));
}

void write_cancel_request(const JobFolder& folder, const CancelRequest& request) {
  replace_file(folder.cancel_request(),
               to_line(Json{{"reason", request.reason}, {"by", request.by}}) + '\n', Durable::no);
}

std::optional<CancelRequest> read_cancel_request(const JobFolder& folder) {
  if (access(folder.cancel_request().c_str(), F_OK) != 0) {
    return std::nullopt;
  }
  constexpr std::size_t k_largest = std::size_t{64} * 1024;
  try {
    const Json json = Json::parse(read_file(folder.cancel_request(), k_largest));
    return CancelRequest{json.at("reason").get<std::string>(), json.at("by").get<std::string>()};
  } catch (const std::exception&) { // an empty file, made by hand, says what it has to say
    return CancelRequest{};
  }
}

} // namespace nightshift

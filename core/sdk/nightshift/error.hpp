// SPDX-License-Identifier: Apache-2.0
//
// The one exception that means something to the runner. It crosses the plugin border: a plugin may
// throw it and may catch what storage and catalogue throw.

#pragma once

#include <nightshift/abi.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace nightshift {

enum class ErrorClass : std::uint8_t {
  transient, // may go away by itself: a timeout, a busy database; worth another attempt
  permanent, // will come again: no permission, bad data, a full disk
  cancelled, // the job was asked to stop
};

[[nodiscard]] constexpr std::string_view to_string(ErrorClass error_class) noexcept {
  switch (error_class) {
  case ErrorClass::transient:
    return "transient";
  case ErrorClass::permanent:
    return "permanent";
  case ErrorClass::cancelled:
    return "cancelled";
  }
  return "unknown";
}

// Why a job, a command or a call cannot go on. Anything thrown that is not a `JobError` counts as
// permanent. `code` is stable and for programs ("mass_loss"); what() is one sentence for people:
// what, which, why, and what to do. Neither ever holds a secret.
class NIGHTSHIFT_EXPORT JobError : public std::runtime_error {
 public:
  JobError(ErrorClass error_class, std::string code, const std::string& message,
           std::optional<std::chrono::milliseconds> retry_after = std::nullopt)
      : std::runtime_error(message),
        error_class_(error_class),
        code_(std::move(code)),
        retry_after_(retry_after) {}

  [[nodiscard]] ErrorClass error_class() const noexcept { return error_class_; }

  [[nodiscard]] const std::string& code() const noexcept { return code_; }

  // How long the other side asked us to wait before another attempt.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const noexcept {
    return retry_after_;
  }

 private:
  ErrorClass error_class_;
  std::string code_;
  std::optional<std::chrono::milliseconds> retry_after_;
};

[[nodiscard]] inline JobError permanent_error(std::string code, const std::string& message) {
  return {ErrorClass::permanent, std::move(code), message};
}

[[nodiscard]] inline JobError transient_error(std::string code, const std::string& message) {
  return {ErrorClass::transient, std::move(code), message};
}

[[nodiscard]] inline JobError cancelled_error() {
  return {ErrorClass::cancelled, "cancelled", "the job was asked to stop"};
}

// The codes that more than one folder raises or acts on. A plugin may have codes of its own.
namespace error_code {
inline constexpr const char* k_not_found = "not_found";
inline constexpr const char* k_denied = "denied";
inline constexpr const char* k_no_space = "no_space";
inline constexpr const char* k_io = "io";
inline constexpr const char* k_cannot_create = "cannot_create";
inline constexpr const char* k_bad_data = "bad_data";
inline constexpr const char* k_busy = "busy";
inline constexpr const char* k_unavailable = "unavailable";
inline constexpr const char* k_mass_loss = "mass_loss";
inline constexpr const char* k_not_reconciled = "not_reconciled";
inline constexpr const char* k_unsupported = "unsupported";
inline constexpr const char* k_config = "config";
inline constexpr const char* k_plugin = "plugin";
inline constexpr const char* k_timeout = "timeout";
inline constexpr const char* k_internal = "internal";
} // namespace error_code

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/json.hpp"
#include "core/serve/message.hpp"

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::serve {

// Why a request is not done; thrown anywhere on the way to its answer.
class ApiError : public std::exception {
 public:
  // `code` is for programs and stable, `detail` one sentence for people.
  ApiError(int status, std::string code, std::string detail)
      : status_(status),
        code_(std::move(code)),
        detail_(std::move(detail)) {}

  // What is wrong with each field.
  ApiError& with_fields(Json fields) {
    fields_ = std::move(fields);
    return *this;
  }

  ApiError& with_header(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
  }

  [[nodiscard]] const char* what() const noexcept override { return detail_.c_str(); }

  [[nodiscard]] int status() const noexcept { return status_; }

  [[nodiscard]] Response response() const;

 private:
  int status_;
  std::string code_;
  std::string detail_;
  Json fields_;
  std::vector<std::pair<std::string, std::string>> headers_;
};

[[nodiscard]] ApiError not_found(std::string detail);

// The job, or whatever it is, is in a state that does not allow it.
[[nodiscard]] ApiError conflict(std::string detail);

// Some fields of the query or the body are wrong: {"limit": ["…"]}.
[[nodiscard]] ApiError bad_fields(Json fields);

// What the exception under way comes to; call it in a handler.
[[nodiscard]] ApiError error_of_current_exception();

[[nodiscard]] Response json_response(const Json& json, int status = 200);

[[nodiscard]] SharedText shared(std::string text);

} // namespace nightshift::serve

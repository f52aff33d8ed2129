// SPDX-License-Identifier: Apache-2.0

#include "core/serve/api_error.hpp"

#include <nightshift/error.hpp>

#include <memory>

namespace nightshift::serve {
namespace {

int status_of(const JobError& error) {
  const std::string& code = error.code();
  return code == error_code::k_not_found     ? 404
         : code == error_code::k_busy        ? 409
         : code == error_code::k_no_space    ? 507
         : code == error_code::k_bad_data    ? 409
         : code == error_code::k_unavailable ? 503
                                             : 500;
}

} // namespace

SharedText shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

Response json_response(const Json& json, int status) {
  Response response;
  response.status = status;
  response.body = shared(to_page(json));
  return response;
}

Response ApiError::response() const {
  Json body{{"detail", detail_}, {"code", code_}};
  if (!fields_.is_null()) {
    body["fields"] = fields_;
  }
  Response response = json_response(body, status_);
  response.headers = headers_;
  return response;
}

ApiError not_found(std::string detail) {
  return {404, "not_found", std::move(detail)};
}

ApiError conflict(std::string detail) {
  return {409, "conflict", std::move(detail)};
}

ApiError bad_fields(Json fields) {
  return ApiError(400, "invalid", "some fields are wrong").with_fields(std::move(fields));
}

ApiError error_of_current_exception() {
  try {
    throw;
  } catch (const ApiError& error) {
    return error;
  } catch (const JobError& error) {
    return {status_of(error), error.code(), error.what()};
  } catch (const std::exception& error) {
    return {500, "internal", std::string("a defect of the program: ") + error.what()};
  }
}

} // namespace nightshift::serve

// SPDX-License-Identifier: Apache-2.0

#include "core/runner/run_failure.hpp"

#include "core/base/file.hpp"
#include "core/config/job_file.hpp"
#include "core/runner/plan.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

namespace nightshift {
namespace {

RunFailure failure(ExitCode exit_code, std::string text) {
  if (!text.ends_with('\n')) {
    text += '\n';
  }
  return {exit_code, std::move(text)};
}

RunFailure defect(std::string_view what) {
  return failure(
      ExitCode::internal,
      fmt::format("nightshift: error: {} (a defect of the program, please report it)", what));
}

} // namespace

RunFailure failure_of_current_exception() {
  try {
    throw;
  } catch (const JobFileError& error) {
    return failure(ExitCode::config, error.what());
  } catch (const PlanError& error) {
    return failure(error.exit_code(), error.what());
  } catch (const JobError& error) {
    return failure(exit_code_of(error), fmt::format("nightshift: error: {}", error.what()));
  } catch (const std::filesystem::filesystem_error& error) { // the world's doing, not a defect
    const JobError cause =
        system_error(error.code().value(), fmt::format("cannot use {}", shown_path(error.path1())));
    return failure(exit_code_of(cause), fmt::format("nightshift: error: {}", cause.what()));
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::resource_unavailable_try_again) {
      return failure(ExitCode::unavailable,
                     "nightshift: error: no thread can be started: the limit of processes is "
                     "reached; raise it (ulimit -u, TasksMax of a systemd unit)");
    }
    return defect(error.what());
  } catch (const std::bad_alloc&) {
    return failure(ExitCode::internal, "nightshift: error: out of memory");
  } catch (const std::exception& error) {
    return defect(error.what());
  } catch (...) { // of no type that could say more
    return defect("something was thrown that is no exception");
  }
}

} // namespace nightshift

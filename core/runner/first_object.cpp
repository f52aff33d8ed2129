// SPDX-License-Identifier: Apache-2.0

#include "core/runner/first_object.hpp"

#include "core/base/regex.hpp"
#include "core/runner/tbb_executor.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <stop_token>
#include <string_view>

namespace nightshift {
namespace {

// Ends a listing that has told enough.
struct ToldEnough {};

void refuse_unreadable(const FolderPart& part) {
  if (!part.failures.empty() && part.coverage == FolderPart::Coverage::unreadable) {
    throw permanent_error(
        error_code::k_denied,
        fmt::format("{}: {}", printable_key(part.failures.front().key), part.failures.front().why));
  }
}

} // namespace

FirstObject find_first_object(Storage& storage, const std::string& subdir,
                              const std::string& regex) {
  const auto wanted = regex.empty() ? nullptr : compile_regex(regex);
  FirstObject first;
  // On one thread, as there is one to an executor. A name that is wanted ends the listing: the
  // object's folder may hold millions.
  const auto filter = [&](std::string_view folder, std::string_view name) -> std::optional<Skip> {
    if (first.looked_at == FirstObject::k_most_looked_at) {
      throw ToldEnough();
    }
    ++first.looked_at;
    std::string key = std::string(folder) + std::string(name);
    if (name.empty() || (wanted && !wanted->found_in(key))) {
      return Skip::pattern;
    }
    first.key = std::move(key);
    throw ToldEnough();
  };
  const auto take_part = [](const FolderPart& part) { refuse_unreadable(part); };
  const auto executor = make_tbb_executor(1, std::stop_token());
  const ListQuery query{join_prefix("", subdir), filter};
  try {
    storage.list(query, take_part, *executor, std::stop_token());
  } catch (const ToldEnough&) {
    // That is all that was to be known.
  }
  return first;
}

} // namespace nightshift

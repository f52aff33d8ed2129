// SPDX-License-Identifier: Apache-2.0
//
// What a job file takes from outside, so that no secret is ever written in it: `${env:NAME}`,
// `${env:NAME:-default}` and `${file:PATH}`; `$${` is a plain `${`.

#pragma once

#include <nightshift/value.hpp>

#include <tl/expected.hpp>

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

enum class Quoting { plain, quoted };

struct InterpolationError {
  std::size_t offset = 0; // in the text, of the "${"
  std::string message;
  std::string hint;
};

// What stands for a `${…}`.
struct PutIn {
  std::string reference; // "${env:NAME}"
  std::string value;
};

struct Interpolated {
  Value value;
  std::vector<PutIn> put_in;
};

// The value of a scalar of a job file that holds "${": plain text that is one `${…}` and nothing
// else is read by the core schema once it is resolved, all other is text. `folder` is what the path
// of `${file:…}` is relative to; the value's unresolved form has it absolute, and says by quotes
// whether there were any where it matters, so that `resolve_recorded` gives the same value.
[[nodiscard]] tl::expected<Interpolated, InterpolationError>
interpolate(std::string_view text, Quoting quoting, const std::filesystem::path& folder,
            SourcePosition position);

// The value that an unresolved form stands for now. Throws `JobError` (`bad_data`) if something in
// it cannot be resolved.
[[nodiscard]] Value resolve_recorded(const std::string& unresolved);

// `text` with every occurrence of what was put in replaced by its reference, for messages: they are
// made of all kinds of values, and none may give a secret away. What is shorter than three bytes is
// none, and stays. Longer values should come first, for one may hold another.
[[nodiscard]] std::string without_secrets(std::string text, const std::vector<PutIn>& put_in);

// Put longer values first.
void sort_for_replacing(std::vector<PutIn>& put_in);

// What is put in now for the texts in `values` that are recorded unresolved, for `without_secrets`.
// Numbers and truths are no secrets. None of the pointers may be null.
[[nodiscard]] std::vector<PutIn> put_in_of(std::initializer_list<const Value*> values);

} // namespace nightshift

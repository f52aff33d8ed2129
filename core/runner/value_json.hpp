// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/json.hpp"

#include <nightshift/value.hpp>

#include <functional>
#include <string>

namespace nightshift {

// A text that was resolved from `${env:…}` and the like is written unresolved, as {"$": "…"}.
[[nodiscard]] Json to_json(const Value& value);

// The inverse; `resolve` gives the value of an unresolved text.
[[nodiscard]] Value value_from_json(const Json& json,
                                    const std::function<Value(const std::string&)>& resolve);

} // namespace nightshift

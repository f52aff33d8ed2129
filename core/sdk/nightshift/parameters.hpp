// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/check_parameters.hpp>
#include <nightshift/diagnostics.hpp>
#include <nightshift/parameter_spec.hpp>
#include <nightshift/value.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift {

// Values that were checked against their specs, with defaults filled in. Asking for a key that no
// spec declares, as another type, or for a number or truth that has neither value nor default, is
// a bug of the caller: std::logic_error.
class Parameters {
 public:
  Parameters() = default;

  // Check `given` as `check_parameters` does. Use the result only if no error was added.
  Parameters(const Value& given, std::vector<ParameterSpec> specs, std::string_view what,
             Diagnostics& diagnostics)
      : specs_(std::move(specs)) {
    check_parameters(given, specs_, what, diagnostics);
    for (const ParameterSpec& spec : specs_) {
      const Value* value = given.find(spec.key);
      values_.push_back(value != nullptr && !value->is_nothing() ? *value : spec.fallback);
    }
  }

  // Whether there is a value, given or by default.
  [[nodiscard]] bool has(std::string_view key) const { return !at(key).is_nothing(); }

  // Whether some spec declares the key at all.
  [[nodiscard]] bool declares(std::string_view key) const noexcept {
    return std::any_of(specs_.begin(), specs_.end(), [&](const auto& s) { return s.key == key; });
  }

  // "" if there is none.
  [[nodiscard]] std::string text(std::string_view key) const {
    return has(key) ? as<std::string>(key) : std::string();
  }

  [[nodiscard]] std::int64_t integer(std::string_view key) const { return as<std::int64_t>(key); }

  [[nodiscard]] bool boolean(std::string_view key) const { return as<bool>(key); }

  [[nodiscard]] double number(std::string_view key) const {
    return measured(key, ParameterType::number);
  }

  // Of a duration, or of seconds.
  [[nodiscard]] std::chrono::milliseconds duration(std::string_view key) const {
    return std::chrono::round<std::chrono::milliseconds>(
        std::chrono::duration<double>(measured(key, ParameterType::seconds)));
  }

  // 20% is 0.2.
  [[nodiscard]] double share(std::string_view key) const {
    return measured(key, ParameterType::share);
  }

  // Empty if there is none.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> result;
    if (has(key)) {
      for (const Value& item : as<Value::List>(key)) {
        if (const auto* text = item.as<std::string>()) {
          result.push_back(*text);
        }
      }
    }
    return result;
  }

  // The value as it was written, or the default.
  [[nodiscard]] const Value& at(std::string_view key) const {
    for (std::size_t i = 0; i < specs_.size(); ++i) {
      if (specs_[i].key == key) {
        return values_[i];
      }
    }
    throw std::logic_error(fmt::format("no parameter \"{}\" was declared", key));
  }

  [[nodiscard]] const std::vector<ParameterSpec>& specs() const noexcept { return specs_; }

 private:
  template <class T>
  [[nodiscard]] const T& as(std::string_view key) const {
    if (const T* value = at(key).as<T>()) {
      return *value;
    }
    throw std::logic_error(fmt::format("parameter \"{}\" is {}", key, at(key).type_name()));
  }

  [[nodiscard]] double measured(std::string_view key, ParameterType type) const {
    if (const auto value = detail::measure(at(key), type)) {
      return *value;
    }
    throw std::logic_error(fmt::format("parameter \"{}\" is {}", key, at(key).type_name()));
  }

  std::vector<ParameterSpec> specs_;
  std::vector<Value> values_; // by spec
};

} // namespace nightshift

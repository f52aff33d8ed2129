// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

namespace nightshift {

// A text that must never be shown: nothing prints it, formats it or compares it, and its memory is
// wiped. Who calls `reveal` answers for what becomes of the text.
class Secret {
 public:
  Secret() = default;

  explicit Secret(std::string text) : text_(std::move(text)) {}

  Secret(const Secret&) = default;

  // A short text lies in the string itself, so that moving it leaves a copy behind.
  Secret(Secret&& other) : text_(other.text_) { other.wipe(); }

  Secret& operator=(Secret other) {
    wipe();
    text_ = other.text_;
    return *this;
  }

  ~Secret() { wipe(); }

  [[nodiscard]] std::string_view reveal() const noexcept { return text_; }

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

 private:
  void wipe() noexcept {
    OPENSSL_cleanse(text_.data(), text_.size());
    text_.clear();
  }

  std::string text_;
};

} // namespace nightshift

// SPDX-License-Identifier: Apache-2.0
//
// Who may ask what. Without a token file everybody who reaches the server may, which is why it then
// listens on this machine only; and since browsers reach that on behalf of any page, a request must
// show that it comes from our own.

#pragma once

#include "core/serve/message.hpp"
#include "core/serve/router.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::serve {

// A line a token: "read" or "run", a blank, and the token, of 16 characters at least. '#' begins a
// comment.
class Tokens {
 public:
  // None: everybody may do everything.
  Tokens() = default;

  // Throws `JobError`: `config` for a mistake in the file, `denied` if anybody but its owner may
  // read it.
  explicit Tokens(const std::filesystem::path& file);

  [[nodiscard]] bool needed() const noexcept { return !tokens_.empty(); }

  // What the header "Authorization" allows. Takes as long for a token that is almost right as for
  // one that is not at all.
  [[nodiscard]] Role role_of(std::string_view authorization) const;

 private:
  struct Token {
    std::string hash; // of equal length, so that comparing tells nothing
    Role role;
  };

  std::vector<Token> tokens_;
};

class Access {
 public:
  // `hosts` are names that the server is called by, beside localhost and addresses.
  Access(Tokens tokens, std::vector<std::string> hosts)
      : tokens_(std::move(tokens)),
        hosts_(std::move(hosts)) {}

  // Throw `ApiError` unless the request may have what needs this role.
  void check(const Request& request, Role needed) const;

  [[nodiscard]] Role role_of(const Request& request) const;

  [[nodiscard]] bool needs_token() const noexcept { return tokens_.needed(); }

 private:
  void check_host(const Request& request) const;

  Tokens tokens_;
  std::vector<std::string> hosts_;
};

} // namespace nightshift::serve

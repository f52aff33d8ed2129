// SPDX-License-Identifier: Apache-2.0

#include "core/serve/access.hpp"
#include "core/serve/api_error.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift::serve {
namespace {

using testing::HasSubstr;

class TokensTest : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& text, unsigned mode = 0600) {
    std::filesystem::path file = folder_.write("tokens", text);
    std::filesystem::permissions(file, static_cast<std::filesystem::perms>(mode));
    return file;
  }

  tests::TempDir folder_;
};

constexpr const char* k_tokens =
    "# for the wall\nread 0123456789abcdef\n\nrun fedcba9876543210 # ann\n";

TEST_F(TokensTest, GiveTheirRoles) {
  const Tokens tokens(write(k_tokens));
  EXPECT_EQ(tokens.role_of("Bearer 0123456789abcdef"), Role::read);
  EXPECT_EQ(tokens.role_of("Bearer fedcba9876543210"), Role::run);
  for (const char* const wrong : {"", "Bearer ", "Bearer 0123456789abcdeg", "0123456789abcdef",
                                  "Basic 0123456789abcdef", "Bearer 0123456789abcdef "}) {
    EXPECT_EQ(tokens.role_of(wrong), Role::nobody) << wrong;
  }
}

TEST_F(TokensTest, WithoutAFileEverybodyMayDoEverything) {
  EXPECT_EQ(Tokens().role_of(""), Role::run);
}

TEST_F(TokensTest, AFileThatOthersMayReadIsRefused) {
  const JobError error = tests::error_of([&] { Tokens tokens(write(k_tokens, 0640)); });
  EXPECT_EQ(error.code(), "denied");
  EXPECT_THAT(error.what(), HasSubstr("0600"));
}

TEST_F(TokensTest, MistakesAreToldWithTheirLinesAndWithoutTheToken) {
  for (const char* const line :
       {"write 0123456789abcdef", "read", "read tooshort12", "read 0123456789abcdef more"}) {
    const JobError error =
        tests::error_of([&] { Tokens tokens(write(std::string("# one\n") + line + "\n")); });
    EXPECT_EQ(error.code(), "config") << line;
    EXPECT_THAT(error.what(), HasSubstr("line 2")) << line;
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("0123456789"))) << line;
  }
  EXPECT_EQ(tests::error_of([&] { Tokens tokens(write("# none\n")); }).code(), "config");
}

Request from(std::map<std::string, std::string, std::less<>> headers, std::string method = "GET") {
  Request request;
  request.method = std::move(method);
  request.headers = std::move(headers);
  return request;
}

int status_of(const Access& access, const Request& request, Role needed = Role::read) {
  try {
    access.check(request, needed);
    return 200;
  } catch (const ApiError& error) {
    return error.status();
  }
}

TEST(Access, AnswersToAddressesLocalhostAndTheNamesItWasGiven) {
  const Access access(Tokens(), {"moths.example"});
  for (const char* const host : {"localhost", "localhost:8080", "127.0.0.1:9000", "[::1]:8080",
                                 "10.0.0.7", "moths.example", "moths.example:443"}) {
    EXPECT_EQ(status_of(access, from({{"host", host}})), 200) << host;
  }
  for (const char* const host :
       {"", "evil.example", "localhost.evil.example", "evil.example:8080", "127.0.0.1.evil.example",
        "localhost, localhost", "[::1", "moths.example:evil"}) {
    EXPECT_EQ(status_of(access, from({{"host", host}})), 421) << host;
  }
}

TEST(Access, AnotherSitesPageChangesNothing) {
  const Access access(Tokens(), {});
  const std::string host = "127.0.0.1:8080";
  EXPECT_EQ(status_of(access, from({{"host", host}}, "POST")), 200) << "a script";
  EXPECT_EQ(status_of(access, from({{"host", host},
                                    {"origin", "http://" + host},
                                    {"sec-fetch-site", "same-origin"}},
                                   "POST")),
            200);
  EXPECT_EQ(status_of(access, from({{"host", host}, {"origin", "http://evil.example"}}, "POST")),
            403);
  EXPECT_EQ(status_of(access, from({{"host", host}, {"origin", "null"}}, "POST")), 403);
  EXPECT_EQ(status_of(access, from({{"host", host}, {"origin", "http://127.0.0.1:3000"}}, "POST")),
            403);
  EXPECT_EQ(status_of(access, from({{"host", host}, {"sec-fetch-site", "cross-site"}}, "DELETE")),
            403);
  EXPECT_EQ(status_of(access, from({{"host", host}, {"sec-fetch-site", "same-site"}}, "PATCH")),
            403);
}

TEST_F(TokensTest, DecideWhoMayAskWhat) {
  const Access access(Tokens(write(k_tokens)), {});
  const auto asks = [](const char* token) {
    return from({{"host", "localhost"}, {"authorization", std::string("Bearer ") + token}});
  };
  EXPECT_EQ(status_of(access, from({{"host", "localhost"}})), 401);
  EXPECT_EQ(status_of(access, from({{"host", "localhost"}}), Role::nobody), 200);
  EXPECT_EQ(status_of(access, asks("0123456789abcdef"), Role::read), 200);
  EXPECT_EQ(status_of(access, asks("0123456789abcdef"), Role::run), 403);
  EXPECT_EQ(status_of(access, asks("fedcba9876543210"), Role::run), 200);
}

} // namespace
} // namespace nightshift::serve

// SPDX-License-Identifier: Apache-2.0
//
// No secret comes out of any command, wherever it came from and whatever a store says: neither on
// stdout nor on stderr, nor into any file, nor into the arguments of a process, nor into a core
// dump.

#include "tests/cli/canary_site.hpp"
#include "tests/support/await.hpp"
#include "tests/support/dumpable_memory.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/served_port.hpp"

#include <nightshift/abi.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <sstream>
#include <string_view>

namespace nightshift {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using tests::Canary;
using tests::CanarySite;
using tests::k_all;
using tests::k_credentials;
using tests::k_secret;
using tests::k_token;
using tests::Origin;
using tests::ScriptedServer;
using Answer = ScriptedServer::Answer;

// All that a hostile or careless store may repeat, in every form.
std::string echo() {
  std::string text;
  for (const Canary& canary : k_all) {
    for (const std::string& form :
         {canary.text(), tests::in_url(canary.text()), tests::in_base64(canary.text()),
          tests::in_hexadecimal(canary.text()), "w/" + canary.core + "+&amp;" + canary.core}) {
      text += form + " ";
    }
  }
  return text;
}

std::string complaint(const std::string& code, const std::string& message) {
  return fmt::format(
      "<?xml version=\"1.0\"?><Error><Code>{}</Code><Message>{}</Message>"
      "<AWSAccessKeyId>AKIAEXAMPLE</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256 {}</StringToSign>"
      "<SignatureProvided>{}</SignatureProvided><StringToSignBytes>{}</StringToSignBytes>"
      "<CanonicalRequest>GET x-amz-security-token:{}</CanonicalRequest></Error>",
      code, message, echo(), echo(), tests::in_hexadecimal(echo()), k_token.text());
}

// A short message of each canary, in each form, one for each request.
std::string words_of(int request) {
  const Canary& canary = k_all[static_cast<std::size_t>(request) % 2];
  const std::vector<std::string> forms{
      canary.text(), tests::in_url(canary.text()), tests::in_base64(canary.text()),
      tests::in_hexadecimal(canary.text()),
      "w/" + canary.core + "+&amp;" + canary.text().substr(canary.core.size() + 4)};
  return "not " + forms[static_cast<std::size_t>(request) / 2 % forms.size()];
}

Answer page_of(const ScriptedServer::Request& request) {
  const std::string prefix = tests::query_value(request.target, "prefix").value_or("");
  return {200, fmt::format("<ListBucketResult><Name>bucket</Name><Prefix>{0}</Prefix>"
                           "<KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents>"
                           "<Key>{0}20240601213000-snapshot.jpg</Key>"
                           "<LastModified>2024-06-01T21:30:00.000Z</LastModified>"
                           "<ETag>\"e\"</ETag><Size>4</Size></Contents></ListBucketResult>",
                           prefix)};
}

struct Store {
  const char* name;
  std::function<Answer(const ScriptedServer::Request&)> answer;
  int answers = 1; // how many different ones
};

Answer repeat(const ScriptedServer::Request& request) {
  return {400, complaint("InvalidRequest", words_of(request.number))};
}

const std::vector<Store> k_stores{
    {"refuses the signature",
     [](const auto&) {
       return Answer{403, complaint("SignatureDoesNotMatch", "The signature does not match.")};
     }},
    {"repeats what it was sent", repeat, 10},
    {"is busy repeating it",
     [](const auto& request) {
       return Answer{503, complaint(k_secret.text(), words_of(request.number))};
     },
     10},
    {"knows no such key",
     [](const auto&) {
       return Answer{403, complaint("InvalidAccessKeyId", echo())};
     }},
    {"says that the token is old",
     [](const auto&) {
       return Answer{400, complaint("ExpiredToken", words_of(0))};
     }},
    {"is elsewhere",
     [](const auto&) {
       return Answer{301,
                     complaint("PermanentRedirect", words_of(1)),
                     {"Location: http://127.0.0.1:1/" + k_token.core,
                      "x-amz-bucket-region: " + k_secret.text()}};
     }},
    {"says that all is well, but for an error",
     [](const auto& request) {
       return Answer{200, complaint(request.number % 2 == 0 ? "AccessDenied" : k_token.text(),
                                    words_of(request.number))};
     },
     10},
    {"lists something else",
     [](const auto&) {
       return Answer{200, fmt::format("<{}/>", k_secret.text())};
     }},
    {"is no store",
     [](const auto&) {
       return Answer{200, "<html>" + echo() + "</html>"};
     }},
    {"breaks off", [](const auto&) {
       return Answer{200, "<ListBucketResult>" + echo(), {}, ScriptedServer::Ending::cut};
     }}};

// Every command, with a job to speak of. In this order: each finds what those before it left.
std::vector<std::vector<std::string>> commands(const CanarySite& site) {
  const std::string file = site.job_file();
  const std::string metrics = (site.site().state() / "metrics.prom").string();
  const std::string log = (site.site().state() / "log.txt").string();
  std::vector<std::vector<std::string>> all{
      {"validate", file},
      {"plan", file},
      {"plan", file, "--json"},
      {"create", file},
      {"create", file, "--json"},
      {"start", "1", "--verbose"},
      {"start", "2", "--isolate"},
      {"cancel", "1"},
      {"run", file, "--verbose", "--log-file", log, "--metrics-file", metrics},
      {"run", file, "--json"},
      {"run", file, "--cron"},
      {"run", file, "--isolate", "--verbose"},
      {"retry", "1", "--json"},
      {"retry", "2", "--isolate"},
      {"jobs"},
      {"jobs", "--json"},
      {"show", "1"},
      {"show", "1", "--json"},
      {"show", "1", "--rebuild"},
      {"logs", "1"},
      {"logs", "1", "--json"},
      {"doctor", file},
      {"doctor", file, "--json"},
      {"doctor", file, "--source", "store"},
      {"doctor", file, "--source", "store", "--subdir", "ridge", "--json"},
      {"catalogue", "deployments"},
      {"catalogue", "captures", "--json"},
      {"catalogue", "sessions"},
      {"catalogue", "undated"},
      {"report", "--html", "-"},
      {"report", "--deployment", "250", "--html", "-"},
      {"serve", "--listen", "0.0.0.0:0"}, // which is refused: it has no token
      {"gc", "--keep-jobs", "1"},
      {"gc", "--keep-jobs", "1", "--json"},
      {"gc", "--keep-jobs", "1", "--apply"}};
  for (auto& command : all) {
    command.insert(command.end(), {"--state-dir", site.site().state().string()});
  }
  all.insert(all.end(),
             {{"plugins", "--json"}, {"schema"}, {"schema", "--reference"}, {"version"}});
  return all;
}

// Variables of a process with a canary in them that the user did not put there.
std::vector<std::string> variables_beside(const tests::ProgramSettings& settings, pid_t process) {
  std::vector<std::string> others;
  std::istringstream variables(tests::file_of_process(process, "environ"));
  for (std::string variable; std::getline(variables, variable, '\0');) {
    const bool is_users =
        std::any_of(settings.environment.begin(), settings.environment.end(),
                    [&](const auto& own) { return variable == own.first + "=" + own.second; });
    if (!is_users && !tests::canaries_in(variable, k_all).empty()) {
      others.push_back(variable);
    }
  }
  return others;
}

TEST(Canary, IsFoundInEveryForm) {
  for (const std::string& form :
       {k_secret.text(), tests::in_url(k_secret.text()), tests::in_hexadecimal(k_secret.text()),
        tests::in_base64(k_secret.text()), tests::in_base64("a" + k_secret.text()),
        tests::in_base64("ab" + k_secret.text() + "c")}) {
    EXPECT_EQ(tests::canaries_in("x" + form + "y", k_all).size(), 1U) << form;
  }
  EXPECT_EQ(tests::in_base64("any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw==");
}

class CanaryTest : public testing::TestWithParam<Origin> {};

TEST_P(CanaryTest, ComesOutOfNoCommandAtAStoreThatRepeatsIt) {
  const ScriptedServer server(repeat);
  const CanarySite site(GetParam(), server.url());
  for (const auto& command : commands(site)) {
    EXPECT_THAT(site.seen(command), IsEmpty()) << fmt::format("{}", fmt::join(command, " "));
  }
  EXPECT_GT(server.requests().size(), 8U) << "it was asked, again and again";
  EXPECT_THAT(server.requests().at(0).header("x-amz-security-token"), k_token.text());
}

TEST(Canary, ComesOutOfNoCommandThatSucceeds) {
  const ScriptedServer server(page_of);
  const CanarySite site(Origin::profile, server.url());
  for (const auto& command : commands(site)) {
    EXPECT_THAT(site.seen(command), IsEmpty()) << fmt::format("{}", fmt::join(command, " "));
  }
  const tests::ProgramResult captures = tests::run_program(
      {"catalogue", "captures", "--state-dir", site.site().state().string()}, site.settings());
  EXPECT_THAT(captures.out, HasSubstr("20240601213000-snapshot.jpg"));
}

TEST(Canary, IsLookedForInEveryCommand) {
  const tests::RefusedPort nobody;
  const CanarySite site(Origin::profile, nobody.url(""));
  std::set<std::string> tried;
  for (const auto& command : commands(site)) {
    tried.insert(command.front());
  }
  std::istringstream help(tests::run_program({"--help"}, site.settings()).out);
  std::string line;
  while (std::getline(help, line) && line != "Subcommands:") {
  }
  std::set<std::string> there;
  while (std::getline(help, line) && line.starts_with("  ")) {
    there.insert(line.substr(2, line.find(' ', 2) - 2));
  }
  EXPECT_EQ(tried, there);
}

// The paths of its own description that a look at job 1 and deployment 250 is to be had from.
std::vector<std::string> paths_to_look_at(std::uint16_t port) {
  std::vector<std::string> paths;
  const Json description = tests::http(port, "GET", "/openapi.json").json();
  for (const auto& [name, methods] : description["paths"].items()) {
    std::string path = name;
    if (const std::size_t id = path.find('{'); id != std::string::npos) {
      const bool is_of_job = path.find("/jobs/") != std::string::npos;
      path.replace(id, path.find('}') + 1 - id, is_of_job ? "1" : "250");
    }
    const bool ends = path.find("events") == std::string::npos; // which come as they happen
    if (methods.contains("get") && ends) {
      paths.push_back(path);
    }
  }
  return paths;
}

TEST(Canary, ComesOutOfNoAnswerOfTheServer) {
  const ScriptedServer store(repeat);
  const CanarySite site(Origin::profile, store.url());
  const std::string state = site.site().state().string();
  (void)tests::run_program({"run", site.job_file(), "--state-dir", state}, site.settings());
  tests::Program server({"serve", "--listen", "127.0.0.1:0", "--state-dir", state, "--jobs-dir",
                         site.site().job_file().parent_path().string()},
                        site.settings());
  const std::uint16_t port = tests::await_port(server);
  int answers = 0;
  for (const std::string& path : paths_to_look_at(port)) {
    const tests::HttpAnswer answer = tests::http(port, "GET", path);
    answers += answer.status == 200 ? 1 : 0;
    EXPECT_THAT(tests::canaries_in(answer.body, k_all), IsEmpty()) << path;
  }
  EXPECT_GE(answers, 10) << "there was something to see";
  const tests::HttpAnswer synced = tests::http(port, "POST", "/api/v2/deployments/250/sync/", "{}");
  EXPECT_EQ(synced.status / 100, 2) << synced.body;
  EXPECT_THAT(tests::canaries_in(synced.body, k_all), IsEmpty());
  tests::await("what was started has ended", [&] {
    return tests::http(port, "GET", "/api/v2/jobs/2/").json().value("status", "") == "FAILURE" &&
           !std::filesystem::exists(site.site().state() / "live/2");
  });
  EXPECT_THAT(tests::canaries_in(tests::http(port, "GET", "/api/v2/jobs/2/").body, k_all),
              IsEmpty());
  server.signal(SIGTERM);
  EXPECT_THAT(tests::canaries_in(server.wait().err, k_all), IsEmpty());
  EXPECT_THAT(tests::canaries_below(site.site().state(), k_all), IsEmpty());
}

TEST(Canary, ComesNotOutWhateverAStoreSays) {
  for (const Store& store : k_stores) {
    const ScriptedServer server(store.answer);
    const CanarySite site(Origin::profile, server.url());
    for (int i = 0; i < store.answers; ++i) {
      EXPECT_THAT(site.seen({"doctor", site.job_file(), "--source", "store"}), IsEmpty())
          << store.name;
    }
    EXPECT_THAT(site.seen({"doctor", site.job_file()}), IsEmpty()) << store.name;
    EXPECT_THAT(site.seen({"run", site.job_file(), "--verbose"}), IsEmpty()) << store.name;
    EXPECT_THAT(site.seen({"run", site.job_file(), "--isolate"}), IsEmpty()) << store.name;
    EXPECT_GE(server.requests().size(), 3U);
  }
}

TEST_P(CanaryTest, ComesNotOutWhereNoStoreIs) {
  const tests::RefusedPort nobody;
  const CanarySite site(GetParam(), nobody.url(""));
  for (const char* command : {"run", "plan", "doctor"}) {
    EXPECT_THAT(site.seen({command, site.job_file()}), IsEmpty());
  }
}

// Whether what is checked here is compiled with a sanitizer, which reads the environment into
// memory of its own.
constexpr bool k_environment_is_copied = std::string_view(NIGHTSHIFT_DETAIL_SANITIZER) != "none";

// While a job asks a store that does not answer.
TEST_P(CanaryTest, IsInNoArgumentsAndInNoCoreDump) {
  const ScriptedServer silent([](const auto&) {
    return Answer{200, "", {}, ScriptedServer::Ending::unanswered};
  });
  const CanarySite site(GetParam(), silent.url());
  const tests::Program run({"run", site.job_file(), "--isolate"}, site.settings());
  tests::await("the job asks the store", [&] { return !silent.requests().empty(); });
  std::vector<pid_t> processes = tests::children_of(run.pid());
  ASSERT_EQ(processes.size(), 1U) << "the job has a process of its own";
  processes.push_back(run.pid());
  for (const pid_t process : processes) {
    EXPECT_THAT(tests::canaries_in(tests::file_of_process(process, "cmdline"), k_all), IsEmpty());
    EXPECT_THAT(variables_beside(site.settings(), process), IsEmpty());
    if (GetParam() == Origin::environment && k_environment_is_copied) {
      continue;
    }
    for (const Canary& canary : k_credentials) {
      EXPECT_EQ(tests::count_in_dumpable_memory(process, canary.core), 0) << canary.core;
    }
    EXPECT_GT(tests::count_in_dumpable_memory(process, "data_storage_sync"), 0)
        << "it is looked at";
  }
}

std::string name_of(const testing::TestParamInfo<Origin>& tested) {
  switch (tested.param) {
  case Origin::environment:
    return "OfTheEnvironment";
  case Origin::profile:
    return "OfAProfile";
  case Origin::process:
    return "OfACredentialProcess";
  case Origin::remote:
    return "OfARemote";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Origins, CanaryTest,
                         testing::Values(Origin::environment, Origin::profile, Origin::process,
                                         Origin::remote),
                         name_of);

} // namespace
} // namespace nightshift

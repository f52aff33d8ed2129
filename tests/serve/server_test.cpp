// SPDX-License-Identifier: Apache-2.0
//
// The server as a process: who may reach it, how it ends, and what outlives it.

#include "tests/serve/serving_site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <numeric>

namespace nightshift {
namespace {

using testing::HasSubstr;

// The ids of the events in a stream's text.
std::vector<int> ids_in(const std::string& text) {
  std::vector<int> ids;
  for (std::size_t at = text.find("\nid: "); at != std::string::npos;
       at = text.find("\nid: ", at + 1)) {
    ids.push_back(std::atoi(text.c_str() + at + 5));
  }
  return ids;
}

std::string follow_request(std::int64_t job, int after) {
  return fmt::format("GET /api/v2/jobs/{}/events HTTP/1.1\r\nHost: localhost\r\n"
                     "Last-Event-ID: {}\r\n\r\n",
                     job, after);
}

TEST(Server, IsReachedByThisMachineOnlyUnlessItHasTokens) {
  tests::ServingSite site;
  const auto refused = [&](const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"serve", "--state-dir", site.state().string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return tests::run_program(all);
  };
  const tests::ProgramResult open = refused({"--listen", "0.0.0.0:0"});
  EXPECT_EQ(open.exit_code, 77);
  EXPECT_THAT(open.err, HasSubstr("--token-file"));
  EXPECT_EQ(refused({"--listen", "moths.example:80"}).exit_code, 78);
  const std::filesystem::path tokens =
      site.folder().write("tokens", "read 0123456789abcdef\nrun fedcba9876543210\n");
  std::filesystem::permissions(tokens, std::filesystem::perms(0644));
  EXPECT_EQ(refused({"--listen", "0.0.0.0:0", "--token-file", tokens.string()}).exit_code, 77);
}

TEST(Server, TokensSayWhoMayLookAndWhoMayChange) {
  tests::ServingSite site;
  const std::filesystem::path tokens =
      site.folder().write("tokens", "read 0123456789abcdef\nrun fedcba9876543210\n");
  std::filesystem::permissions(tokens, std::filesystem::perms(0600));
  site.serve({"--token-file", tokens.string()});
  const auto status = [&](std::string_view method, const char* target, const char* token) {
    return site
        .ask(method, target, method == "POST" ? R"({"deployment_id": 250})" : "",
             {{"Authorization", std::string("Bearer ") + token}})
        .status;
  };
  EXPECT_EQ(site.get("/api/v2/jobs/").status, 401);
  EXPECT_EQ(site.get("/metrics").status, 401);
  EXPECT_EQ(site.get("/").status, 200);
  EXPECT_EQ(status("GET", "/api/v2/jobs/", "0123456789abcdef"), 200);
  EXPECT_EQ(status("GET", "/api/v2/jobs/", "0123456789abcdeX"), 401);
  EXPECT_EQ(status("POST", "/api/v2/jobs/", "0123456789abcdef"), 403);
  EXPECT_EQ(status("POST", "/api/v2/jobs/", "fedcba9876543210"), 201);
  EXPECT_THAT(site.server().told(), testing::Not(HasSubstr("fedcba")));
}

TEST(Server, TellsOfJobFilesWhoseCatalogueItDoesNotShow) {
  tests::ServingSite site;
  const auto write_file = [&](const std::string& name, const std::string& catalogue) {
    site.folder().write("jobs/" + name, fmt::format("version: 1\ncatalogue: {}\njobs:\n"
                                                    "  - {{name: {}, type: hello}}\n",
                                                    catalogue, name));
  };
  write_file("same.yaml", "sqlite:" + (site.state() / "./catalogue.db").string());
  write_file("other.yaml", "sqlite:other.db");
  site.serve();
  const Json definitions = site.get("/api/v2/definitions/").json();
  ASSERT_EQ(definitions["problems"].size(), 1U) << definitions;
  const auto problem = definitions["problems"][0].get<std::string>();
  EXPECT_THAT(problem, HasSubstr("other.yaml has another catalogue"));
  EXPECT_THAT(site.server().told(), HasSubstr("nightshift: warning: " + problem));
  EXPECT_EQ(definitions["count"], 5) << "its jobs can be made all the same";
}

TEST(Server, RefusesACatalogueThatIsNone) {
  tests::ServingSite site;
  const tests::ProgramResult result =
      tests::run_program({"serve", "--state-dir", site.state().string(), "--catalogue",
                          "postgres://me:secret@db/x", "--listen", "127.0.0.1:0"});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.err, HasSubstr("no such kind of catalogue"));
  EXPECT_THAT(result.err, testing::Not(HasSubstr("secret")));
}

TEST(Server, EndsOnTermWithItsStreamsAndNotItsJobs) {
  tests::ServingSite site;
  site.serve();
  const std::int64_t id = site.make("slow", true);
  site.await_status(id, "STARTED");
  tests::HttpConnection follower(site.port());
  follower.send(follow_request(id, 0));
  (void)follower.receive_until("\nid: 1\n");
  site.server().signal(SIGTERM);
  (void)follower.receive_all();
  const tests::ProgramResult result = site.server().wait();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(site.record(id)["status"], "STARTED");
  EXPECT_THAT(site.run({"jobs"}).out, HasSubstr("STARTED")) << "it is not lost";
}

TEST(Server, StartsJobsInSessionsOfTheirOwnThatNoTerminalReaches) {
  tests::ServingSite site;
  site.serve();
  const std::int64_t id = site.make("slow", true);
  site.await_status(id, "STARTED");
  const auto pid = site.job(id).json()["runner"]["pid"].get<pid_t>();
  EXPECT_EQ(getsid(pid), pid);
}

TEST(Server, StartsJobsAlsoWhereItsParentIgnoresTheEndOfItsChildren) {
  tests::ServingSite site;
  tests::ProgramSettings settings;
  settings.ignored_signals = {SIGCHLD};
  site.serve({}, settings);
  site.await_status(site.make("greet", true), "SUCCESS");
  tests::await("the job's process is reaped",
               [&] { return site.get("/api/v2/status/").json().at("running_here") == 0; });
}

TEST(Server, SeesAJobThatIsLostWhileItLooks) {
  tests::ServingSite site;
  site.serve();
  const std::int64_t id = site.make("slow", true);
  site.await_status(id, "STARTED");
  kill(site.job(id).json()["runner"]["pid"].get<pid_t>(), SIGKILL);
  site.await_status(id, "FAILURE");
  EXPECT_EQ(site.job(id).json()["runner"]["reason"], "lost");
}

TEST(Server, FollowersSeeEachEventOnceToTheEndThatTheyAreToldOf) {
  tests::ServingSite site;
  site.serve();
  const std::int64_t id = site.make("greet", true);
  tests::HttpConnection follower(site.port());
  follower.send(follow_request(id, 0));
  const std::vector<int> ids = ids_in(follower.receive_all());
  std::vector<int> expected(ids.size());
  std::iota(expected.begin(), expected.end(), 1);
  EXPECT_EQ(ids, expected);
  EXPECT_EQ(site.job(id).json()["runner"]["last_event"], ids.back());
  EXPECT_EQ(site.get(fmt::format("/api/v2/jobs/{}/events?after={}", id, ids.back())).status, 204);
  EXPECT_EQ(site.ask("GET", fmt::format("/api/v2/jobs/{}/events", id), {}, {{"Last-Event-ID", "x"}})
                .status,
            400);
}

// Four jobs of some seconds, a follower of each, and a server that is killed in the midst.
TEST(Server, KilledLosesNoJobAndNoEvent) {
  constexpr int k_jobs = 4;
  tests::ServingSite site;
  site.serve();
  std::vector<std::string> seen(k_jobs);
  std::vector<std::unique_ptr<tests::HttpConnection>> followers;
  for (int i = 0; i < k_jobs; ++i) {
    const tests::HttpAnswer made =
        site.ask("POST", "/api/v2/jobs/?start_now",
                 R"({"definition": "greet", "job_type_key": "hello", "delay": 4})");
    ASSERT_EQ(made.status, 201) << made.body;
    followers.push_back(std::make_unique<tests::HttpConnection>(site.port()));
    followers.back()->send(follow_request(i + 1, 0));
    seen[static_cast<std::size_t>(i)] = followers.back()->receive_until("\nid: 3\n");
  }
  site.kill_server();
  for (int i = 0; i < k_jobs; ++i) {
    seen[static_cast<std::size_t>(i)] += followers[static_cast<std::size_t>(i)]->receive_all();
  }
  site.serve();
  for (int i = 0; i < k_jobs; ++i) {
    std::string& text = seen[static_cast<std::size_t>(i)];
    text.erase(text.rfind("\n\n") + 2); // what was cut off in the midst is not taken
    tests::HttpConnection again(site.port());
    again.send(follow_request(i + 1, ids_in(text).back()));
    text += again.receive_all();
    const Json job = site.job(i + 1).json();
    EXPECT_EQ(job["status"], "SUCCESS");
    const std::vector<int> ids = ids_in(text);
    std::vector<int> expected(job["runner"]["last_event"].get<std::size_t>());
    std::iota(expected.begin(), expected.end(), 1);
    EXPECT_EQ(ids, expected) << "job " << i + 1;
  }
}

TEST(Report, IsOnePageOfARunThatNeedsNothingElse) {
  tests::ServingSite site;
  ASSERT_EQ(site.sync({"--deployment", "250"}).exit_code, 0);
  const std::filesystem::path file = site.path() / "report.html";
  const tests::ProgramResult result = site.run({"report", "--html", file.string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string page = site.run({"report", "--html", "-"}).out;
  EXPECT_EQ(std::filesystem::file_size(file), page.size());
  EXPECT_THAT(page, HasSubstr("Sync captures for deployment 250"));
  EXPECT_THAT(page, HasSubstr("data-night=\"2024-06-01\" data-hour=\"21\" data-captures=\"30\""));
  for (const char* const other :
       {"<script", "<link", "src=", "http://1", "https://", "@import", "url("}) {
    EXPECT_THAT(page, testing::Not(HasSubstr(other)));
  }
}

TEST(Report, IsOfADeploymentAsWell) {
  tests::ServingSite site;
  ASSERT_EQ(site.sync({"--deployment", "250"}).exit_code, 0);
  const std::string page = site.run({"report", "--deployment", "250", "--html", "-"}).out;
  EXPECT_THAT(page, HasSubstr("<h1>Costa Rica - Restoration</h1>"));
  EXPECT_THAT(page, HasSubstr("Last jobs"));
  EXPECT_EQ(site.run({"report", "--deployment", "7", "--html", "-"}).exit_code, 66);
  EXPECT_EQ(site.run({"report", "nothing", "--html", "-"}).exit_code, 66);
  EXPECT_EQ(site.run({"report", "../jobs", "--html", "-"}).exit_code, 66);
}

} // namespace
} // namespace nightshift

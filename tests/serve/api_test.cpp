// SPDX-License-Identifier: Apache-2.0
//
// The API as a script uses it, against the program itself.

#include "tests/serve/serving_site.hpp"
#include "tests/support/content_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace nightshift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ApiTest : public testing::Test {
 protected:
  ApiTest() { site_.serve(); }

  [[nodiscard]] std::vector<std::int64_t> ids(const std::string& query) const {
    std::vector<std::int64_t> found;
    const Json page = site_.get("/api/v2/jobs/" + query).json();
    for (const Json& job : page.at("results")) {
      found.push_back(job.at("id"));
    }
    return found;
  }

  [[nodiscard]] Json wrong_fields(std::string_view method, const std::string& target,
                                  const std::string& body) const {
    const tests::HttpAnswer answer = site_.ask(method, target, body);
    EXPECT_EQ(answer.status, 400) << answer.body;
    return answer.json().value("fields", Json());
  }

  tests::ServingSite site_;
};

// The names and types of a document, in order.
std::string shape_of(const Json& json) {
  if (json.is_object()) {
    std::string text = "{";
    for (const auto& [key, value] : json.items()) {
      text += key + ": " + shape_of(value) + ", ";
    }
    return text + "}";
  }
  if (json.is_array()) {
    return json.empty() ? "[]" : "[" + shape_of(json[0]) + "]";
  }
  return json.is_number() ? "number" : json.type_name();
}

TEST_F(ApiTest, AnEqualJobIsAntennasDocumentButForValuesAndOurOneKey) {
  ASSERT_EQ(site_.ask("POST", "/api/v2/deployments/250/sync/").status, 200);
  site_.await_status(1, "SUCCESS");
  const tests::HttpAnswer answer = site_.job(1);
  Json document = answer.json();
  EXPECT_EQ(answer.body, tests::content_of(site_.state() / "jobs/1/job.json"));
  document.erase("runner");
  const Json seed = Json::parse(std::ifstream(NIGHTSHIFT_TEST_DATA "/job-1102.json"));
  EXPECT_EQ(shape_of(document), shape_of(seed));
}

TEST_F(ApiTest, AJobIsMadeEditedAndRun) {
  const tests::HttpAnswer made =
      site_.ask("POST", "/api/v2/jobs/",
                R"({"deployment_id": 250, "project_id": 88, "limit": 5, "name": "A look"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.at("location"), "/api/v2/jobs/1/");
  EXPECT_EQ(made.json()["status"], "CREATED");
  EXPECT_EQ(made.json()["limit"], 5);
  const tests::HttpAnswer edited =
      site_.ask("PATCH", "/api/v2/jobs/1/", R"({"name": "Another", "limit": 7, "shuffle": false})");
  ASSERT_EQ(edited.status, 200) << edited.body;
  ASSERT_EQ(site_.ask("POST", "/api/v2/jobs/1/run/").status, 200);
  site_.await_status(1, "SUCCESS");
  const Json job = site_.job(1).json();
  EXPECT_EQ(job["name"], "Another");
  EXPECT_EQ(job["runner"]["counts"]["new"], 7);
}

TEST_F(ApiTest, ADelayedJobMovesIsCancelledAndRetried) {
  const std::int64_t id = site_.make("slow", true);
  site_.await_status(id, "STARTED");
  const tests::HttpAnswer cancelled =
      site_.ask("POST", fmt::format("/api/v2/jobs/{}/cancel/", id), R"({"reason": "enough"})");
  EXPECT_EQ(cancelled.status, 200) << cancelled.body;
  site_.await_status(id, "REVOKED");
  EXPECT_THAT(site_.job(id).body, HasSubstr("enough"));
  ASSERT_EQ(site_.ask("POST", fmt::format("/api/v2/jobs/{}/retry/", id)).status, 200);
  site_.await_status(id, "STARTED");
  const Json history = site_.get(fmt::format("/api/v2/jobs/{}/history/", id)).json();
  EXPECT_EQ(history["attempts"].size(), 2U);
  EXPECT_EQ(history["attempts"][0]["status"], "REVOKED");
}

TEST_F(ApiTest, WhatAJobsStateDoesNotAllowIsAConflictWithAReason) {
  const std::int64_t id = site_.make("greet", false);
  const std::string job = fmt::format("/api/v2/jobs/{}/", id);
  const auto refused = [&](std::string_view method, const std::string& target) {
    const tests::HttpAnswer answer =
        site_.ask(method, target, method == "PATCH" ? R"({"delay": 1})" : "");
    return answer.status == 409 && !answer.json().value("detail", "").empty();
  };
  EXPECT_TRUE(refused("POST", job + "retry/")) << "CREATED";
  EXPECT_TRUE(refused("DELETE", job)) << "CREATED";
  ASSERT_EQ(site_.ask("POST", job + "run/").status, 200);
  site_.await_status(id, "SUCCESS");
  EXPECT_TRUE(refused("POST", job + "run/")) << "SUCCESS";
  EXPECT_TRUE(refused("POST", job + "cancel/")) << "SUCCESS";
  EXPECT_TRUE(refused("PATCH", job)) << "SUCCESS";
  EXPECT_EQ(site_.ask("DELETE", job).status, 204);
  EXPECT_EQ(site_.job(id).status, 404);
  EXPECT_EQ(site_.make("greet", false), id + 1) << "no id is given out twice";
}

TEST_F(ApiTest, WhereTooManyJobsRunNoneIsMadeThatCannotBeStarted) {
  constexpr int k_most_running = 16;
  for (int i = 0; i < k_most_running; ++i) {
    (void)site_.make("slow", true);
  }
  const auto refused = [&](const std::string& target, const std::string& body) {
    const tests::HttpAnswer answer = site_.ask("POST", target, body);
    EXPECT_EQ(answer.headers.at("retry-after"), "10") << answer.body;
    return answer.status == 429 && answer.json()["code"] == "too_many_jobs";
  };
  EXPECT_TRUE(refused("/api/v2/jobs/?start_now", R"({"deployment_id": 250})"));
  EXPECT_TRUE(refused("/api/v2/deployments/250/sync/", ""));
  EXPECT_EQ(site_.get("/api/v2/jobs/").json()["count"], k_most_running);
  EXPECT_EQ(site_.ask("POST", "/api/v2/jobs/", R"({"deployment_id": 250})").status, 201)
      << "one that is not to be started yet";
}

TEST_F(ApiTest, ARequestWhoseJobCannotBeStartedLeavesNoJob) {
  // Where a log lies beside it, only who starts a job opens the catalogue and sees that it is none.
  site_.folder().write("state/catalogue.db", std::string(4096, 'x'));
  site_.folder().write("state/catalogue.db-wal", "");
  for (const char* const target : {"/api/v2/jobs/?start_now", "/api/v2/deployments/250/sync/"}) {
    const tests::HttpAnswer answer = site_.ask("POST", target);
    EXPECT_EQ(answer.status, 409) << answer.body;
    EXPECT_THAT(answer.json().value("detail", ""), HasSubstr("catalogue.db"));
  }
  EXPECT_THAT(ids(""), ElementsAre());
}

TEST_F(ApiTest, AllWrongFieldsAreToldAtOnce) {
  const Json fields = wrong_fields("POST", "/api/v2/jobs/?start_now=perhaps", "");
  EXPECT_TRUE(fields.contains("start_now")) << fields;
  const Json body = wrong_fields("POST", "/api/v2/jobs/",
                                 R"({"name": "", "delay": -1, "limit": 0, "shuffle": 1, "x": 2})");
  EXPECT_EQ(body.size(), 5U) << body;
  EXPECT_TRUE(
      wrong_fields("POST", "/api/v2/jobs/", R"({"deployment_id": 7})").contains("deployment_id"));
  EXPECT_TRUE(wrong_fields("POST", "/api/v2/jobs/", R"({"deployment_id": 250, "project_id": 1})")
                  .contains("project_id"));
  EXPECT_TRUE(
      wrong_fields("POST", "/api/v2/jobs/", R"({"job_type_key": "ml"})").contains("job_type_key"));
  EXPECT_TRUE(
      wrong_fields("POST", "/api/v2/jobs/", R"({"job_type_key": "hello"})").contains("definition"))
      << "there are two";
}

TEST_F(ApiTest, TheListIsFilteredOrderedAndPaged) {
  for (const char* const name : {"greet", "slow", "greet"}) {
    (void)site_.make(name, false);
  }
  ASSERT_EQ(site_.ask("POST", "/api/v2/jobs/1/run/").status, 200);
  site_.await_status(1, "SUCCESS");
  EXPECT_THAT(ids(""), ElementsAre(3, 2, 1));
  EXPECT_THAT(ids("?ordering=id"), ElementsAre(1, 2, 3));
  EXPECT_THAT(ids("?ordering=-name"), ElementsAre(2, 3, 1));
  EXPECT_THAT(ids("?status=created"), ElementsAre(3, 2));
  EXPECT_THAT(ids("?status=SUCCESS,FAILURE"), ElementsAre(1));
  EXPECT_THAT(ids("?search=SLO"), ElementsAre(2));
  EXPECT_THAT(ids("?job_type=hello&limit=1&offset=1"), ElementsAre(2));
  EXPECT_THAT(ids("?deployment=250"), ElementsAre());
  const Json page = site_.get("/api/v2/jobs/?limit=1&offset=1&search=e").json();
  EXPECT_EQ(page["count"], 2);
  EXPECT_TRUE(page["next"].is_null());
  EXPECT_EQ(page["previous"], "/api/v2/jobs/?limit=1&search=e&offset=0");
  EXPECT_FALSE(page["results"][0].contains("result"));
  EXPECT_EQ(page["results"][0]["logs"]["stdout"], Json::array());
}

TEST_F(ApiTest, AnUnchangedAnswerIsNotSentAgainAndAChangedJobIsNotOverwritten) {
  const std::int64_t id = site_.make("greet", false);
  const std::string job = fmt::format("/api/v2/jobs/{}/", id);
  const std::string tag = site_.get(job).headers.at("etag");
  EXPECT_EQ(site_.ask("GET", job, {}, {{"If-None-Match", tag}}).status, 304);
  EXPECT_EQ(site_.ask("PATCH", job, R"({"name": "one"})", {{"If-Match", tag}}).status, 200);
  EXPECT_EQ(site_.ask("PATCH", job, R"({"name": "two"})", {{"If-Match", tag}}).status, 412);
  EXPECT_EQ(site_.ask("DELETE", job, {}, {{"If-Match", tag}}).status, 412);
  EXPECT_EQ(site_.get(job).json()["name"], "one");
  EXPECT_EQ(site_.ask("GET", job, {}, {{"If-None-Match", tag}}).status, 200);
}

TEST_F(ApiTest, ARequestThatIsSentAgainIsNotDoneAgain) {
  const auto post = [&](const std::string& body) {
    return site_.ask("POST", "/api/v2/jobs/", body, {{"Idempotency-Key", "one"}});
  };
  const std::string body = R"({"deployment_id": 250})";
  const tests::HttpAnswer first = post(body);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(post(body).body, first.body);
  EXPECT_EQ(post(R"({"deployment_id": 250, "limit": 1})").status, 422);
  EXPECT_THAT(ids(""), ElementsAre(1));
}

TEST_F(ApiTest, DeploymentsAreKnownBeforeAndAfterTheirFirstSync) {
  EXPECT_EQ(site_.get("/api/v2/deployments/").json()["results"][0]["captures_count"], 0);
  const Json synced = site_.ask("POST", "/api/v2/deployments/250/sync/").json();
  EXPECT_EQ(synced, (Json{{"job_id", 1}, {"project_id", 88}}));
  site_.await_status(1, "SUCCESS");
  const Json deployment = site_.get("/api/v2/deployments/250/").json();
  EXPECT_EQ(deployment["name"], "Costa Rica - Restoration");
  EXPECT_EQ(deployment["project"]["name"], "Costa Rica- Labelling");
  EXPECT_EQ(deployment["captures_count"], 30);
  EXPECT_EQ(deployment["first_capture_timestamp"], "2024-06-01T21:30:00");
  EXPECT_EQ(site_.get("/api/v2/deployments/250/sessions/").json()["count"], 1);
  EXPECT_EQ(site_.get("/api/v2/projects/88/").json()["deployments"].size(), 1U);
  EXPECT_EQ(site_.get("/api/v2/deployments/7/").status, 404);
  EXPECT_EQ(site_.get("/api/v2/projects/7/").status, 404);
  EXPECT_EQ(site_.ask("POST", "/api/v2/deployments/7/sync/").status, 400);
  const Json activity = site_.get("/api/v2/deployments/250/activity/").json();
  EXPECT_EQ(activity["nights"][0]["night"], "2024-06-01");
  EXPECT_EQ(activity["nights"][0]["captures"], 30);
}

TEST_F(ApiTest, CapturesComeInPagesToTheLast) {
  ASSERT_EQ(site_.ask("POST", "/api/v2/deployments/250/sync/").status, 200);
  site_.await_status(1, "SUCCESS");
  std::vector<std::string> paths;
  for (Json next = "/api/v2/deployments/250/captures/?limit=7"; !next.is_null();) {
    const Json page = site_.get(next.get<std::string>()).json();
    for (const Json& capture : page.at("results")) {
      paths.push_back(capture.at("path"));
    }
    next = page.at("next");
  }
  EXPECT_EQ(paths.size(), 30U);
  EXPECT_TRUE(std::is_sorted(paths.begin(), paths.end()));
  for (const char* const cursor : {"x", "3-0", "9-00", "-1-", "0-zz"}) {
    EXPECT_TRUE(
        wrong_fields("GET", fmt::format("/api/v2/deployments/250/captures/?cursor={}", cursor), "")
            .contains("cursor"))
        << cursor;
  }
}

TEST_F(ApiTest, ALimitOfLogLinesIsHeeded) {
  const std::int64_t id = site_.make("greet", true);
  site_.await_status(id, "SUCCESS");
  const std::string job = fmt::format("/api/v2/jobs/{}/", id);
  EXPECT_EQ(site_.get(job + "?logs_limit=2").json()["logs"]["stdout"].size(), 2U);
  for (const char* const limit : {"0", "-5", "5001", "abc"}) {
    EXPECT_EQ(site_.get(job + "?logs_limit=" + limit).status, 400) << limit;
  }
}

TEST_F(ApiTest, FiguresAreForPrometheus) {
  (void)site_.make("greet", false);
  (void)site_.get("/api/v2/jobs/9/");
  const std::string text = site_.get("/metrics").body;
  EXPECT_THAT(text, HasSubstr("nightshift_serve_jobs{status=\"CREATED\"} 1\n"));
  EXPECT_THAT(
      text, HasSubstr("nightshift_serve_requests_total{operation=\"getJob\",status=\"404\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("process_resident_memory_bytes "));
}

TEST_F(ApiTest, EveryAnswerHasItsGuards) {
  for (const char* const target : {"/", "/api/v2/status/", "/nothing", "/page/main.js"}) {
    const tests::HttpAnswer answer = site_.get(target);
    EXPECT_THAT(answer.headers.at("content-security-policy"), HasSubstr("script-src 'self'"));
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff") << target;
  }
  for (const char* const target :
       {"/../../etc/passwd", "/page/../../etc/passwd", "/page/%2e%2e/%2e%2e/etc/passwd",
        "/api/v2/jobs/../../../etc/passwd/"}) {
    EXPECT_EQ(site_.get(target).status, 404) << target;
  }
  EXPECT_EQ(site_.ask("GET", "/api/v2/jobs/", {}, {{"Host", "evil.example"}}).status, 421);
  EXPECT_EQ(site_.ask("POST", "/api/v2/jobs/", "{}", {{"Origin", "http://evil.example"}}).status,
            403);
  EXPECT_EQ(site_.ask("POST", "/api/v2/jobs/", "a=1", {{"Content-Type", "text/plain"}}).status,
            415);
}

TEST_F(ApiTest, WhatIsAskedForForgesNoLineOfTheLog) {
  (void)site_.ask("POST", "/api/v2/jobs/\x1B[31m/run/", "{}");
  (void)site_.make("greet", false);
  (void)site_.ask("POST", "/api/v2/jobs/1/cancel/", R"({"reason": "a\nnightshift: forged"})");
  EXPECT_THAT(site_.server().told(), testing::Not(HasSubstr("\x1B")));
  EXPECT_THAT(site_.job(1).body, testing::Not(HasSubstr("forged")));
}

} // namespace
} // namespace nightshift

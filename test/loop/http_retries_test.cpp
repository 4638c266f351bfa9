#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "http/retries.hpp"
#include "http/retry_after.hpp"
#include "loop/http_fixture.hpp"
#include "loop/scripted_http_server.hpp"

namespace gossamer::http {
namespace {

using namespace std::chrono_literals;
using test::get;
using test::http_answer;
using test::HttpFixture;
using test::ScriptedHttpServer;
using test::SeenRequest;
using test::ServerConnection;
using test::shown;

/// Answers the n-th request, from 0, with `answers[n]`, and those after the last with the last.
class AnswersInTurn {
 public:
  explicit AnswersInTurn(std::vector<std::string> answers)
      : answers_(std::move(answers)),
        server(ScriptedHttpServer::answering([this](const SeenRequest& request) {
          const std::size_t n = asked++;
          {
            const std::lock_guard lock{mutex_};
            last_ = request.first_line();
          }
          return answers_.at(std::min(n, answers_.size() - 1));
        })) {}

  std::string last() const {
    const std::lock_guard lock{mutex_};
    return last_;
  }

 private:
  const std::vector<std::string> answers_;
  mutable std::mutex mutex_;
  std::string last_;

 public:
  std::atomic<std::size_t> asked{0};
  ScriptedHttpServer server;  // Ends before what it uses.
};

const RetryPolicy kSoon{4, 1ms, 4ms, 60s};

struct RetriesFixture : HttpFixture {
  explicit RetriesFixture(std::uint64_t budget = 500) {
    retries = std::make_unique<Retries>(fixture.loop(), *client, 7, budget);
  }
  ~RetriesFixture() { retries.reset(); }

  /// Sends `GET url/ATTEMPT` until the end.
  Result<Response> repeat(std::string url, RetryPolicy policy = kSoon) {
    std::optional<Result<Response>> ended;
    retries->send(
        [url = std::move(url)](unsigned attempt, Retries::Ready ready) {
          ready(get(url + std::to_string(attempt)));
        },
        &is_transient, policy, [&](Result<Response> with) { ended = std::move(with); });
    CHECK_FALSE(ended);
    REQUIRE(run_until([&] { return ended.has_value(); }));
    return std::move(*ended);
  }

  std::unique_ptr<Retries> retries;
};

TEST_CASE("retries: what may pass is tried again, prepared anew", "[http]") {
  AnswersInTurn answers{{http_answer(503, "a"), http_answer(500, "b"), http_answer(200, "c")}};
  RetriesFixture http;
  const auto ended = http.repeat(answers.server.url());
  REQUIRE(ended);
  CHECK(to_text(ended->body) == "c");
  CHECK(answers.asked == 3);
  CHECK(answers.last() == "GET /3 HTTP/1.1");
  CHECK(http.retries->repeated() == 2);
  CHECK(http.retries->budget_left() == 491);
}

TEST_CASE("retries: what is an answer is not tried again", "[http]") {
  const int status = GENERATE(200, 204, 304, 400, 403, 404, 409, 412, 501);
  AnswersInTurn answers{{http_answer(status, "")}};
  RetriesFixture http;
  const auto ended = http.repeat(answers.server.url());
  REQUIRE(ended);
  CHECK(ended->status == status);
  CHECK(answers.asked == 1);
  CHECK(http.retries->repeated() == 0);
}

TEST_CASE("retries: which ends are transient", "[http]") {
  for (const int status : {408, 429, 500, 502, 503, 504}) CHECK(is_transient(Response{status}));
  for (const int status : {200, 301, 400, 401, 403, 404, 409, 412, 416, 501}) {
    CHECK_FALSE(is_transient(Response{status}));
  }
  for (const ErrorCode code :
       {ErrorCode::unavailable, ErrorCode::timed_out, ErrorCode::unknown_outcome}) {
    CHECK(is_transient(fail(code, "")));
  }
  for (const ErrorCode code :
       {ErrorCode::invalid_argument, ErrorCode::permission_denied, ErrorCode::resource_exhausted,
        ErrorCode::io, ErrorCode::corrupted, ErrorCode::cancelled}) {
    CHECK_FALSE(is_transient(fail(code, "")));
  }
}

TEST_CASE("retries: after the last attempt its end is told", "[http]") {
  AnswersInTurn answers{{http_answer(500, "a"), http_answer(503, "b")}};
  RetriesFixture http;
  const auto ended = http.repeat(answers.server.url());
  REQUIRE(ended);
  CHECK(ended->status == 503);
  CHECK(answers.asked == 4);
  CHECK(http.retries->repeated() == 3);
}

TEST_CASE("retries: a broken connection is tried again", "[http]") {
  ScriptedHttpServer server{[](ServerConnection& connection, int number) {
    if (!connection.read_request()) return;
    if (number < 2) return connection.reset();
    connection.send(http_answer(200, "at last"));
  }};
  RetriesFixture http;
  const auto ended = http.repeat(server.url());
  INFO(shown(ended));
  REQUIRE(ended);
  CHECK(to_text(ended->body) == "at last");
  CHECK(server.accepted() == 3);
}

TEST_CASE("retries: the budget ends them when most fail, and fills as answers come", "[http]") {
  AnswersInTurn failing{{http_answer(503, "")}};
  AnswersInTurn working{{http_answer(200, "")}};
  RetriesFixture http{12};
  REQUIRE(http.repeat(failing.server.url()));
  CHECK(failing.asked == 3);
  CHECK(http.retries->budget_left() == 2);
  REQUIRE(http.repeat(failing.server.url()));
  CHECK(failing.asked == 4);
  CHECK(http.retries->budget_left() == 2);
  for (int i = 0; i < 3; ++i) REQUIRE(http.repeat(working.server.url()));
  REQUIRE(http.repeat(failing.server.url()));
  CHECK(failing.asked == 6);
  for (int i = 0; i < 20; ++i) REQUIRE(http.repeat(working.server.url()));
  CHECK(http.retries->budget_left() == 12);
}

TEST_CASE("retries: an attempt that moved on counts for none and costs nothing, but not for ever",
          "[http]") {
  AnswersInTurn failing{{http_answer(503, "")}};
  RetriesFixture http{12};
  const unsigned attempts_max = GENERATE(2u, 200u);
  std::optional<Result<Response>> ended;
  http.retries->send([&](unsigned, Retries::Ready ready) { ready(get(failing.server.url())); },
                     [](const Result<Response>&) { return Retries::Verdict::moved_on(); },
                     {attempts_max, 0ms, 0ms, 60s},
                     [&](Result<Response> with) { ended = std::move(with); });
  REQUIRE(http.run_until([&] { return ended.has_value(); }));
  // The budget pays for two more than the 64 that are free.
  CHECK(failing.asked == 1 + 64 + 2);
  CHECK(http.retries->budget_left() == 2);
}

TEST_CASE("retries: pauses are spread over the whole of a range that doubles", "[http]") {
  AnswersInTurn answers{{http_answer(503, "")}};
  RetriesFixture http;
  const RetryPolicy policy{3, 100ms, 1s, 60s};
  std::vector<double> paused_ms;
  for (int i = 0; i < 10; ++i) {
    const Instant began = http.fixture.clock().now();
    REQUIRE(http.repeat(answers.server.url(), policy));
    const Duration took = http.fixture.clock().now() - began;
    paused_ms.push_back(std::chrono::duration<double, std::milli>(took).count());
  }
  // Two pauses each: of up to 100 and up to 200 ms.
  const auto [least, most] = std::minmax_element(paused_ms.begin(), paused_ms.end());
  CHECK(*least < 150);
  CHECK(*most > 150);
  CHECK(*most - *least > 50);
}

TEST_CASE("retries: nobody comes back earlier than the server asks", "[http]") {
  const bool is_capped = GENERATE(false, true);
  AnswersInTurn answers{
      {http_answer(503, "", is_capped ? "Retry-After: 30\r\n" : "Retry-After: 1\r\n"),
       http_answer(200, "")}};
  RetriesFixture http;
  const RetryPolicy policy{2, 1ms, is_capped ? 20ms : 2'000ms, 60s};
  const Instant began = http.fixture.clock().now();
  const auto ended = http.repeat(answers.server.url(), policy);
  const Duration took = http.fixture.clock().now() - began;
  REQUIRE(ended);
  CHECK(ended->status == 200);
  if (is_capped) {
    CHECK(took >= 40ms);
    CHECK(took < 20s);
  } else {
    CHECK(took >= 1s);
  }
}

TEST_CASE("retries: no attempt begins after the whole is over", "[http]") {
  AnswersInTurn answers{{http_answer(503, "", "Retry-After: 100\r\n")}};
  RetriesFixture http;
  const Instant began = http.fixture.clock().now();
  const auto ended = http.repeat(answers.server.url(), {4, 1ms, 50s, 30s});
  REQUIRE(ended);
  CHECK(answers.asked == 1);
  CHECK(http.fixture.clock().now() - began < 20s);
  CHECK(http.retries->budget_left() == 500);
}

TEST_CASE("retries: an attempt that cannot be prepared ends it all", "[http]") {
  AnswersInTurn answers{{http_answer(503, "")}};
  RetriesFixture http;
  const unsigned last = GENERATE(1u, 2u);
  std::optional<Result<Response>> ended;
  http.retries->send(
      [&](unsigned attempt, Retries::Ready ready) {
        if (attempt == last) {
          ready(fail(ErrorCode::cancelled, "no credentials"));
          ready(fail(ErrorCode::io, "said twice"));
          return;
        }
        ready(get(answers.server.url()));
      },
      &is_transient, kSoon, [&](Result<Response> with) { ended = std::move(with); });
  CHECK_FALSE(ended);
  CHECK(http.run_until([&] { return ended.has_value(); }));
  REQUIRE_FALSE(*ended);
  CHECK(ended->error().code == ErrorCode::cancelled);
  CHECK(answers.asked == last - 1);
}

TEST_CASE("retries: an attempt may be prepared later", "[http]") {
  AnswersInTurn answers{{http_answer(503, ""), http_answer(200, "")}};
  RetriesFixture http;
  Retries::Ready pending;
  unsigned prepared = 0;
  std::optional<Result<Response>> ended;
  http.retries->send(
      [&](unsigned attempt, Retries::Ready ready) {
        prepared = attempt;
        pending = std::move(ready);
      },
      &is_transient, kSoon, [&](Result<Response> with) { ended = std::move(with); });
  for (unsigned attempt = 1; attempt <= 2; ++attempt) {
    CHECK(http.run_until([&] { return prepared == attempt; }));
    std::exchange(pending, nullptr)(get(answers.server.url()));
  }
  CHECK(http.run_until([&] { return ended.has_value(); }));
  CHECK(*ended);
}

TEST_CASE("retries: destroyed, they tell nobody and try no more", "[http]") {
  AnswersInTurn answers{{http_answer(503, "")}};
  RetriesFixture http;
  int heard = 0;
  Retries::Ready pending;
  http.retries->send([&](unsigned, Retries::Ready ready) { pending = std::move(ready); },
                     &is_transient, kSoon, [&](const Result<Response>&) { ++heard; });
  for (int i = 0; i < 5; ++i) {
    http.retries->send([&](unsigned, Retries::Ready ready) { ready(get(answers.server.url())); },
                       &is_transient, {100, 50ms, 50ms, 10s},
                       [&](const Result<Response>&) { ++heard; });
  }
  CHECK(http.run_until([&] { return answers.asked >= 3; }));
  http.retries.reset();
  pending(get(answers.server.url()));
  const std::size_t asked = answers.asked;
  const Instant until = http.fixture.clock().now() + 150ms;
  CHECK(http.run_until([&] { return http.fixture.clock().now() > until; }));
  CHECK(answers.asked <= asked + 5);
  CHECK(heard == 0);
}

TEST_CASE("retries: a done or a judge may destroy them", "[http]") {
  AnswersInTurn answers{{http_answer(503, "")}};
  RetriesFixture http;
  const bool is_judge = GENERATE(false, true);
  int heard = 0;
  for (int i = 0; i < 3; ++i) {
    http.retries->send([&](unsigned, Retries::Ready ready) { ready(get(answers.server.url())); },
                       [&](const Result<Response>&) {
                         if (is_judge) http.retries.reset();
                         return false;
                       },
                       kSoon,
                       [&](const Result<Response>&) {
                         ++heard;
                         http.retries.reset();
                       });
  }
  CHECK(http.run_until([&] { return http.retries == nullptr; }));
  CHECK(heard == (is_judge ? 0 : 1));
}

TEST_CASE("retry-after: seconds and dates", "[http]") {
  using std::chrono::seconds;
  const auto parse = [](std::string value, std::string date = {}) {
    Headers headers{{"retry-after", std::move(value)}};
    if (!date.empty()) headers.push_back({"Date", std::move(date)});
    return parse_retry_after(headers, seconds{784'111'770});
  };
  CHECK(parse("0") == seconds{0});
  CHECK(parse("120") == seconds{120});
  CHECK(parse("99999999999999999999999") == std::chrono::hours{24 * 365});
  // 784111777 seconds after the epoch.
  CHECK(parse("Sun, 06 Nov 1994 08:49:37 GMT") == seconds{7});
  CHECK(parse("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:07 GMT") == seconds{30});
  CHECK(parse("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 09:49:07 GMT") == seconds{0});
  for (const char* bad : {"", "-1", "1.5", "soon", "1 s"}) CHECK_FALSE(parse(bad));
  CHECK_FALSE(parse_retry_after({}, seconds{0}));
}

}  // namespace
}  // namespace gossamer::http

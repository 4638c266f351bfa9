#include <dirent.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "loop/http_fixture.hpp"
#include "loop/scripted_http_server.hpp"

namespace gossamer::http {
namespace {

using namespace std::chrono_literals;
using test::echo;
using test::Gate;
using test::get;
using test::http_answer;
using test::HttpFixture;
using test::put;
using test::ScriptedHttpServer;
using test::SeenRequest;
using test::ServerConnection;
using test::shown;

TEST_CASE("http: a request is what was asked and nothing else", "[http]") {
  ScriptedHttpServer server{echo()};
  HttpFixture http;
  const std::string host = "Host: 127.0.0.1:" + std::to_string(server.port()) + "\n";
  SECTION("get") {
    Request request = get(server.url("/a"));
    request.headers = {{"x-amz-date", "20260101T000000Z"}, {"X-Empty", ""}, {"Accept", "a/b"}};
    const auto ended = http.fetch(request);
    REQUIRE(ended);
    CHECK(ended->status == 200);
    CHECK(to_text(ended->body) ==
          "GET /a HTTP/1.1\n" + host + "x-amz-date: 20260101T000000Z\nX-Empty:\nAccept: a/b\n\n");
  }
  SECTION("put") {
    const auto ended = http.fetch(put(server.url("/b"), "body"));
    REQUIRE(ended);
    CHECK(to_text(ended->body) == "PUT /b HTTP/1.1\n" + host + "Content-Length: 4\n\nbody");
  }
  SECTION("post without a body says so") {
    Request request = get(server.url("/c?uploads"));
    request.method = "POST";
    const auto ended = http.fetch(request);
    REQUIRE(ended);
    CHECK(to_text(ended->body) == "POST /c?uploads HTTP/1.1\n" + host + "Content-Length: 0\n\n");
  }
  SECTION("delete") {
    Request request = get(server.url("/d"));
    request.method = "DELETE";
    const auto ended = http.fetch(request);
    REQUIRE(ended);
    CHECK(to_text(ended->body) == "DELETE /d HTTP/1.1\n" + host + "\n");
  }
  SECTION("a body of nothing") {
    const auto ended = http.fetch(put(server.url("/e"), ""));
    REQUIRE(ended);
    CHECK(to_text(ended->body) == "PUT /e HTTP/1.1\n" + host + "Content-Length: 0\n\n");
  }
  SECTION("a large body is announced by its length, and nobody is asked first") {
    const std::string body(300'000, 'x');
    Request request = put(server.url("/f"), body);
    request.method = "POST";
    request.headers = {{"Content-Length", "1"}};
    request.body_bytes_max = 400'000;
    const auto ended = http.fetch(request);
    REQUIRE(ended);
    CHECK(to_text(ended->body) ==
          "POST /f HTTP/1.1\n" + host + "Content-Length: 300000\n\n" + body);
  }
}

TEST_CASE("http: path and query are sent as they stand", "[http]") {
  ScriptedHttpServer server{echo()};
  HttpFixture http;
  const std::string target =
      GENERATE("/", "/a/../b/./c//d", "/%2F%7e~%20", "/a?x=1&y=%20&z", "/a?b=/../c&d=e?f=[x]",
               "/key+with'quotes(and)*!;@$,=:", "//two", "/?list-type=2&prefix=");
  const auto ended = http.fetch(server.url(target));
  REQUIRE(ended);
  CHECK(to_text(ended->body).substr(0, target.size() + 14) == "GET " + target + " HTTP/1.1\n");
}

TEST_CASE("http: status, headers and body come back", "[http]") {
  ScriptedHttpServer server{ScriptedHttpServer::answering([](const SeenRequest&) {
    return "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n" +
           http_answer(404, "no", "ETag: \"a\"\r\nX-Two:  b \r\nx-two: c\r\n");
  })};
  HttpFixture http;
  const auto ended = http.fetch(server.url());
  REQUIRE(ended);
  CHECK(ended->status == 404);
  CHECK_FALSE(ended->is_success());
  CHECK(to_text(ended->body) == "no");
  CHECK(ended->headers ==
        Headers{{"Content-Length", "2"}, {"ETag", "\"a\""}, {"X-Two", "b"}, {"x-two", "c"}});
  CHECK(find_header(ended->headers, "etag") == "\"a\"");
  CHECK(find_header(ended->headers, "x-interim").empty());
}

TEST_CASE("http: an answer in chunks is put together", "[http]") {
  ScriptedHttpServer server{ScriptedHttpServer::answering([](const SeenRequest&) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
           "4\r\nsome\r\nA\r\n bytes.\r\n.\r\n0\r\nX-Trailer: 1\r\n\r\n";
  })};
  HttpFixture http;
  const auto ended = http.fetch(server.url());
  REQUIRE(ended);
  CHECK(to_text(ended->body) == "some bytes.\r\n.");
}

TEST_CASE("http: an answer to HEAD has no body, whatever length it tells", "[http]") {
  ScriptedHttpServer server{ScriptedHttpServer::answering(
      [](const SeenRequest&) { return "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"; })};
  HttpFixture http;
  Request request = get(server.url());
  request.method = "HEAD";
  for (int i = 0; i < 2; ++i) {
    const auto ended = http.fetch(request);
    REQUIRE(ended);
    CHECK(find_header(ended->headers, "content-length") == "1000");
    CHECK(ended->body.empty());
  }
  CHECK(server.accepted() == 1);
}

TEST_CASE("http: redirects are answers", "[http]") {
  ScriptedHttpServer server{ScriptedHttpServer::answering(
      [](const SeenRequest&) { return http_answer(307, "", "Location: http://[::1]:1/\r\n"); })};
  HttpFixture http;
  const auto ended = http.fetch(server.url());
  REQUIRE(ended);
  CHECK(ended->status == 307);
}

TEST_CASE("http: what cannot be sent as it stands is refused, without showing it", "[http]") {
  HttpFixture http;
  Request request = get("http://127.0.0.1:1/secret");
  SECTION("scheme") {
    request.url = "ftp://127.0.0.1/secret";
  }
  SECTION("no scheme") {
    request.url = "127.0.0.1/secret";
  }
  SECTION("user") {
    request.url = "http://user:secret@127.0.0.1/";
  }
  SECTION("space") {
    request.url = "http://127.0.0.1/secret key";
  }
  SECTION("fragment") {
    request.url = "http://127.0.0.1/secret#key";
  }
  SECTION("line end") {
    request.url = "http://127.0.0.1/secret\r\nX: y";
  }
  SECTION("not ASCII") {
    request.url = "http://127.0.0.1/secret\xc3\xa9";
  }
  SECTION("port") {
    request.url = "http://127.0.0.1:99999/secret";
  }
  SECTION("empty") {
    request.url = "";
  }
  SECTION("header value") {
    request.headers = {{"X-A", "secret\r\nX-B: c"}};
  }
  SECTION("header value with NUL") {
    request.headers = {{"X-A", std::string("secret\0", 7)}};
  }
  SECTION("header name") {
    request.headers = {{"X-A: b\r\nX-C", "secret"}};
  }
  SECTION("no header name") {
    request.headers = {{"", "secret"}};
  }
  SECTION("framing") {
    request.headers = {{"transfer-encoding", "secret"}};
  }
  SECTION("method") {
    request.method = "GET /secret";
  }
  const auto ended = http.fetch(request);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::invalid_argument);
  CHECK(ended.error().detail.find("secret") == std::string::npos);
}

TEST_CASE("http: one connection serves request after request", "[http]") {
  ScriptedHttpServer server{echo()};
  HttpFixture http;
  for (int i = 0; i < 20; ++i) {
    REQUIRE(http.fetch(i % 2 == 0 ? get(server.url()) : put(server.url(), "x")));
  }
  CHECK(server.accepted() == 1);
  const ClientCounters counters = http.client->counters();
  CHECK(counters.requests == 20);
  CHECK(counters.responses == 20);
  CHECK(counters.failures == 0);
  CHECK(counters.connections_opened == 1);
  CHECK(counters.bytes_sent > 20 * 30);
  CHECK(counters.bytes_received > 20 * 60);
}

TEST_CASE("http: a host gets no more connections than allowed, the rest wait for their turn",
          "[http]") {
  std::atomic<int> at_once{0};
  std::atomic<int> most{0};
  ScriptedHttpServer server{ScriptedHttpServer::answering([&](const SeenRequest& request) {
    const int now = ++at_once;
    int seen = most;
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    std::this_thread::yield();
    --at_once;
    return http_answer(200, request.first_line());
  })};
  ClientOptions options;
  options.host_connections_max = 3;
  HttpFixture http{options};
  std::set<std::string> answers;
  for (int i = 0; i < 60; ++i) {
    http.client->send(get(server.url("/" + std::to_string(i))), [&](Result<Response> ended) {
      if (ended) answers.insert(to_text(ended->body));
    });
  }
  CHECK(http.run_until([&] { return answers.size() == 60; }));
  CHECK(most <= 3);
  CHECK(server.accepted() == 3);
}

TEST_CASE("http: 200 requests at once all get their own answers", "[http]") {
  ScriptedHttpServer server{echo()};
  ClientOptions options;
  options.host_connections_max = 200;
  options.connections_kept_max = 200;
  HttpFixture http{options};
  int right = 0;
  int ended = 0;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i) {
      const std::string name = "/" + std::to_string(i);
      http.client->send(put(server.url(name), name + "."), [&, name](Result<Response> end) {
        ++ended;
        if (!end) return;
        const std::string text = to_text(end->body);
        right += text.find("PUT " + name + " ") == 0 && text.find("\n\n" + name + ".") > 0 ? 1 : 0;
      });
    }
    CHECK(http.run_until([&] { return ended == 200 * (round + 1); }));
  }
  CHECK(right == 400);
  CHECK(server.accepted() <= 200);
}

TEST_CASE("http: one request too many is refused, and the others go on", "[http]") {
  ScriptedHttpServer server{echo()};
  ClientOptions options;
  options.requests_max = 5;
  options.host_connections_max = 1;
  HttpFixture http{options};
  int answered = 0;
  std::vector<ErrorCode> refused;
  for (int i = 0; i < 7; ++i) {
    http.client->send(get(server.url()), [&](Result<Response> ended) {
      if (ended) {
        ++answered;
      } else {
        refused.push_back(ended.error().code);
      }
    });
  }
  CHECK(refused.empty());
  CHECK(http.run_until([&] { return answered == 5 && refused.size() == 2; }));
  for (const ErrorCode code : refused) CHECK(code == ErrorCode::resource_exhausted);
}

}  // namespace
}  // namespace gossamer::http

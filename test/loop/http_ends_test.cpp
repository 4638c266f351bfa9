// How requests end that do not go well: broken, late, too large, closed, by a proxy.

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

TEST_CASE("http: nobody listens: nothing was sent", "[http]") {
  std::string url;
  {
    ScriptedHttpServer server{echo()};
    url = server.url("/?secret");
  }
  HttpFixture http;
  const auto ended = http.fetch(url);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::unavailable);
  CHECK(ended.error().detail.find("GET http://127.0.0.1:") == 0);
  CHECK(ended.error().detail.find("secret") == std::string::npos);
  CHECK(http.client->counters().failures == 1);
}

TEST_CASE("http: a name that does not resolve: nothing was sent", "[http]") {
  // No name may have so long a part, so no server is asked for it.
  HttpFixture http;
  const auto ended = http.fetch("http://" + std::string(70, 'x') + ".invalid/");
  REQUIRE_FALSE(ended);
  INFO(shown(ended));
  CHECK(
      (ended.error().code == ErrorCode::unavailable || ended.error().code == ErrorCode::timed_out));
}

TEST_CASE("http: broken after the request: it may have happened", "[http]") {
  ScriptedHttpServer::Script script;
  std::string what;
  SECTION("reset before the answer") {
    script = [](ServerConnection& connection, int) {
      connection.read_request();
      connection.reset();
    };
  }
  SECTION("closed before the answer") {
    script = [](ServerConnection& connection, int) { connection.read_request(); };
  }
  SECTION("body torn") {
    script = [](ServerConnection& connection, int) {
      connection.read_request();
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    };
  }
  SECTION("chunks torn") {
    script = [](ServerConnection& connection, int) {
      connection.read_request();
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    };
  }
  SECTION("headers torn") {
    script = [](ServerConnection& connection, int) {
      connection.read_request();
      connection.send("HTTP/1.1 200 OK\r\nContent-Le");
    };
  }
  SECTION("not HTTP at all") {
    script = [](ServerConnection& connection, int) {
      connection.read_request();
      connection.send("SSH-2.0-OpenSSH_9.2\r\n");
    };
  }
  SECTION("bad chunk") {
    script = [](ServerConnection& connection, int) {
      connection.read_request();
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    };
  }
  ScriptedHttpServer server{script};
  HttpFixture http;
  Request request = put(server.url("/a?secret=1"), "b");
  request.headers = {{"Authorization", "secret"}};
  const auto ended = http.fetch(request);
  INFO(shown(ended));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::unknown_outcome);
  CHECK(ended.error().detail.find("PUT http://127.0.0.1:") == 0);
  CHECK(ended.error().detail.find("secret") == std::string::npos);
}

TEST_CASE("http: a kept connection that has gone stale is replaced", "[http]") {
  std::atomic<int> served{0};
  // Each connection serves one request, and then closes without a word.
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    if (connection.read_request()) connection.send(http_answer(200, "ok"));
    ++served;
  }};
  HttpFixture http;
  for (int i = 0; i < 5; ++i) {
    const auto ended = http.fetch(put(server.url(), "again"));
    INFO(shown(ended));
    REQUIRE(ended);
    CHECK(http.run_until([&] { return served == i + 1; }));
  }
  CHECK(server.accepted() == 5);
}

TEST_CASE("http: a kept connection that ends under a request is replaced, the body sent again",
          "[http]") {
  // The second request of a connection is read in part, and the connection reset.
  std::atomic<int> reset{0};
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    const auto first = connection.read_request();
    if (!first) return;
    connection.send(http_answer(200, std::to_string(first->body.size())));
    if (connection.read_head()) {
      ++reset;
      connection.reset();
    }
  }};
  HttpFixture http;
  const std::string body(GENERATE(std::size_t{10}, std::size_t{3'000'000}), 'x');
  REQUIRE(http.fetch(server.url()));
  const auto ended = http.fetch(put(server.url(), body));
  INFO(shown(ended));
  REQUIRE(ended);
  CHECK(to_text(ended->body) == std::to_string(body.size()));
  CHECK(reset == 1);
  CHECK(server.accepted() == 2);
}

TEST_CASE("http: each time bound ends a request by its own name", "[http]") {
  Gate over;
  HttpFixture http;
  ScriptedHttpServer::Script script;
  std::string name;
  std::string bound;
  Request request = get("");
  SECTION("first byte") {
    name = "first byte bound";
    bound = "120 ms";
    request.timeouts.first_byte = 120ms;
    script = [&](ServerConnection& connection, int) {
      connection.read_request();
      over.wait();
    };
  }
  SECTION("first byte, after a large body") {
    name = "first byte bound";
    bound = "125 ms";
    request.timeouts.first_byte = 125ms;
    request.method = "PUT";
    request.body = make_source(Bytes(3'000'000));
    script = [&](ServerConnection& connection, int) {
      connection.read_request();
      over.wait();
    };
  }
  SECTION("stall in the answer") {
    name = "stall bound";
    bound = "130 ms";
    request.timeouts.stall = 130ms;
    script = [&](ServerConnection& connection, int) {
      connection.read_request();
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
      over.wait();
    };
  }
  SECTION("stall in the request") {
    name = "stall bound";
    bound = "140 ms";
    request.timeouts.stall = 140ms;
    request.method = "PUT";
    request.body = make_source(Bytes(30'000'000));
    script = [&](ServerConnection& connection, int) {
      connection.read_head();
      over.wait();
    };
  }
  SECTION("whole, though bytes drip") {
    name = "bound of the whole";
    bound = "1000 ms";
    request.timeouts.whole = 1s;
    request.timeouts.stall = 700ms;
    script = [&](ServerConnection& connection, int) {
      connection.read_request();
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
      while (connection.send("x")) std::this_thread::sleep_for(5ms);
    };
  }
  ScriptedHttpServer server{script};
  request.url = server.url("/?secret");
  const auto began = http.fixture.clock().now();
  const auto ended = http.fetch(request);
  const Duration took = http.fixture.clock().now() - began;
  over.open();
  INFO(shown(ended));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::timed_out);
  CHECK(ended.error().detail.find(name) != std::string::npos);
  CHECK(ended.error().detail.find(bound) != std::string::npos);
  CHECK(ended.error().detail.find("secret") == std::string::npos);
  CHECK(took >= 120ms);
  CHECK(took < 30s);
  CHECK(http.client->counters().timeouts == 1);
}

TEST_CASE("http: a connection that is not accepted ends by the connect bound", "[http]") {
  // A listener whose queue is full answers no further SYN.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(listener, 0) == 0);
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  std::vector<int> fillers;
  for (int i = 0; i < 3; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    ::connect(fillers.back(), reinterpret_cast<sockaddr*>(&address), size);
  }
  HttpFixture http;
  Request request = get("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/");
  request.timeouts.connect = 150ms;
  const auto ended = http.fetch(request);
  for (const int filler : fillers) ::close(filler);
  ::close(listener);
  INFO(shown(ended));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::timed_out);
  CHECK(ended.error().detail.find("150 ms (connect bound)") != std::string::npos);
}

TEST_CASE("http: the time of waiting for a turn is not time of connecting", "[http]") {
  Gate go;
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    while (connection.read_request()) {
      go.wait();
      connection.send(http_answer(200, ""));
    }
  }};
  ClientOptions options;
  options.host_connections_max = 1;
  HttpFixture http{options};
  std::vector<Result<Response>> ended;
  for (int i = 0; i < 3; ++i) {
    Request request = get(server.url());
    request.timeouts.connect = 500ms;
    if (i == 2) request.timeouts.whole = 1s;
    http.client->send(request, [&](Result<Response> with) { ended.push_back(std::move(with)); });
  }
  CHECK(http.run_until([&] { return ended.size() == 1; }));
  REQUIRE_FALSE(ended.at(0));
  CHECK(ended[0].error().code == ErrorCode::timed_out);
  CHECK(ended[0].error().detail.find("bound of the whole") != std::string::npos);
  go.open();
  CHECK(http.run_until([&] { return ended.size() == 3; }));
  CHECK(ended.at(1));
  CHECK(ended.at(2));
}

TEST_CASE("http: a body that is kept has a bound", "[http]") {
  const int status = GENERATE(200, 503);
  ScriptedHttpServer server{ScriptedHttpServer::answering(
      [&](const SeenRequest&) { return http_answer(status, std::string(200'000, 'x')); })};
  HttpFixture http;
  Request request = get(server.url());
  request.body_bytes_max = 1000;
  const auto ended = http.fetch(request);
  INFO(shown(ended));
  if (status == 200) {
    REQUIRE_FALSE(ended);
    CHECK(ended.error().code == ErrorCode::resource_exhausted);
  } else {
    REQUIRE(ended);
    CHECK(ended->status == 503);
    CHECK(ended->body.size() == 1000);
  }
  request.body_bytes_max = 200'000;
  const auto fitting = http.fetch(request);
  REQUIRE(fitting);
  CHECK(fitting->body.size() == 200'000);
}

TEST_CASE("http: headers without end are refused", "[http]") {
  ScriptedHttpServer server{[](ServerConnection& connection, int) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 1'000'000; ++i) {
      if (!connection.send("X-Header-" + std::to_string(i) + ": " + std::string(100, 'x') + "\r\n"))
        return;
    }
  }};
  HttpFixture http;
  const auto ended = http.fetch(server.url());
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::resource_exhausted);
}

TEST_CASE("http: a header without end is refused by its name", "[http]") {
  ScriptedHttpServer server{[](ServerConnection& connection, int) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nX-Long: ");
    for (int i = 0; i < 1'000; ++i) {
      if (!connection.send(std::string(10'000, 'x'))) return;
    }
  }};
  HttpFixture http;
  const auto ended = http.fetch(server.url());
  INFO(shown(ended));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::resource_exhausted);
  CHECK(ended.error().detail.find("header") != std::string::npos);
}

TEST_CASE("http: closed, no request hears of its end", "[http]") {
  Gate over;
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    connection.read_request();
    over.wait();
  }};
  ClientOptions options;
  options.host_connections_max = 4;
  HttpFixture http{options};
  int heard = 0;
  for (int i = 0; i < 10; ++i) {
    Request request = i % 2 == 0 ? get(server.url()) : put(server.url(), "x");
    if (i == 9) request.url = "";
    http.client->send(request, [&](const Result<Response>&) { ++heard; });
  }
  SECTION("at once") {}
  SECTION("under way") {
    CHECK(http.run_until([&] { return server.accepted() == 4; }));
  }
  const int before = heard;
  http.client->close();
  http.client->close();
  http.client->send(get(server.url()), [&](const Result<Response>&) { ++heard; });
  over.open();
  http.client.reset();
  http.workers->close();
  CHECK(http.fixture.close());
  CHECK(heard == before);
}

TEST_CASE("http: a done may close the client; the others hear nothing", "[http]") {
  ScriptedHttpServer server{echo()};
  HttpFixture http;
  int heard = 0;
  for (int i = 0; i < 10; ++i) {
    Request request = get(server.url());
    if (i % 2 == 1) request.url = "";
    http.client->send(request, [&](const Result<Response>&) {
      ++heard;
      http.client->close();
    });
  }
  CHECK(http.run_until([&] { return heard > 0; }));
  http.client.reset();
  http.workers->close();
  CHECK(http.fixture.close());
  CHECK(heard == 1);
}

TEST_CASE("http: a done may send the next request", "[http]") {
  ScriptedHttpServer server{echo()};
  HttpFixture http;
  int left = 30;
  bool is_inside = false;
  std::function<void()> next = [&] {
    CHECK_FALSE(is_inside);
    if (left-- == 0) return;
    is_inside = true;
    Request request = get(server.url());
    if (left % 3 == 0) request.url = "";
    http.client->send(request, [&](const Result<Response>&) { next(); });
    is_inside = false;
  };
  next();
  CHECK(http.run_until([&] { return left < 0; }));
  CHECK(server.accepted() == 1);
}

TEST_CASE("http: programs started meanwhile inherit no connection", "[http]") {
  ScriptedHttpServer server{echo()};
  HttpFixture http;
  REQUIRE(http.fetch(server.url()));
  DIR* folder = ::opendir("/proc/self/fd");
  REQUIRE(folder != nullptr);
  int sockets = 0;
  while (const dirent* entry = ::readdir(folder)) {
    const int number = std::atoi(entry->d_name);
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(number, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.ss_family != AF_INET) continue;
    ++sockets;
    CHECK((::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
  }
  ::closedir(folder);
  CHECK(sockets == 2);
}

TEST_CASE("http: the environment's proxy is used, unless a request is direct", "[http]") {
  ScriptedHttpServer proxy{echo()};
  ScriptedHttpServer server{echo()};
  HttpFixture http;
  http.proxies.set("http_proxy", proxy.url());
  const auto through = http.fetch(server.url("/a"));
  REQUIRE(through);
  CHECK(to_text(through->body) == "GET " + server.url("/a") + " HTTP/1.1\nHost: 127.0.0.1:" +
                                      std::to_string(server.port()) + "\n\n");
  CHECK(server.accepted() == 0);
  Request direct = get(server.url("/a"));
  direct.is_direct = true;
  REQUIRE(http.fetch(direct));
  CHECK(server.accepted() == 1);
  CHECK(proxy.accepted() == 1);
  http.proxies.set("no_proxy", "127.0.0.1");
  REQUIRE(http.fetch(server.url("/a")));
  CHECK(proxy.accepted() == 1);
}

TEST_CASE(
    "http: who cannot be reached may be the proxy, and the error says which variable names it",
    "[http]") {
  std::string gone;
  {
    ScriptedHttpServer server{echo()};
    gone = "http://user:hidden@127.0.0.1:" + std::to_string(server.port());
  }
  ScriptedHttpServer server{echo()};
  HttpFixture http;
  http.proxies.set("all_proxy", gone);
  auto ended = http.fetch(server.url());
  INFO(shown(ended));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().detail.find("through the proxy of all_proxy") != std::string::npos);
  CHECK(ended.error().detail.find("perhaps") == std::string::npos);
  CHECK(ended.error().detail.find("hidden") == std::string::npos);
  http.proxies.set("http_proxy", gone);
  http.proxies.set("no_proxy", "elsewhere.example");
  ended = http.fetch(server.url());
  REQUIRE_FALSE(ended);
  CHECK(ended.error().detail.find("perhaps through the proxy of http_proxy") != std::string::npos);
  http.proxies.set("no_proxy", "*");
  CHECK(http.fetch(server.url()));
  CHECK(server.accepted() == 1);
}

TEST_CASE("http: TLS through a proxy: the proxy sees the host, and no header", "[http]") {
  std::atomic<bool> is_clean{false};
  ScriptedHttpServer proxy{[&](ServerConnection& connection, int) {
    const auto request = connection.read_head();
    if (!request) return;
    is_clean = request->lines == std::vector<std::string>{"CONNECT 127.0.0.1:4 HTTP/1.1",
                                                          "Host: 127.0.0.1:4",
                                                          "Proxy-Connection: Keep-Alive"};
    connection.send(http_answer(403, "no"));
  }};
  HttpFixture http;
  http.proxies.set("https_proxy", proxy.url());
  Request request = get("https://127.0.0.1:4/?secret");
  request.headers = {{"Authorization", "secret"}};
  const auto ended = http.fetch(request);
  INFO(shown(ended));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::unavailable);
  CHECK(is_clean);
}

}  // namespace
}  // namespace gossamer::http

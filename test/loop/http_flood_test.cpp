// Servers that send faster than anyone wants, what nobody wants.

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "http/client.hpp"
#include "loop/http_fixture.hpp"
#include "loop/scripted_http_server.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::http {
namespace {

using namespace std::chrono_literals;
using test::get;
using test::HttpFixture;
using test::ScriptedHttpServer;
using test::ServerConnection;
using test::shown;

/// Begins a chunk, and goes on with its extension until the client has gone. Gives up in the end,
/// so that a test of a loop that is starved fails instead of hanging.
struct Flood {
  ScriptedHttpServer server{[this](ServerConnection& connection, int) {
    const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;";
    if (!connection.read_request() || !connection.send(head)) return;
    const std::string extension(262'144, 'a');
    const auto enough = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < enough) {
      if (!connection.send(extension)) return;
      sent += extension.size();
    }
  }};
  std::atomic<std::uint64_t> sent{0};
};

TEST_CASE("http: bytes that are thrown away do not hold up the bounds of time", "[http]") {
  const auto [bound, timeouts] = GENERATE(table<std::string, Timeouts>({
      {"bound of the whole", {60s, 60s, 60s, 700ms}},
      {"stall bound", {60s, 60s, 700ms, 300s}},
  }));
  Flood flood;
  HttpFixture http;
  Request request = get(flood.server.url());
  request.timeouts = timeouts;
  const auto ended = http.fetch(request);
  INFO(shown(ended));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::timed_out);
  CHECK(ended.error().detail.find(bound) != std::string::npos);
}

TEST_CASE("http: between two turns of the loop only so many of them are thrown away", "[http]") {
  Flood flood;
  HttpFixture http;
  constexpr int kFloods = 3;
  int ended = 0;
  for (int i = 0; i < kFloods; ++i) {
    Request request = get(flood.server.url());
    request.timeouts.whole = 2s;
    http.client->send(request, [&](const Result<Response>& with) {
      CHECK_FALSE(with);
      ++ended;
    });
  }
  std::uint64_t most = 0;
  std::uint64_t before = 0;
  UvTimer turn{http.fixture.loop(), [&] {
                 const std::uint64_t now = flood.sent;
                 most = std::max(most, now - before);
                 before = now;
                 turn.arm(1ms);
               }};
  turn.arm(1ms);
  REQUIRE(http.run_until([&] { return ended == kFloods; }, 60s));
  turn.close();
  CHECK(flood.sent > 0);
  // The kernel's buffers, and what libcurl reads at most: some megabytes for each.
  CHECK(most < kFloods * 32'000'000ULL);
}

}  // namespace
}  // namespace gossamer::http

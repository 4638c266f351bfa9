// What clients may not do to the fake cloud, and how it ends.

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "fake_cloud_client.hpp"

namespace gossamer {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using test::RawAnswer;
using test::RawClient;

TEST_CASE("fake cloud: it holds no more bytes than it may, and gets them back") {
  FakeCloud::Options options;
  options.bytes_max = 1'000'000;
  const auto cloud = test::start_cloud(options);
  RawClient client{*cloud};
  const std::string body(400'000, 'x');
  CHECK(client.put("one", body).status == 200);
  CHECK(client.put("two", body).status == 200);
  const RawAnswer refused = client.put("three", body);
  CHECK(refused.status == 400);
  CHECK(refused.has("<Code>EntityTooLarge</Code>"));
  CHECK(client.remove("one").status == 204);
  CHECK(client.put("three", body).status == 200);
  CHECK(client.get("three").body == body);
}

TEST_CASE("fake cloud: a body of more than 5 GiB is refused before it comes") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  const RawAnswer refused = client.plain("PUT", "/bucket/k", {{"Content-Length", "5368709121"}});
  CHECK(refused.status == 400);
  CHECK(refused.has("<Code>EntityTooLarge</Code>"));
}

TEST_CASE("fake cloud: what is no HTTP is answered so, and the connection is over") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  CHECK(client.exchange("hello\r\n\r\n").status == 400);
  CHECK(client.exchange("GET / HTTP/1.1\r\nno colon\r\n\r\n").status == 400);
  CHECK(client.exchange("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n").status == 400);
  CHECK(client.exchange("GET /%zz HTTP/1.1\r\n\r\n").status == 400);
  CHECK(client.exchange("GET " + std::string(20'000, '/') + " HTTP/1.1\r\n\r\n").status == 400);
  CHECK(client.exchange("GET / HTTP/1.1\r\nx: " + std::string(80'000, 'y') + "\r\n\r\n").status ==
        400);
  std::string headers;
  for (int i = 0; i < 200; ++i) headers += "h" + std::to_string(i) + ": x\r\n";
  CHECK(client.exchange("GET / HTTP/1.1\r\n" + headers + "\r\n").status == 400);
  CHECK(client.get("k").status == 404);
}

TEST_CASE("fake cloud: of 1,100 connections 1,024 are served, and the rest closed") {
  // Both ends are ours.
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  client.set_timeout(5s);
  std::vector<FileDescriptor> sockets;
  for (int i = 0; i < 1'100; ++i) sockets.push_back(client.connect());
  char byte = 0;
  // Only those over the bound are closed; on the others nothing comes.
  std::size_t closed = 0;
  const auto deadline = Clock::now() + 10s;
  while (closed < 76 && Clock::now() < deadline) {
    closed = 0;
    for (const FileDescriptor& socket : sockets) {
      if (::recv(socket.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0) ++closed;
    }
  }
  CHECK(closed == 76);
  sockets.clear();
  // Those that went make room again.
  bool is_served = false;
  while (!is_served && Clock::now() < deadline) is_served = client.get("k").status == 404;
  CHECK(is_served);
}

TEST_CASE("fake cloud: stop ends those who wait for an answer, at once") {
  const auto cloud = test::start_cloud();
  FakeFault hang;
  hang.kind = FakeFault::Kind::hang;
  hang.times = 8;
  cloud->add_fault(hang);
  FakeFault slow;
  slow.kind = FakeFault::Kind::slow;
  slow.delay = 1min;
  cloud->add_fault(slow);
  std::vector<std::thread> waiting;
  for (int i = 0; i < 16; ++i) waiting.emplace_back([&] { RawClient{*cloud}.get("k"); });
  const auto deadline = Clock::now() + 5s;
  while (cloud->counters()["s3.GetObject"] < 16 && Clock::now() < deadline) {
    std::this_thread::yield();
  }
  const auto begin = Clock::now();
  cloud->stop();
  for (std::thread& one : waiting) one.join();
  CHECK(Clock::now() - begin < 2s);
  cloud->stop();
  CHECK_FALSE(RawClient{*cloud}.connect().is_open());
}

TEST_CASE("fake cloud: what was to land late is dropped by stop") {
  const auto cloud = test::start_cloud();
  FakeFault late;
  late.kind = FakeFault::Kind::late;
  late.delay = 1h;
  cloud->add_fault(late);
  CHECK(RawClient{*cloud}.put("k", "x").status == 500);
  const auto begin = Clock::now();
  cloud->stop();
  CHECK(Clock::now() - begin < 2s);
}

TEST_CASE("fake cloud: a port that is taken is an error") {
  const auto cloud = test::start_cloud();
  FakeCloud::Options options;
  const std::string endpoint = cloud->endpoint();
  options.port = static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
  const auto second = FakeCloud::start(options);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == ErrorCode::already_exists);
}

TEST_CASE("fake cloud: one connection serves one request after the other") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  const FileDescriptor socket = client.connect();
  const std::string request = "GET /_control/faults HTTP/1.1\r\nHost: x\r\n\r\n";
  for (int i = 0; i < 20; ++i) {
    REQUIRE(::send(socket.get(), request.data(), request.size(), 0) > 0);
    char piece[1'000];
    REQUIRE(::recv(socket.get(), piece, sizeof piece, 0) > 0);
    REQUIRE(std::string_view{piece, 12} == "HTTP/1.1 200");
  }
}

}  // namespace
}  // namespace gossamer

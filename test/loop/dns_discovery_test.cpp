#include "discovery/dns_discovery.hpp"

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "loop/dnsmasq.hpp"
#include "loop/loop_fixture.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer {
namespace {

using Endpoints = std::vector<Endpoint>;
using Answer = Result<Endpoints>;

struct DnsFixture : test::LoopFixture {
  DnsFixture() : workers(std::move(UvWorkers::open(loop(), 1).value())) {}
  ~DnsFixture() { workers->close(); }
  void open(const std::string& url) {
    discovery = make_dns_discovery("dns:" + url, parse_dns_url(url).value(), *workers);
  }
  /// Sorted.
  Answer ask() {
    std::optional<Answer> answer;
    discovery->find_peers([&](Answer found) { answer = std::move(found); });
    REQUIRE(run_until([&] { return answer.has_value(); }, std::chrono::seconds{20}));
    if (*answer) std::sort((*answer)->begin(), (*answer)->end());
    return std::move(*answer);
  }
  Answer ask(const std::string& url) {
    open(url);
    return ask();
  }
  std::unique_ptr<UvWorkers> workers;
  std::unique_ptr<Discovery> discovery;
};

/// A name server that answers every question with one code, on a thread of its own.
class CodeServer {
 public:
  explicit CodeServer(std::uint8_t code) : code_(code), thread_([this] { serve(); }) {}
  ~CodeServer() {
    is_stopped_ = true;
    thread_.join();
  }
  CodeServer(const CodeServer&) = delete;
  CodeServer& operator=(const CodeServer&) = delete;
  std::string port() const { return std::to_string(socket_.port()); }

 private:
  void serve() {
    while (!is_stopped_) {
      pollfd waiting{socket_.get(), POLLIN, 0};
      if (::poll(&waiting, 1, 20) != 1) continue;
      std::uint8_t message[512];
      sockaddr_storage peer{};
      socklen_t length = sizeof peer;
      auto* const address = reinterpret_cast<sockaddr*>(&peer);
      const ssize_t size = ::recvfrom(socket_.get(), message, sizeof message, 0, address, &length);
      if (size < 12) continue;
      message[2] = static_cast<std::uint8_t>(message[2] | 0x80U);
      message[3] = code_;
      ::sendto(socket_.get(), message, static_cast<std::size_t>(size), 0, address, length);
    }
  }

  const std::uint8_t code_;
  test::LoopbackDatagrams socket_;
  std::atomic<bool> is_stopped_{false};
  std::thread thread_;
};

TEST_CASE("dns discovery: with a port, all A and AAAA records of the name are seeds", "[dns]") {
  DnsFixture fixture;
  const test::Dnsmasq server{
      {"--host-record=node.example,10.0.0.1,2001:db8::1", "--host-record=node.example,10.0.0.2",
       "--host-record=v6.example,2001:db8::6", "--cname=alias.example,node.example"}};
  const std::string at = "?server=127.0.0.1:" + server.port();
  CHECK(fixture.ask("node.example:7946" + at) ==
        Endpoints{{"10.0.0.1", 7946}, {"10.0.0.2", 7946}, {"2001:db8::1", 7946}});
  CHECK(fixture.discovery->name() == "dns:node.example:7946" + at);
  CHECK_FALSE(fixture.discovery->problem());
  CHECK(fixture.ask("v6.example:7946" + at) == Endpoints{{"2001:db8::6", 7946}});
  CHECK_FALSE(fixture.discovery->problem());
  CHECK(fixture.ask("ALIAS.example.:1" + at).value().size() == 3);
}

TEST_CASE("dns discovery: without a port, SRV records name the targets and their ports", "[dns]") {
  DnsFixture fixture;
  const test::Dnsmasq server{{"--srv-host=_gossamer._tcp.example,a.example,7001",
                              "--srv-host=_gossamer._tcp.example,b.example,7002",
                              "--host-record=a.example,10.0.0.1,2001:db8::1",
                              "--host-record=b.example,10.0.0.2"}};
  CHECK(fixture.ask("_gossamer._tcp.example?server=127.0.0.1:" + server.port()) ==
        Endpoints{{"10.0.0.1", 7001}, {"10.0.0.2", 7002}, {"2001:db8::1", 7001}});
  CHECK_FALSE(fixture.discovery->problem());
}

TEST_CASE("dns discovery: a target without an address is a problem, and the others count",
          "[dns]") {
  DnsFixture fixture;
  const test::Dnsmasq server{{"--srv-host=_g._tcp.example,a.example,7001",
                              "--srv-host=_g._tcp.example,lost.example,7002",
                              "--host-record=a.example,10.0.0.1"}};
  CHECK(fixture.ask("_g._tcp.example?server=127.0.0.1:" + server.port()) ==
        Endpoints{{"10.0.0.1", 7001}});
  REQUIRE(fixture.discovery->problem());
  CHECK_THAT(fixture.discovery->problem()->detail, Catch::Contains("'lost.example'"));
}

TEST_CASE("dns discovery: an answer too long for a datagram comes whole", "[dns]") {
  DnsFixture fixture;
  std::vector<std::string> records;
  for (int i = 0; i < 120; ++i) {
    const std::string name = "a-rather-long-name-of-node-" + std::to_string(i) + ".example";
    records.push_back("--srv-host=_g._tcp.example," + name + "," + std::to_string(7000 + i));
    records.push_back("--host-record=" + name + ",10.0.1." + std::to_string(i));
  }
  const test::Dnsmasq server{records};
  const Answer answer = fixture.ask("_g._tcp.example?server=127.0.0.1:" + server.port());
  REQUIRE(answer);
  CHECK(answer->size() == 120);
}

TEST_CASE("dns discovery: a name server may have an IPv6 address", "[dns]") {
  DnsFixture fixture;
  const test::Dnsmasq server{{"--listen-address=::1", "--host-record=node.example,10.0.0.1"}};
  CHECK(fixture.ask("node.example:1?server=[::1]:" + server.port()) == Endpoints{{"10.0.0.1", 1}});
}

TEST_CASE("dns discovery: what is missing is told apart", "[dns]") {
  DnsFixture fixture;
  const test::Dnsmasq server{
      {"--txt-record=text.example,hello", "--host-record=a.example,10.0.0.1"}};
  struct Row {
    const char* name;
    const char* reason;
  };
  const auto row = GENERATE(
      values<Row>({{"none.example:1",
                    "there is no name 'none.example' (NXDOMAIN), says name server 127.0.0.1:"},
                   {"_g._tcp.example", "there is no name '_g._tcp.example' (NXDOMAIN)"},
                   {"text.example:1", "the name 'text.example' has no A record"},
                   {"a.example", "the name 'a.example' has no SRV record"}}));
  CAPTURE(row.name);
  const Answer answer = fixture.ask(std::string{row.name} + "?server=127.0.0.1:" + server.port());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::not_found);
  CHECK_THAT(answer.error().detail, Catch::Contains(row.reason));
}

TEST_CASE("dns discovery: a server that fails or refuses is told by its code", "[dns]") {
  struct Row {
    std::uint8_t code;
    const char* word;
  };
  const auto row = GENERATE(values<Row>({{2, "SERVFAIL"}, {5, "REFUSED"}}));
  DnsFixture fixture;
  const CodeServer server{row.code};
  const Answer answer = fixture.ask("node.example:1?server=127.0.0.1:" + server.port());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::unavailable);
  CHECK(answer.error().detail == "name server 127.0.0.1:" + server.port() + " answered " +
                                     row.word + " when asked for A of 'node.example'");
}

TEST_CASE("dns discovery: a silent server is given up after two attempts of two seconds", "[dns]") {
  DnsFixture fixture;
  const test::LoopbackDatagrams silent;
  const Instant begin = fixture.clock().now();
  const Answer answer =
      fixture.ask("node.example:1?server=127.0.0.1:" + std::to_string(silent.port()));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::timed_out);
  CHECK_THAT(answer.error().detail,
             Catch::Contains("for A of 'node.example' in 2 attempts of 2 s each"));
  CHECK(fixture.clock().now() - begin >= std::chrono::milliseconds{3'900});
  CHECK(fixture.clock().now() - begin < std::chrono::seconds{10});
}

TEST_CASE("dns discovery: without a server the machine's hosts count", "[dns]") {
  DnsFixture fixture;
  const Answer answer = fixture.ask("localhost:7946");
  REQUIRE(answer);
  CHECK(std::count(answer->begin(), answer->end(), Endpoint{"127.0.0.1", 7946}) == 1);
}

TEST_CASE("dns discovery: every ask resolves anew, and a server that is gone is an error",
          "[dns]") {
  DnsFixture fixture;
  test::Dnsmasq server{{"--host-record=node.example,10.0.0.1"}};
  fixture.open("node.example:1?server=127.0.0.1:" + server.port());
  CHECK(fixture.ask() == Endpoints{{"10.0.0.1", 1}});
  server.stop();
  const Answer answer = fixture.ask();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::timed_out);
}

TEST_CASE("dns discovery: destroyed while it asks, it answers no more", "[dns]") {
  DnsFixture fixture;
  const test::Dnsmasq server{{"--host-record=node.example,10.0.0.1"}};
  fixture.open("node.example:1?server=127.0.0.1:" + server.port());
  bool has_answered = false;
  fixture.discovery->find_peers([&](const Answer&) { has_answered = true; });
  fixture.discovery.reset();
  bool is_after = false;
  fixture.workers->run([] {}, [&] { is_after = true; });
  REQUIRE(fixture.run_until([&] { return is_after; }));
  CHECK_FALSE(has_answered);
}

}  // namespace
}  // namespace gossamer

#include "discovery/dns_discovery.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/cutting_name_server.hpp"
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
  const test::CuttingNameServer server{{row.code}};
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

TEST_CASE("dns discovery: a server that cuts its answer and is silent by TCP is given up",
          "[dns]") {
  DnsFixture fixture;
  const test::CuttingNameServer server{{0, true}};
  const Answer answer = fixture.ask("node.example:1?server=127.0.0.1:" + server.port());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::unavailable);
  CHECK_THAT(answer.error().detail,
             Catch::Contains("is too long for a datagram, and by TCP it did not come"));
}

TEST_CASE("dns discovery: what a cut answer holds counts, and that there is more is told",
          "[dns]") {
  DnsFixture fixture;
  const test::CuttingNameServer server{
      {0, true, test::CuttingNameServer::address_record({10, 0, 0, 1}), 1}};
  CHECK(fixture.ask("node.example:1?server=127.0.0.1:" + server.port()) ==
        Endpoints{{"10.0.0.1", 1}});
  REQUIRE(fixture.discovery->problem());
  CHECK_THAT(fixture.discovery->problem()->detail, Catch::Contains("'node.example' is cut"));
}

TEST_CASE("dns discovery: its workers can be closed while a server is silent by TCP", "[dns]") {
  DnsFixture fixture;
  const test::CuttingNameServer server{{0, true}};
  fixture.open("node.example:1?server=127.0.0.1:" + server.port());
  fixture.discovery->find_peers([](const Answer&) {});
  REQUIRE(fixture.run_until([&] { return server.answered() > 0; }));
  fixture.discovery.reset();
  fixture.workers->close();
}

TEST_CASE("dns discovery: addresses that are no machine's are left out, and the reason is told",
          "[dns]") {
  DnsFixture fixture;
  const test::Dnsmasq server{
      {"--host-record=a.example,10.0.0.1", "--host-record=a.example,169.254.169.254",
       "--host-record=a.example,255.255.255.255", "--host-record=a.example,224.0.0.1,fe80::1",
       "--host-record=b.example,169.254.169.254", "--host-record=c.example,127.0.0.1,::1"}};
  const std::string at = "?server=127.0.0.1:" + server.port();
  CHECK(fixture.ask("a.example:1" + at) == Endpoints{{"10.0.0.1", 1}});
  REQUIRE(fixture.discovery->problem());
  CHECK_THAT(fixture.discovery->problem()->detail, Catch::Contains("it is left out"));
  const Answer none = fixture.ask("b.example:1" + at);
  REQUIRE_FALSE(none);
  CHECK(none.error().detail ==
        "'b.example' has the address 169.254.169.254, which is link-local (169.254.0.0/16): it is "
        "left out");
  CHECK(fixture.ask("c.example:1" + at) == Endpoints{{"127.0.0.1", 1}, {"::1", 1}});
  CHECK_FALSE(fixture.discovery->problem());
}

}  // namespace
}  // namespace gossamer

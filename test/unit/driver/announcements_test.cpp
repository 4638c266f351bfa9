// A driver that hears others announce, without an object store of its own.

#include <catch2/catch.hpp>

#include "unit/driver/idle_ports.hpp"
#include "wire/packet.hpp"

namespace gossamer::driver {
namespace {

struct Listener {
  Listener() {
    Options options = idle_options();
    options.announced_specs_max = 3;
    options.announced_claims_max = 2;
    driver = std::make_unique<Driver>(options, world.ports());
    driver->start({});
  }
  void hear(const wire::StatementBody& body, std::uint8_t author = 2) {
    wire::Packet packet{gossip::Message{gossip::Rumours{}}, {}};
    packet.statements.push_back(
        std::make_shared<const Bytes>(wire::sign_statement(identity(author), body)));
    driver->on_datagram({"10.0.0.2", 1}, sealer.seal(wire::encode_packet(packet), world.wall_ms()));
  }
  void hear_claim(std::uint32_t ordinal, Epoch epoch) {
    hear(ownership::ClaimAnnouncement{{"ledger", ordinal}, epoch, identity(2).id(), 0});
  }

  IdlePorts world{};
  wire::Sealer sealer{{}, "", identity(2).id(), 7};
  std::unique_ptr<Driver> driver;
};

TEST_CASE(
    "driver: announcements beyond a bound are counted and dropped, newer ones of the held are not",
    "[driver][bounds]") {
  Listener listener;
  const Counters& counters = listener.driver->counters();
  const auto is_held = [&](auto tell) {
    const std::uint64_t before = listener.driver->digest();
    tell();
    return listener.driver->digest() != before;
  };
  SECTION("specs") {
    const auto hear = [&](const char* service, std::uint64_t version) {
      listener.hear(ownership::SpecAnnouncement{service, version});
    };
    for (const char* service : {"a", "b", "c"}) CHECK(is_held([&] { hear(service, 1); }));
    CHECK_FALSE(is_held([&] { hear("d", 1); }));
    CHECK(counters.announcements_over_bound == 1);
    CHECK(counters.statements_refused == 1);
    CHECK(is_held([&] { hear("b", 2); }));
    CHECK(counters.announcements_over_bound == 1);
    // Who has the most makes room for another, until they have alike.
    CHECK(is_held([&] { listener.hear(ownership::SpecAnnouncement{"e", 1}, 3); }));
    CHECK_FALSE(is_held([&] { listener.hear(ownership::SpecAnnouncement{"f", 1}, 3); }));
    CHECK(counters.announcements_over_bound == 2);
  }
  SECTION("claims") {
    for (std::uint32_t ordinal : {0U, 1U}) CHECK(is_held([&] { listener.hear_claim(ordinal, 1); }));
    CHECK_FALSE(is_held([&] { listener.hear_claim(2, 1); }));
    CHECK(counters.announcements_over_bound == 1);
    CHECK(is_held([&] { listener.hear_claim(1, 2); }));
  }
}

TEST_CASE("driver: without an object store to read, what is announced must do", "[driver]") {
  Listener listener;
  naming::RecordStatement record;
  record.record.name = "ledger";
  record.record.node = identity(2).id();
  record.record.endpoint = {"10.0.0.2", 80};
  record.record.epoch = 3;
  record.version = 1;
  membership::MemberStatement member;
  member.name = "n2";
  member.endpoint = {"10.0.0.2", 1};
  member.incarnation = 1;
  listener.hear(member);
  listener.hear(record);
  CHECK(listener.driver->resolve("ledger").empty());
  listener.hear_claim(0, 3);
  CHECK(listener.driver->resolve("ledger").size() == 1);
  CHECK(listener.driver->counters().claims_refuted == 0);
}

}  // namespace
}  // namespace gossamer::driver

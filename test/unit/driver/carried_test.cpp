// What a later version says, and this one does not understand.

#include <catch2/catch.hpp>
#include <string>

#include "unit/driver/idle_ports.hpp"
#include "wire/packet.hpp"

namespace gossamer::driver {
namespace {

/// An old node, and a newer one that speaks to it.
struct Old {
  explicit Old(Options options = idle_options()) {
    driver = std::make_unique<Driver>(std::move(options), world.ports());
    driver->start({});
  }
  void hear(const std::vector<wire::StatementBody>& bodies, int author = 2) {
    wire::Packet packet{gossip::Message{gossip::Rumours{}}, {}};
    for (const auto& body : bodies) {
      packet.statements.push_back(std::make_shared<const Bytes>(
          wire::sign_statement(identity(static_cast<std::uint8_t>(author)), body)));
    }
    driver->on_datagram({"10.0.0.2", 1}, sealer.seal(wire::encode_packet(packet), world.wall_ms()));
  }
  static membership::MemberStatement newer() {
    membership::MemberStatement member;
    member.name = "n2";
    member.endpoint = {"10.0.0.2", 1};
    member.incarnation = 1;
    return member;
  }
  static wire::Carried later(const std::string& name, bool is_owned = true,
                             std::uint64_t version = 1) {
    return {70, is_owned, version, name, to_bytes("of a later version")};
  }

  IdlePorts world{};
  wire::Sealer sealer{{}, "", identity(2).id(), 7};
  std::unique_ptr<Driver> driver;
};

TEST_CASE("driver: what a later version says is held, so that both agree, and its newest counts",
          "[driver][carried]") {
  Old one;
  one.hear({Old::newer()});
  const std::uint64_t before = one.driver->digest();
  one.hear({Old::later("x")});
  const std::uint64_t held = one.driver->digest();
  CHECK(held != before);
  one.hear({Old::later("x", true, 2)});
  CHECK(one.driver->digest() != held);
  // In whatever order, another ends with the same.
  Old other;
  other.hear({Old::newer(), Old::later("x", true, 2)});
  other.hear({Old::later("x")});
  CHECK(other.driver->digest() == one.driver->digest());
  CHECK(one.driver->counters().statements_malformed == 0);
}

TEST_CASE("driver: no more is carried than there is room for, and nothing of a stranger",
          "[driver][carried]") {
  Options options = idle_options();
  options.carried_max = 12;  // Of one author a quarter.
  Old one{options};
  one.hear({Old::later("before its owner")});
  CHECK(one.driver->counters().statements_refused == 1);
  one.hear({Old::newer()});
  for (int i = 0; i < 10; ++i) one.hear({Old::later(std::to_string(i), i % 2 == 0)});
  CHECK(one.driver->counters().carried_over_bound == 7);
  one.hear({Old::later("0", true, 9)});
  CHECK(one.driver->counters().carried_over_bound == 7);
}

TEST_CASE("driver: an author who says much of what is carried leaves room for the others",
          "[driver][carried]") {
  Options options = idle_options();
  options.carried_max = 8;
  Old one{options};
  for (int i = 0; i < 10; ++i) one.hear({Old::later(std::to_string(i), false)});
  CHECK(one.driver->counters().carried_over_bound == 8);
  for (int i = 20; i < 22; ++i) one.hear({Old::later(std::to_string(i), false)}, 3);
  CHECK(one.driver->counters().carried_over_bound == 8);
}

TEST_CASE("driver: what is carried for a node goes when the node is forgotten",
          "[driver][carried]") {
  Options options = idle_options();
  options.carried_max = 1;
  options.membership.tombstone_time = std::chrono::seconds{20};
  Old one{options};
  one.hear({Old::newer(), Old::later("x")});
  // It is silent from now on: suspected, down, and at last forgotten.
  for (int i = 0; i < 600 && one.driver->members().size() > 1; ++i) {
    one.world.time = one.world.time + std::chrono::milliseconds{100};
    one.driver->on_wakeup();
  }
  REQUIRE(one.driver->members().size() == 1);
  Old fresh;
  CHECK(one.driver->digest() == fresh.driver->digest());
}

}  // namespace
}  // namespace gossamer::driver

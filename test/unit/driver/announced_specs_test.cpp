// An insider announces specs that the object store does not have.

#include "base/counter.hpp"
#include "toys.hpp"
#include "wire/packet.hpp"
#include "wire/statement.hpp"

namespace gossamer::driver {
namespace {

wire::Identity neighbour(std::uint8_t number) {
  std::array<std::uint8_t, wire::Identity::kSeedBytes> seed{};
  seed.fill(number);
  return wire::Identity::from_seed(seed);
}

/// A toy node with an object store, that hears others announce: node 2 is honest, node 9 is not.
struct Hearer : Toys {
  Hearer() {
    node.advance_s(1);
    meet();
  }
  /// They answer no probes, so now and then they must speak up.
  void meet() {
    ++incarnation;
    for (const std::uint8_t number : {std::uint8_t{2}, std::uint8_t{9}}) {
      membership::MemberStatement said;
      said.name = "n" + std::to_string(number);
      said.endpoint = {"10.0.0." + std::to_string(number), 7946};
      said.incarnation = incarnation;
      said.store_id = "toy-store";
      said.store_place = "toy:";
      hear(number, said);
    }
  }
  void hear(std::uint8_t from, const wire::StatementBody& body) {
    wire::Sealer sealer{{}, "toys", neighbour(from).id(), ++salt};
    wire::Packet packet{gossip::Message{gossip::Rumours{}}, {}};
    packet.statements.push_back(
        std::make_shared<const Bytes>(wire::sign_statement(neighbour(from), body)));
    node.driver().on_datagram({"10.0.0." + std::to_string(from), 7946},
                              sealer.seal(wire::encode_packet(packet), 1'500'000'000'000));
  }
  /// True: it is held, and told on.
  bool announce(std::uint8_t from, const std::string& service, std::uint64_t version) {
    const std::uint64_t before = node.driver().digest();
    hear(from, ownership::SpecAnnouncement{service, version});
    return node.driver().digest() != before;
  }
  void deployed_elsewhere(const std::string& service, std::uint64_t version) {
    ServiceSpec spec;
    spec.name = service;
    objects.hold(journal::spec_key(service, version), ownership::SpecVersion{spec, version, false});
  }
  std::uint64_t known(const std::string& service) {
    for (const auto& spec : node.driver().specs()) {
      if (spec.spec.name == service) return spec.version;
    }
    return 0;
  }
  void run_posted() { node.advance(Duration{0}); }

  std::uint64_t salt = 0;
  Incarnation incarnation = 0;
};

std::string made_up(int n) {
  return "x" + std::to_string(n);
}

TEST_CASE(
    "driver: made-up announcements of specs cost eight reads at once, one a second, and are given "
    "up",
    "[driver][specs][hostile]") {
  Hearer one;
  const std::uint64_t digest = one.node.driver().digest();
  int held = 0;
  for (int n = 0; n < 1'000; ++n) held += one.announce(9, made_up(n), 1) ? 1 : 0;
  CHECK(held == 8);
  CHECK(one.node.driver().counters().announcements_over_bound == 992);
  one.run_posted();
  CHECK(one.node.driver().counters().specs_refuted == 8);
  CHECK(one.node.driver().digest() == digest);
  // Another's true one is heard at once all the same.
  one.deployed_elsewhere("shop", 1);
  CHECK(one.announce(2, "shop", 1));
  one.run_posted();
  CHECK(one.known("shop") == 1);
  one.node.advance_s(8);
  one.meet();
  held = 0;
  for (int n = 0; n < 1'000; ++n) held += one.announce(9, made_up(n), 1) ? 1 : 0;
  CHECK(held == 8);
}

TEST_CASE("driver: identities that are not live share what one has", "[driver][specs][hostile]") {
  Hearer one;
  int held = 0;
  for (std::uint8_t by = 20; by < 120; ++by) held += one.announce(by, made_up(by), 1) ? 1 : 0;
  CHECK(held == 8);
  CHECK(one.announce(2, "shop", 1));
}

TEST_CASE("driver: a made-up version hides a true later one for one read",
          "[driver][specs][hostile]") {
  Hearer one;
  one.deployed_elsewhere("shop", 1);
  REQUIRE(one.announce(2, "shop", 1));
  one.run_posted();
  REQUIRE(one.known("shop") == 1);
  const std::uint64_t digest = one.node.driver().digest();
  CHECK(one.announce(9, "shop", kCounterMax));
  one.run_posted();
  CHECK(one.node.driver().digest() == digest);
  one.deployed_elsewhere("shop", 2);
  CHECK(one.announce(2, "shop", 2));
  one.run_posted();
  CHECK(one.known("shop") == 2);
}

TEST_CASE("driver: a version that is announced while a lower one is being read is read too",
          "[driver][specs]") {
  Hearer one;
  one.deployed_elsewhere("shop", 1);
  CHECK(one.announce(2, "shop", 1));
  CHECK(one.announce(9, "shop", kCounterMax));
  one.run_posted();
  CHECK(one.known("shop") == 1);
  one.deployed_elsewhere("shop", 2);
  CHECK(one.announce(2, "shop", 2));
  one.run_posted();
  CHECK(one.known("shop") == 2);
}

TEST_CASE(
    "driver: what was announced while the object store was away is known, or given up, with the "
    "next poll",
    "[driver][specs][hostile]") {
  Hearer one;
  one.deployed_elsewhere("shop", 2);
  one.objects.is_silent = true;
  CHECK(one.announce(9, "shop", kCounterMax));
  one.deployed_elsewhere("till", 1);
  CHECK(one.announce(2, "till", 1));
  one.run_posted();
  CHECK(one.known("till") == 0);
  one.objects.is_silent = false;
  one.node.advance_s(40);
  CHECK(one.known("shop") == 2);
  CHECK(one.known("till") == 1);
  CHECK(one.node.driver().counters().specs_refuted == 1);
}

}  // namespace
}  // namespace gossamer::driver

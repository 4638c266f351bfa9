#include "membership/probe_order.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::node;

TEST_CASE("membership: every member is probed within 2n - 1 periods", "[membership][probe]") {
  const auto n = GENERATE(as<std::uint8_t>{}, 1, 2, 3, 10, 50);
  ProbeOrder order{n};
  for (std::uint8_t i = 0; i < n; ++i) order.add(node(i));
  std::map<NodeId, int> last_seen;
  for (std::uint8_t i = 0; i < n; ++i) last_seen[node(i)] = -1;
  for (int period = 0; period < 40 * n; ++period) {
    const NodeId id = *order.next();
    REQUIRE(period - last_seen[id] <= 2 * n - 1);
    last_seen[id] = period;
  }
  for (const auto& [id, period] : last_seen) CHECK(40 * n - period <= 2 * n - 1);
}

TEST_CASE("membership: one round names everybody once", "[membership][probe]") {
  ProbeOrder order{3};
  for (std::uint8_t i = 0; i < 20; ++i) order.add(node(i));
  for (int round = 0; round < 5; ++round) {
    std::set<NodeId> named;
    for (int i = 0; i < 20; ++i) named.insert(*order.next());
    CHECK(named.size() == 20);
  }
}

TEST_CASE("membership: whoever comes or goes in a round costs nobody else a probe",
          "[membership][probe]") {
  ProbeOrder order{4};
  for (std::uint8_t i = 0; i < 10; ++i) order.add(node(i));
  std::set<NodeId> named;
  for (int i = 0; i < 5; ++i) named.insert(*order.next());
  for (std::uint8_t i = 100; i < 110; ++i) order.add(node(i));
  for (std::uint8_t i = 100; i < 110; ++i) order.remove(node(i));
  order.remove(node(250));
  for (int i = 0; i < 5; ++i) named.insert(*order.next());
  CHECK(named.size() == 10);
  for (std::uint8_t i = 0; i < 10; ++i) order.remove(node(i));
  CHECK_FALSE(order.next());
}

TEST_CASE("membership: probe orders of two seeds differ", "[membership][probe]") {
  const auto order_of = [](std::uint64_t seed) {
    ProbeOrder order{seed};
    for (std::uint8_t i = 0; i < 20; ++i) order.add(node(i));
    std::vector<NodeId> named;
    for (int i = 0; i < 20; ++i) named.push_back(*order.next());
    return named;
  };
  CHECK(order_of(1) == order_of(1));
  CHECK(order_of(1) != order_of(2));
}

}  // namespace
}  // namespace gossamer::membership
